import { type GatewayDocument, METRICS } from '../../../lib/private/contract';
import { type Clock, isoTime } from '../runtime/clock';
import { uuidV7 } from '../runtime/ids';
import type { Log } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';
import type { FreshBudget } from '../stores/counters';
import type { KeyRecord } from '../stores/entities';
import type { GateState } from '../stores/gate-plan';
import type { RequestIntent } from '../stores/request-record';
import type { Admission, AdmissionRequest, AdmissionResult, Refusal } from './admission';
import { type AttemptReplies, type AttemptStores, abandonAttempt, attemptAdmission } from './attempt';
import { createShardMemory, ESCROW, type EscrowPolicy } from './escrow';
import { bindLevel, createLevelCache, type LevelCache, levelsOf } from './levels';
import { levelName, type Plan, type PlannedCounter, plannedCounter, planOf } from './plan';
import { createRefusalMemory, moneyRefusal } from './refusals';
import { OpenReservation, type SettlementQueue } from './reservation';

export interface LedgerOptions extends AttemptStores {
  readonly clock: Clock;
  /** The gateway's own budgets and limits, and what binds levels that have none. */
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  /** Takes settlements that the table does not. */
  readonly queue: SettlementQueue;
  /**
   * What a level spent in a period before its counter existed, for budgets added in mid-period, in nano-USD.
   * Default: nothing.
   */
  readonly spentBefore?: (
    level: { readonly kind: string; readonly id: string },
    startMs: number,
    endMs: number,
    model?: string,
  ) => Promise<bigint>;
  /** When busy counters are split into shards. Default: `ESCROW`. */
  readonly escrow?: EscrowPolicy;
  /** Default: a timer. */
  readonly pause?: (ms: number) => Promise<void>;
  /** 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The ledger: the only way to a provider. */
export interface Ledger extends Admission {
  /** Rows of levels as the ledger sees them, for policies of other stages. */
  readonly levels: LevelCache;
}

/** A request waits this long for the table in all. */
const STORE_DEADLINE_MS = 1_500;
const CALL_TIMEOUT_MS = 600;
/** Below this, another attempt cannot be expected to end in time. */
const LEAST_ATTEMPT_MS = 400;
/** Kept of the time for taking back what an attempt left. */
const CLEANUP_TIMEOUT_MS = 250;
const MOST_ATTEMPTS = 4;
const MOST_GUESSES = 5_000;
const STORE_RETRY_MS = 2_000;

type Verdict =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nothing is wrong with the request: what it was planned with is out of date. */
  | { readonly kind: 'stale'; readonly key?: KeyRecord }
  | { readonly kind: 'doubt'; readonly error: unknown };

export function createLedger(options: LedgerOptions): Ledger {
  const { clock } = options;
  const random = options.random ?? Math.random;
  const pause = options.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const reservations = { ...options, pause, random };
  const levels = createLevelCache(options.identity, clock);
  const memory = createRefusalMemory(clock);
  const shards = createShardMemory(random);
  const escrow = options.escrow ?? ESCROW;
  const guesses = new Map<string, GateState>();
  const phases = new Map<string, number>();

  function guess(key: string, state: GateState): void {
    if (guesses.size >= MOST_GUESSES) guesses.clear();
    guesses.set(key, state);
  }

  /** Reserves on one of the counter's shards, where it has any. */
  function spread(counter: PlannedCounter): PlannedCounter {
    const key = counter.spec.soft ? counter.key : shards.keyFor(counter.key);
    return key === counter.key ? counter : { ...counter, key };
  }

  /** The budget of a counter that does not exist yet, read so that no older limit can create it. */
  async function fresh(planned: PlannedCounter): Promise<FreshBudget | undefined> {
    const { kind, id } = planned.level;
    const row =
      kind === 'key'
        ? await options.identity.get('key', id, { consistent: true, timeoutMs: CALL_TIMEOUT_MS })
        : await levels.refresh(kind, id);
    const level = bindLevel(options.document, kind, id, row);
    const now = clock.now();
    const current = level.budgets
      .map((budget) => plannedCounter(level, budget, now, phases))
      .filter((candidate) => candidate.spec.key === planned.spec.key)
      .sort((left, right) => (left.spec.limitNanoUsd < right.spec.limitNanoUsd ? -1 : 1))[0];
    if (current === undefined) return undefined;
    const { startMs, endMs } = current.period;
    // A budget that is older than the period had a counter from the period's first request on.
    const changed = row !== undefined && row.updatedAt !== row.createdAt && Date.parse(row.updatedAt) > startMs;
    const spentNanoUsd = changed ? await spentSince({ kind, id }, startMs, endMs, current.budget.model) : 0n;
    return { spec: current.spec, spentNanoUsd };
  }

  /** The rollups have no deadline of their own that a waiting caller could bear. */
  async function spentSince(
    level: { kind: string; id: string },
    startMs: number,
    endMs: number,
    model: string | undefined,
  ): Promise<bigint> {
    if (options.spentBefore === undefined) return 0n;
    const late = pause(CALL_TIMEOUT_MS).then(() => {
      throw Object.assign(new Error('the rollups do not answer'), { name: 'TimeoutError' });
    });
    late.catch(() => undefined);
    return Promise.race([options.spentBefore(level, startMs, endMs, model), late]);
  }

  function remembered(plan: Plan, request: AdmissionRequest): Refusal | undefined {
    for (const planned of plan.counters) {
      const known = planned.spec.soft ? undefined : memory.money(planned, request.bound.costNanoUsd);
      if (known !== undefined) return moneyRefusalOf(planned, known.kind, known.retryAfterMs, clock.now());
    }
    for (const gate of plan.gates) {
      const known = memory.gate(gate.spec);
      if (known !== undefined) return gateRefusalOf(gate.level, known.limit, known.retryAfterMs);
    }
    return undefined;
  }

  function judge(plan: Plan, request: AdmissionRequest, key: KeyRecord, replies: AttemptReplies, now: number): Verdict {
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

    let stale = false;
    for (const [index, answer] of replies.counters.entries()) {
      const planned = plan.counters[index];
      if (!answer.ok || planned === undefined || answer.value.kind !== 'stale') continue;
      if (phases.size >= MOST_GUESSES) phases.clear();
      phases.set(planned.spec.key, Math.max(phases.get(planned.spec.key) ?? 0, answer.value.generation));
      stale = true;
    }
    if (stale) return { kind: 'stale' };

    let reserved: Refusal | undefined;
    for (const [index, answer] of replies.counters.entries()) {
      const planned = plan.counters[index];
      if (!answer.ok || planned === undefined || answer.value.kind !== 'insufficient') continue;
      const refusal = moneyRefusal(answer.value.state, request.bound.costNanoUsd, now, random());
      memory.rememberMoney(planned, request.bound.costNanoUsd, refusal);
      const named = moneyRefusalOf(planned, refusal.kind, refusal.retryAfterMs, now);
      if (refusal.kind === 'spent') return { kind: 'refused', refusal: named };
      reserved ??= named;
    }
    if (reserved !== undefined) return { kind: 'refused', refusal: reserved };
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

  async function admit(request: AdmissionRequest): Promise<AdmissionResult> {
    const deadline = clock.monotonic() + STORE_DEADLINE_MS;
    const cleanupMs = () => Math.min(CLEANUP_TIMEOUT_MS, Math.max(1, deadline - clock.monotonic()));
    let key = request.key;
    const attemptIds = [request.attemptId];
    let lastError: unknown;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts++) {
      if (deadline - clock.monotonic() < LEAST_ATTEMPT_MS) break;
      const began = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
      try {
        const bound = await levelsOf(levels, options.document, key, request.tags);
        const shut = bound.find((level) => level.kind !== 'key' && level.status !== 'active');
        if (shut !== undefined) return refused({ reason: shut.status === 'revoked' ? 'key_revoked' : 'key_blocked', ...levelName(shut) });
        const { originalModel, candidateModels } = request;
        const free = request.bound.costNanoUsd === 0n;
        const whole = planOf(bound, { originalModel, candidateModels, free }, began.wallMs, phases);
        const plan = { counters: whole.counters.map(spread), gates: whole.gates };
        const known = remembered(plan, request);
        if (known !== undefined) return refused(known);

        const intent = intentOf(request, key, attemptIds.at(-1) as string, plan, began.wallMs);
        const replies = await attemptAdmission(options, intent, plan, {
          key,
          timeoutMs: Math.min(CALL_TIMEOUT_MS, Math.max(1, deadline - clock.monotonic() - CLEANUP_TIMEOUT_MS)),
          nowMs: began.wallMs,
          request,
          attemptIds,
          guesses,
          fresh,
          shards,
          escrow,
          pause,
          random,
        });
        const verdict = judge(plan, request, key, replies, began.wallMs);
        if (verdict.kind === 'admitted') {
          return { admitted: true, reservation: new OpenReservation(reservations, request, intent, plan, replies, began) };
        }
        const reason = verdict.kind === 'refused' ? verdict.refusal.reason : verdict.kind;
        await abandonAttempt(options, intent, plan, replies, reason, clock.now(), cleanupMs);
        if (verdict.kind === 'refused') return refused(verdict.refusal);
        if (verdict.kind === 'doubt') lastError = verdict.error;
        else if (verdict.key !== undefined) key = verdict.key;
        else await refreshStale(plan, replies);
      } catch (error) {
        lastError = error;
      }
      attemptIds.push(uuidV7(clock.now()));
    }
    options.log.write('error', 'store-unavailable', {
      requestId: request.attemptId,
      keyId: key.id,
      ...(lastError instanceof Error ? { code: lastError.name } : {}),
    });
    options.metrics.emit({ [METRICS.STORE_DOWN]: 1 });
    return refused({ reason: 'store_unavailable', retryAfterMs: STORE_RETRY_MS });
  }

  return { admit, levels };
}

function refused(refusal: Refusal): AdmissionResult {
  return { admitted: false, refusal };
}

function keyRefusal(row: KeyRecord | undefined, nowMs: number): Refusal | undefined {
  if (row === undefined) return { reason: 'key_invalid' };
  if (row.status === 'revoked') return { reason: 'key_revoked', level: 'key', levelId: row.id };
  if (row.status === 'blocked') return { reason: 'key_blocked', level: 'key', levelId: row.id };
  if (row.expiresAt !== undefined && Date.parse(row.expiresAt) <= nowMs) return { reason: 'key_expired', level: 'key', levelId: row.id };
  return undefined;
}

function moneyRefusalOf(planned: PlannedCounter, kind: 'spent' | 'reserved', retryAfterMs: number | undefined, nowMs: number): Refusal {
  const named = { ...levelName(planned.level), limit: planned.budget.period };
  if (kind === 'reserved') return { reason: 'budget_reserved', ...named, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  const untilReset = planned.period.endMs - nowMs;
  return { reason: 'budget_spent', ...named, ...(Number.isFinite(untilReset) ? { retryAfterMs: untilReset } : {}) };
}

function gateRefusalOf(level: PlannedCounter['level'], limit: string, retryAfterMs: number): Refusal {
  const reason = limit === 'concurrent_requests' ? 'concurrency_limited' : 'rate_limited';
  return { reason, ...levelName(level), limit, retryAfterMs };
}

function intentOf(request: AdmissionRequest, key: KeyRecord, attemptId: string, plan: Plan, nowMs: number): RequestIntent {
  return {
    id: attemptId,
    createdAt: isoTime(nowMs),
    keyId: key.id,
    teamId: key.teamId,
    projectId: key.projectId,
    userId: key.userId,
    tags: Object.keys(request.tags).length === 0 ? undefined : request.tags,
    operation: request.operation,
    dialect: request.dialect,
    originalModel: request.originalModel,
    stream: request.stream,
    boundNanoUsd: request.bound.costNanoUsd,
    counters: plan.counters.map(({ key: counter }) => ({ counter, nanoUsd: request.bound.costNanoUsd })),
    expiresAtMs: request.expiresAtMs,
  };
}
