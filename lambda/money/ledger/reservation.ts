import { METRICS } from '../../../lib/private/contract';
import type { Clock, Log, LogFields, Metrics } from '../../platform/runtime';
import type { CounterFigures } from '../ports/counters';
import type { GatePass, GateSpec, GateStore } from '../ports/gates';
import type { RequestIntent } from '../record/fields';
import type { AdmissionRequest, Bound, LimitState, Outcome, Reservation } from './admission';
import type { AttemptReplies } from './attempt';
import { stepOf } from './gates';
import type { MoneyLeft } from './money-left';
import { type PersistOptions, persist } from './persist';
import type { Plan, PlannedCounter } from './plan';
import type { RefusalMemory } from './refusals';
import { type Settlement, type SettlementStores, settleRequest } from './settlement';

/** What an open reservation needs to end. */
export interface ReservationOptions extends SettlementStores, PersistOptions {
  readonly gates: GateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  readonly moneyLeft: Pick<MoneyLeft, 'ended'>;
  readonly refusals: Pick<RefusalMemory, 'moneyCameBack'>;
}

/** A moment by both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Nothing is sent later than this after its attempt began: by then a sweeper may have taken it for dead. */
const LATEST_SEND_MS = 30_000;
const SEND_MARGIN_MS = 60_000;
/** Kept for the queue's own call. */
const QUEUE_MARGIN_MS = 5_000;

/** The open end of an admitted request. */
export class OpenReservation implements Reservation {
  public readonly attemptId: string;
  public readonly bound: Bound;
  public readonly budget: Reservation['budget'];
  public readonly requests: LimitState | undefined;
  public readonly tokens: LimitState | undefined;
  readonly #options: ReservationOptions;
  readonly #intent: RequestIntent;
  readonly #passes: GatePass[] = [];
  readonly #began: Moment;
  /** Epoch ms. */
  readonly #expiresAtMs: number;
  /** Counters that refuse. */
  readonly #binding: readonly PlannedCounter[];
  #ended: Promise<void> | undefined;

  public constructor(
    options: ReservationOptions,
    request: Pick<AdmissionRequest, 'bound' | 'expiresAtMs'>,
    intent: RequestIntent,
    plan: Plan,
    replies: AttemptReplies,
    began: Moment,
  ) {
    this.#options = options;
    this.#intent = intent;
    this.#began = began;
    this.#expiresAtMs = request.expiresAtMs;
    this.#binding = plan.counters.filter(({ spec }) => !spec.soft);
    this.bound = request.bound;
    for (const gate of replies.gates) if (gate.ok && gate.value.kind === 'passed') this.#passes.push(gate.value.pass);
    this.attemptId = intent.id;
    this.budget = tightestBudget(plan, replies);
    this.requests = tightest(plan, this.#passes, (spec, pass) => requestState(spec, pass, began.wallMs));
    this.tokens = tightest(plan, this.#passes, (spec, pass) => tokenState(spec, pass, began.wallMs));
  }

  public get budgeted(): boolean {
    return this.#binding.length > 0;
  }

  public assertSendable(): void {
    const { clock } = this.#options;
    const wallMs = clock.now();
    const { wallMs: beganMs, monotonicMs } = this.#began;
    const late = Math.abs(wallMs - beganMs) > LATEST_SEND_MS || clock.monotonic() - monotonicMs > LATEST_SEND_MS;
    if (this.#ended !== undefined) throw new Error('the reservation has ended: nothing may be sent on it');
    if (late || wallMs > this.#expiresAtMs - SEND_MARGIN_MS) {
      throw new Error('too late to send: the reservation may be taken for dead before the answer ends');
    }
  }

  public settle(outcome: Outcome): Promise<void> {
    if (this.#ended === undefined) {
      if (this.budgeted && outcome.costNanoUsd > this.bound.costNanoUsd) {
        this.#options.metrics.emit({ [METRICS.BOUND_EXCEEDED]: 1 });
        this.#complain('error', 'bound-exceeded', { costNanoUsd: String(outcome.costNanoUsd) });
      }
      this.#ended = this.#end({ attemptId: this.attemptId, kind: 'settle', result: outcome }, tokensOf(outcome));
    }
    return this.#ended;
  }

  public release(outcome: Outcome): Promise<void> {
    this.#ended ??= this.#end({ attemptId: this.attemptId, kind: 'release', result: { ...outcome, costNanoUsd: 0n } }, 0);
    return this.#ended;
  }

  async #end(settlement: Settlement, tokens: number | undefined): Promise<void> {
    const { gates } = this.#options;
    const left = this.#passes
      .filter((pass) => pass.slot || pass.minuteTokens !== undefined || pass.dayTokens !== undefined)
      .map((pass) => gates.leave(pass, this.attemptId, tokens).catch(() => undefined));
    try {
      await this.#book(settlement);
    } catch (error) {
      // The sweeper charges the whole reservation once it has expired.
      this.#complain('error', 'settlement-not-queued', errorCode(error));
    }
    for (const leaving of left) await leaving;
  }

  async #book(settlement: Settlement): Promise<void> {
    const { clock, metrics } = this.#options;
    const run = async (): Promise<void> => {
      const outcome = await settleRequest(this.#options, settlement, clock.now(), this.#intent);
      if (outcome === 'lost') this.#complain('error', 'settlement-lost', {});
      else this.#noteEnd(settlement);
    };
    const lastMonotonicMs = clock.monotonic() + Math.max(0, this.#expiresAtMs - SEND_MARGIN_MS - QUEUE_MARGIN_MS - clock.now());
    await persist(this.#options, run, settlement, lastMonotonicMs, (error) => {
      this.#complain('warn', 'settle-deferred', errorCode(error));
      metrics.emit({ [METRICS.SETTLE_DEFERRED]: 1 });
    });
  }

  #noteEnd({ result }: Settlement): void {
    const { clock, moneyLeft, refusals } = this.#options;
    const costNanoUsd = result.costNanoUsd ?? 0n;
    const tookMs = clock.monotonic() - this.#began.monotonicMs;
    for (const planned of this.#binding) {
      moneyLeft.ended(planned, { heldNanoUsd: this.bound.costNanoUsd, costNanoUsd, tookMs });
      refusals.moneyCameBack(planned);
    }
  }

  #complain(level: 'warn' | 'error', event: string, fields: LogFields): void {
    this.#options.log.write(level, event, { requestId: this.attemptId, keyId: this.#intent.keyId, ...fields });
  }
}

