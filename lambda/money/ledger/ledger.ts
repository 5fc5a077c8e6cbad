import { type GatewayDocument, METRICS } from '../../../lib/private/contract';
import { type Clock, type Log, type Metrics, type Pause, pause as timer, uuidV7 } from '../../platform/runtime';
import type { FreshBudget } from '../ports/counters';
import type { GateState } from '../ports/gates';
import type { LevelRows } from '../ports/rows';
import type { SpendStore } from '../ports/spend';
import { type Abandonment, abandonmentOf } from './abandonment';
import type { Admission, AdmissionRequest, AdmissionResult, Bound, Refusal } from './admission';
import { type AttemptReplies, type AttemptStores, attemptAdmission, CALL_TIMEOUT_MS, undoGates } from './attempt';
import { createConfirmation } from './confirmation';
import { createShardMemory, ESCROW, type EscrowPolicy } from './escrow';
import { chargeLate, createFreshBudgets } from './fresh-budget';
import { createHealing } from './healing';
import type { KeyRow } from './holders';
import { intentOf } from './intent';
import { type BoundLevel, levelsOf } from './levels';
import { createMoneyLeft } from './money-left';
import { firstBound, judgeMoney, rememberedMoney } from './money-verdict';
import type { SettlementQueue } from './persist';
import { type Plan, type PlannedCounter, planOf } from './plan';
import { gateRefusalOf, keyRefusal, shutRefusalOf } from './reasons';
import { createRefusalMemory } from './refusals';
import { OpenReservation } from './reservation';
import { takeBack } from './take-back';

export interface LedgerOptions<Key extends KeyRow = KeyRow> extends AttemptStores<Key> {
  /** Rows of the levels above a key. */
  readonly levels: LevelRows;
  readonly clock: Clock;
  /** The gateway's own budgets and limits, and what binds levels that have none. */
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  /** Takes settlements that the table does not. */
  readonly queue: SettlementQueue;
  /** What levels have spent, for budgets added in mid-period. Default: nothing. */
  readonly spend?: SpendStore;
  /** When busy counters are split into shards. Default: `ESCROW`. */
  readonly escrow?: EscrowPolicy;
  /** Default: a timer. */
  readonly pause?: Pause;
  /** 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Names a request's further attempts. Default: UUIDs of version 7. */
  readonly nameAttempt?: (nowMs: number) => string;
}

/** The ledger: the only way to a provider. */
export type Ledger<Key extends KeyRow = KeyRow> = Admission<Key>;

/** A request waits this long for the table in all. */
const STORE_DEADLINE_MS = 1_500;
/** Below this, another attempt cannot be expected to end in time. */
const LEAST_ATTEMPT_MS = 400;
/** Kept of the time for taking back what an attempt left. */
const CLEANUP_TIMEOUT_MS = 250;
/** A table that is slow is not asked ever more. */
const MOST_ATTEMPTS = 2;
/** Attempts that only had to take another shard come on top. */
const MOST_ROUNDS = 4;
const MOST_GUESSES = 5_000;
const STORE_RETRY_MS = 2_000;

