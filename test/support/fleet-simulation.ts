import { GatewayError } from '../../lambda/platform/error';
import { createAttemptBudget } from '../../lambda/proxy/upstream/attempt-budget';
import type { AttemptFailure } from '../../lambda/proxy/upstream/failure';
import { Itinerary } from '../../lambda/proxy/upstream/places';
import { placesOf } from '../../lambda/routing';
import { processOf, SharedItem, targetAt } from './health-fleet';
import { randomOf } from './scheduler';

/** When a provider of the simulation fails, and how. Milliseconds of the simulation. */
export interface Outage {
  readonly provider: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of its calls, 0 to 1. */
  readonly share: number;
  /** How long a call takes to fail. */
  readonly afterMs: number;
}

export interface FleetOptions {
  readonly seed: number;
  readonly processes: number;
  /** Calls that each serves at once. */
  readonly workers: number;
  readonly providers: readonly string[];
  readonly lengthMs: number;
  readonly outages: readonly Outage[];
  /** Share of the processes that have nearly all of the traffic; the others have a call now and then. 1: all alike. */
  readonly busy: number;
  /** Processes whose own network is broken all the time. */
  readonly broken?: number;
}

/** What happened in one second. */
export interface Second {
  requests: number;
  attempts: number;
  answered: number;
  /** Attempts, by provider. */
  readonly at: Record<string, number>;
}

export interface FleetReport {
  readonly seconds: readonly Second[];
  readonly tells: number;
  readonly claims: number;
}

const READ_LAG_MS = 20;
const ADMISSION_MS = 8;
const LEAST_ANSWER_MS = 300;
const MEAN_ANSWER_MS = 1_500;
const IDLE_MS = 20_000;

/** Sleepers in the order in which they wake, on a clock that stands still in between. */
class Time {
  public readonly clock = { ms: 0 };
  readonly #heap: { atMs: number; wake: () => void }[] = [];

  public sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#push({ atMs: this.clock.ms + milliseconds, wake }));
  }

  public async run(untilMs: number): Promise<void> {
    for (let next = this.#pop(); next !== undefined && next.atMs <= untilMs; next = this.#pop()) {
      this.clock.ms = next.atMs;
      next.wake();
      // Whoever woke goes on until it sleeps: a call waits for a few promises of its own at the most.
      for (let turns = 0; turns < 12; turns++) await undefined;
    }
  }

  #push(sleeper: { atMs: number; wake: () => void }): void {
    const heap = this.#heap;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as typeof sleeper).atMs <= sleeper.atMs) break;
      heap[at] = heap[parent] as typeof sleeper;
      at = parent;
    }
    heap[at] = sleeper;
  }

  #pop(): { atMs: number; wake: () => void } | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as typeof last).atMs < (heap[child] as typeof last).atMs) child += 1;
      if ((heap[child] as typeof last).atMs >= last.atMs) break;
      heap[at] = heap[child] as typeof last;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const FAILED: AttemptFailure = {
  error: new GatewayError({ code: 'upstream_overloaded', message: 'x' }),
  failover: true,
  retrySame: true,
  mayBeBilled: false,
  coolMs: 0,
};

/** Processes with calls, each with the gateway's own breaker, itinerary and budget, at providers that fail and recover. */
export async function simulateFleet(options: FleetOptions): Promise<FleetReport> {
  const { processes, workers, providers, lengthMs, outages } = options;
  const random = randomOf(options.seed).next;
  const time = new Time();
  const item = new SharedItem();
  const targets = providers.map((provider) => targetAt(provider));
  const seconds: Second[] = Array.from({ length: Math.ceil(lengthMs / 1_000) + 1 }, () => ({
    requests: 0,
    attempts: 0,
    answered: 0,
    at: {},
  }));
  const now = () => seconds[Math.floor(time.clock.ms / 1_000)] as Second;
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;

  /** True: it answered. An outage ends what is under way at its beginning. */
  const serve = async (provider: string, isBroken: boolean): Promise<boolean> => {
    const beganMs = time.clock.ms;
    const takesMs = LEAST_ANSWER_MS + exponential(MEAN_ANSWER_MS);
    const hit = outages.find((outage) => outage.provider === provider && outage.untilMs > beganMs && outage.fromMs < beganMs + takesMs);
    const fails = isBroken || (hit !== undefined && random() < hit.share);
    if (!fails) {
      await time.sleep(takesMs);
      return true;
    }
    await time.sleep(hit === undefined ? 20 : Math.max(hit.fromMs - beganMs, 0) + hit.afterMs * (0.5 + random()));
    return false;
  };

  const call = async (process: ReturnType<typeof open>): Promise<void> => {
    const { health, budget, isBroken } = process;
    now().requests += 1;
    const asking = health.approach(targets);
    await time.sleep(ADMISSION_MS);
    health.round();
    if (asking !== undefined) await asking;
    budget.open();
    const itinerary = new Itinerary(placesOf(targets), health, budget, 100);
    for (let step = itinerary.next(); step !== undefined; step = itinerary.next()) {
      const { key, target } = step.place;
      now().attempts += 1;
      now().at[target.provider.id] = (now().at[target.provider.id] ?? 0) + 1;
      const visit = health.visit(key, 100);
      if (step.again) await time.sleep(random() * 250);
      const isGood = await serve(target.provider.id, isBroken);
      visit.end(isGood ? { kind: 'good' } : { kind: 'failed', restMs: 10_000 });
      void health.tell();
      if (isGood) {
        now().answered += 1;
        break;
      }
      itinerary.note(step.place, FAILED);
    }
    budget.close();
  };

  function open(index: number) {
    const health = processOf(item, time.clock, Math.floor(random() * 8));
    const clock = { now: () => time.clock.ms, monotonic: () => time.clock.ms };
    return {
      health,
      budget: createAttemptBudget(clock),
      isBroken: index < (options.broken ?? 0),
      isBusy: index < processes * options.busy,
    };
  }

  const work = async (process: ReturnType<typeof open>): Promise<void> => {
    await time.sleep(random() * (process.isBusy ? 2_000 : IDLE_MS));
    while (time.clock.ms < lengthMs - 1_000) {
      await call(process);
      // Callers who get errors soon do not come more often.
      if (process.isBroken) await time.sleep(MEAN_ANSWER_MS);
      await time.sleep(process.isBusy ? READ_LAG_MS + exponential(100) : exponential(IDLE_MS));
    }
  };

  for (let index = 0; index < processes; index++) {
    const process = open(index);
    for (let worker = 0; worker < workers; worker++) void work(process);
  }
  await time.run(lengthMs - 1);
  return { seconds, tells: item.tells, claims: item.claims };
}

/** Sums over seconds, the last one not counted. */
export function during({ seconds }: FleetReport, fromS: number, untilS: number): Second {
  return seconds.slice(fromS, untilS).reduce<Second>(
    (sum, { requests, attempts, answered, at }) => ({
      requests: sum.requests + requests,
      attempts: sum.attempts + attempts,
      answered: sum.answered + answered,
      at: Object.fromEntries(
        [...new Set([...Object.keys(sum.at), ...Object.keys(at)])].map((name) => [name, (sum.at[name] ?? 0) + (at[name] ?? 0)]),
      ),
    }),
    { requests: 0, attempts: 0, answered: 0, at: {} },
  );
}