function errorCode(error: unknown): LogFields {
  return error instanceof Error ? { code: error.name } : {};
}

/** What token limits are charged: the report, all of the bound when something was billed that nobody counted, else nothing. */
function tokensOf(outcome: Outcome): number | undefined {
  const { usage } = outcome;
  if (usage?.inputTokens !== undefined || usage?.outputTokens !== undefined) return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  return outcome.costNanoUsd === 0n ? 0 : undefined;
}

function tightestBudget(plan: Plan, replies: AttemptReplies): Reservation['budget'] {
  let tightest: Reservation['budget'];
  for (const [index, planned] of plan.counters.entries()) {
    if (!planned.level.showsFigures) continue;
    const answer = replies.counters[index];
    const state: CounterFigures | undefined = answer?.ok === true && answer.value.kind !== 'stale' ? answer.value.state : undefined;
    // A shard knows its own part only.
    if (
      state === undefined ||
      planned.removed === true ||
      planned.key !== planned.spec.key ||
      (tightest !== undefined && tightest.remainingNanoUsd <= state.remainingNanoUsd)
    )
      continue;
    tightest = { level: planned.level.kind, remainingNanoUsd: state.remainingNanoUsd, limitNanoUsd: state.limitNanoUsd };
  }
  return tightest;
}

function tightest(
  plan: Plan,
  passes: readonly GatePass[],
  stateOf: (spec: GateSpec, pass: GatePass) => LimitState | undefined,
): LimitState | undefined {
  let found: LimitState | undefined;
  for (const pass of passes) {
    const gate = plan.gates.find(({ spec }) => spec.key === pass.key);
    const state = gate?.level.showsFigures === true ? stateOf(gate.spec, pass) : undefined;
    if (state === undefined) continue;
    if (found === undefined || state.remaining / state.limit < found.remaining / found.limit) found = state;
  }
  return found;
}

function requestState(spec: GateSpec, pass: GatePass, nowMs: number): LimitState | undefined {
  const [limit, rate, windowMs] =
    spec.requestsPerMinute === undefined
      ? [spec.requestsPerDay, pass.state.day, 86_400_000]
      : [spec.requestsPerMinute, pass.state.minute, 60_000];
  if (limit === undefined || rate === undefined) return undefined;
  const step = stepOf(limit, windowMs);
  const ahead = Math.max(0, rate.tat - nowMs * 1_000);
  return { limit, remaining: Math.max(0, limit - Math.ceil(ahead / step)), resetMs: Math.ceil(ahead / 1_000) };
}

function tokenState(spec: GateSpec, pass: GatePass, nowMs: number): LimitState | undefined {
  const [limit, window, windowMs] =
    spec.tokensPerMinute === undefined
      ? [spec.tokensPerDay, pass.state.tokenDay, 86_400_000]
      : [spec.tokensPerMinute, pass.state.tokenMinute, 60_000];
  if (limit === undefined || window === undefined) return undefined;
  return { limit, remaining: Math.max(0, window.left), resetMs: Math.max(0, window.atMs + windowMs - nowMs) };
}