type Verdict<Key extends KeyRow> =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly smaller?: Bound | undefined }
  /** Nothing is wrong with the request: what it was planned with is out of date. */
  | { readonly kind: 'stale'; readonly key?: Key }
  /** A shard had no more to give: the next attempt takes another item of the same counter. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'doubt'; readonly error: unknown };

export function createLedger<Key extends KeyRow>(options: LedgerOptions<Key>): Ledger<Key> {
  const { clock, levels } = options;
  const random = options.random ?? Math.random;
  const pause = options.pause ?? timer;
  const memory = createRefusalMemory(clock);
  const moneyLeft = createMoneyLeft(clock);
  const reservations = { ...options, pause, random, moneyLeft, refusals: memory };
  const shards = createShardMemory(random);
  const escrow = options.escrow ?? ESCROW;
  const guesses = new Map<string, GateState>();
  const phases = new Map<string, number>();
  const confirm = createConfirmation(options.identity, levels);
  const heal = createHealing(options);
  const fresh = createFreshBudgets({ ...options, levels, phases });

  function guess(key: string, state: GateState): void {
    if (guesses.size >= MOST_GUESSES) guesses.clear();
    guesses.set(key, state);
  }

  /** Reserves on one of the counter's shards, where it has any. */
  function spread(counter: PlannedCounter): PlannedCounter {
    const key = counter.spec.soft ? counter.key : shards.keyFor(counter.key);
    return key === counter.key ? counter : { ...counter, key };
  }

  function remembered(
    plan: Plan,
    request: Pick<AdmissionRequest, 'bound' | 'smaller'>,
  ): { readonly refusal: Refusal; readonly level: BoundLevel } | undefined {
    for (const planned of plan.counters) {
      const refusal = rememberedMoney(memory, request, planned, clock.now());
      if (refusal !== undefined) return { level: planned.level, refusal };
    }
    for (const gate of plan.gates) {
      const known = memory.gate(gate.spec);
      if (known !== undefined) return { level: gate.level, refusal: gateRefusalOf(gate.level, known.limit, known.retryAfterMs) };
    }
    return undefined;
  }

  function judge(
    plan: Plan,
    request: AdmissionRequest<Key>,
    taken: Bound,
    key: Key,
    replies: AttemptReplies<Key>,
    now: number,
  ): Verdict<Key> {
    const failed = [replies.key, replies.intent, replies.claim, ...replies.counters, ...replies.gates].find((answer) => !answer.ok);
    if (failed !== undefined && !failed.ok) return { kind: 'doubt', error: failed.error };
    if (!replies.key.ok || !replies.intent.ok || !replies.claim.ok) return { kind: 'doubt', error: undefined };

    const row = replies.key.value;
    const invalid = keyRefusal(row, now);
    if (invalid !== undefined || row === undefined) return { kind: 'refused', refusal: invalid ?? { reason: 'key_invalid' } };
    if (row.generation !== key.generation) {
      if (request.accepts?.(row) === false) return { kind: 'refused', refusal: { reason: 'key_invalid' } };
      return { kind: 'stale', key: row };
    }
    if (replies.intent.value === 'conflict') return { kind: 'doubt', error: undefined };
    if (replies.claim.value !== undefined) return { kind: 'refused', refusal: replies.claim.value };

    let stale: 'stale' | 'moved' | undefined;
    for (const [index, answer] of replies.counters.entries()) {
      const planned = plan.counters[index];
      if (!answer.ok || planned === undefined || answer.value.kind !== 'stale') continue;
      const { key, spec } = planned;
      if (key !== spec.key && answer.value.generation === spec.generation) {
        stale ??= 'moved';
        continue;
      }
      if (phases.size >= MOST_GUESSES) phases.clear();
      phases.set(spec.key, Math.max(phases.get(spec.key) ?? 0, answer.value.generation));
      stale = 'stale';
    }
    if (stale !== undefined) return { kind: stale };

    const lacks = judgeMoney({ memory, moneyLeft, random }, request, taken, plan, replies, now);
    if (lacks !== undefined) return { kind: 'refused', ...lacks };
    for (const [index, answer] of replies.gates.entries()) {
      const gate = plan.gates[index];
      if (!answer.ok || gate === undefined) continue;
      if (answer.value.kind === 'passed') {
        guess(gate.spec.key, answer.value.pass.state);
        continue;
      }
      memory.rememberGate(gate.spec, answer.value);
      return { kind: 'refused', refusal: gateRefusalOf(gate.level, answer.value.limit, answer.value.retryAfterMs) };
    }
    return { kind: 'admitted' };
  }

  /** Reads again what a counter knew better than we did. */
  async function refreshStale(plan: Plan, replies: AttemptReplies): Promise<void> {
    const outdated = plan.counters.filter((_planned, index) => {
      const answer = replies.counters[index];
      return answer?.ok === true && answer.value.kind === 'stale';
    });
    await Promise.all(outdated.map(({ level }) => (level.kind === 'key' ? undefined : levels.refresh(level.kind, level.id))));
  }

  /** The budget of a counter to be made; what it may lack is charged to it after the answer. */
  async function startOf(request: Pick<AdmissionRequest, 'afterwards'>, planned: PlannedCounter): Promise<FreshBudget | undefined> {
    const budget = await fresh(planned);
    if (budget?.late === true) {
      const work = chargeLate({ ...options, pause }, planned);
      request.afterwards?.(work);
    }
    return budget;
  }

  /** Admits, and goes on after the answer with what the request's time was too short to take back. */
  async function admit(request: AdmissionRequest<Key>): Promise<AdmissionResult> {
    const left: Abandonment[] = [];
    const result = await inRounds(request, left);
    for (const abandonment of left) {
      const work = takeBack(reservations, abandonment);
      request.afterwards?.(work);
    }
    return result;
  }

  async function inRounds(request: AdmissionRequest<Key>, left: Abandonment[]): Promise<AdmissionResult> {
    const deadline = clock.monotonic() + STORE_DEADLINE_MS;
    const cleanupMs = () => Math.min(CLEANUP_TIMEOUT_MS, Math.max(1, deadline - clock.monotonic()));
    let key = request.key;
    const attemptIds = [request.attemptId];
    let lastError: unknown;
    let smaller: Bound | undefined;
    for (let attempts = 0, rounds = 0; attempts < MOST_ATTEMPTS && rounds < MOST_ROUNDS; attempts++, rounds++) {
      if (deadline - clock.monotonic() < LEAST_ATTEMPT_MS) break;
      const began = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
      try {
        const bound = await levelsOf(levels, options.document, key, request.tags);
        const shut = bound.find((level) => level.kind !== 'key' && level.status !== 'active');
        if (shut !== undefined) {
          if ((await confirm(shut)) === undefined) return refused(shutRefusalOf(shut));
          attempts--;
          continue;
        }
        const { originalModel, candidateModels } = request;
        const free = request.bound.costNanoUsd === 0n;
        const whole = planOf(bound, { originalModel, candidateModels, free }, began.wallMs, phases);
        const plan = { counters: whole.counters.map(spread), gates: whole.gates };
        const taken = smaller ?? firstBound(moneyLeft, request, plan);
        const taking = taken === request.bound ? request : { ...request, bound: taken };
        const known = smaller === undefined ? remembered(plan, taking) : undefined;
        smaller = undefined;
        if (known !== undefined) {
          const changed = await confirm(known.level);
          if (changed === undefined) return refused(known.refusal);
          if (known.level.kind === 'key') {
            const invalid = keyRefusal(changed.key, clock.now());
            if (invalid !== undefined || changed.key === undefined) return refused(invalid ?? { reason: 'key_invalid' });
            if (request.accepts?.(changed.key) === false) return refused({ reason: 'key_invalid' });
            key = changed.key;
          }
          attempts--;
          continue;
        }

        const intent = intentOf(taking, key, attemptIds.at(-1) as string, plan, began.wallMs);
        const replies = await attemptAdmission(options, intent, plan, {
          key,
          timeoutMs: Math.min(CALL_TIMEOUT_MS, Math.max(1, deadline - clock.monotonic() - CLEANUP_TIMEOUT_MS)),
          nowMs: began.wallMs,
          request: taking,
          attemptIds,
          guesses,
          fresh: (planned) => startOf(request, planned),
          shards,
          escrow,
          pause,
          random,
        });
        const verdict = judge(plan, request, taken, key, replies, began.wallMs);
        if (verdict.kind === 'admitted') {
          return { admitted: true, reservation: new OpenReservation(reservations, taking, intent, plan, replies, began) };
        }
        const reason = verdict.kind === 'refused' ? verdict.refusal.reason : verdict.kind;
        const abandonment = abandonmentOf(options, intent, plan, replies, reason);
        const undone = undoGates(options, intent.id, replies, cleanupMs);
        await abandonment.work(clock.now(), cleanupMs).catch(() => undefined);
        if (!abandonment.done) left.push(abandonment);
        await undone;
        if (verdict.kind === 'refused') {
          const healed = heal(plan, replies);
          if (healed !== undefined) request.afterwards?.(healed);
          const { level: kind, levelId } = verdict.refusal;
          // The key's row was read with the reservations; any other may have been planned from what this process remembers.
          const level = bound.find((candidate) => candidate.kind !== 'key' && candidate.kind === kind && candidate.id === levelId);
          if (level === undefined || (await confirm(level)) === undefined) {
            const again = attempts + 1 < MOST_ATTEMPTS && deadline - clock.monotonic() >= LEAST_ATTEMPT_MS;
            if (verdict.smaller === undefined || !again) return refused(verdict.refusal);
            smaller = verdict.smaller;
          } else attempts--;
        }
        if (verdict.kind === 'doubt') lastError = verdict.error;
        else if (verdict.kind === 'moved') attempts--;
        else if (verdict.kind === 'stale' && verdict.key !== undefined) key = verdict.key;
        else if (verdict.kind === 'stale') await refreshStale(plan, replies);
      } catch (error) {
        lastError = error;
      }
      attemptIds.push((options.nameAttempt ?? uuidV7)(clock.now()));
    }
    options.log.write('error', 'store-unavailable', {
      requestId: request.attemptId,
      keyId: key.id,
      ...(lastError instanceof Error ? { code: lastError.name } : {}),
    });
    options.metrics.emit({ [METRICS.STORE_DOWN]: 1 });
    return refused({ reason: 'store_unavailable', retryAfterMs: STORE_RETRY_MS });
  }

  return { admit };
}

function refused(refusal: Refusal): AdmissionResult {
  return { admitted: false, refusal };
}
