import { type GatewayDocument, METRICS } from '../../../lib/private/contract';
import { attemptId, type Clock, isoTime, type Log, type Metrics, type Pause, pause as timer } from '../../platform/runtime';
import { createShards, type PageGuess, type PlannedPage, pagesOf, type ShardPolicy } from '../pages';
import type { PageSpec } from '../ports/pages';
import type { PlannedRows } from '../ports/planned-rows';
import type { UsageRecordStore } from '../ports/usage-records';
import type { Admission, AdmissionRequest, AdmissionResult, Bound, Refusal } from './admission';
import { type Attempt, type Moment, recordOf } from './attempt';
import { createConfirmation } from './confirmation';
import { heldPages, type LastWord } from './decide';
import { createHealing } from './healing';
import { begins, begunLate, chargeLate } from './late-spend';
import { createMoneyLeft } from './money-left';
import { bindingPlaces } from './money-place';
import { firstBound, rememberedMoney } from './money-verdict';
import { createPatience } from './patience';
import type { SettlementQueue } from './persist';
import { createPlannedLevels, rowOf } from './planned-levels';
import { keyRefusal, limitRefusalOf, shutRefusalOf } from './reasons';
import { createRefusalMemory, HEARING_MS } from './refusals';
import { OpenReservation, SEND_MARGIN_MS } from './reservation';
import { Retreat } from './retreat';
import { CALL_TIMEOUT_MS, type Round, type RoundStores, reserveRound } from './round';
import { isIncomplete, judge, type Verdict } from './verdict';

export interface LedgerOptions<Rows extends PlannedRows = PlannedRows> extends Omit<RoundStores<Rows>, 'records'> {
  readonly records: Pick<UsageRecordStore, 'put' | 'adjust' | 'read'>;
  readonly clock: Clock;
  /** The gateway's own budgets and limits, and what binds levels that have none. */
  readonly document: Pick<GatewayDocument, 'gateway' | 'defaults'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  /** Takes last words that the table does not. */
  readonly queue: SettlementQueue;
  /** When busy pages are split. Default: `SHARD_POLICY`. */
  readonly shardPolicy?: ShardPolicy;
  /** Default: a timer. */
  readonly pause?: Pause;
  /** 0 to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Names a request's further attempts. Default: `attemptId` of the runtime. */
  readonly nameAttempt?: (nowMs: number) => string;
}

/** The ledger: the only way to a provider. */
export type Ledger<Rows extends PlannedRows = PlannedRows> = Admission<Rows>;

/** A request waits this long for the table in all. */
const STORE_DEADLINE_MS = 1_500;
/** Below this, another attempt cannot be expected to end in time. */
const LEAST_ATTEMPT_MS = 400;
/** Kept of the time for taking back what an attempt left; what takes longer goes on after the answer. */
const CLEANUP_TIMEOUT_MS = 100;
/** A table that is slow is not asked ever more. */
const MOST_ATTEMPTS = 2;
const SLOW_ROUND_MS = 300;
const MOST_MISSING = 1;
/** Attempts that only had to take another shard, or whose rows had changed, come on top. */
const MOST_ROUNDS = 4;
const MOST_PHASES = 5_000;
const STORE_RETRY_MS = 2_000;

export function createLedger<Rows extends PlannedRows>(options: LedgerOptions<Rows>): Ledger<Rows> {
  const { clock } = options;
  const random = options.random ?? Math.random;
  const pause = options.pause ?? timer;
  const refusals = createRefusalMemory(clock);
  const moneyLeft = createMoneyLeft(clock);
  const memory = { refusals, moneyLeft, random };
  const ending = { ...options, pause, random, moneyLeft, refusals };
  const levelsOf = createPlannedLevels(options.document);
  const stands = createConfirmation(options.rows);
  const healing = createHealing(options);
  const { pages, shardPolicy: policy } = options;
  const shards = createShards({ pages, clock, random, pause, ...(policy === undefined ? {} : { policy }) });
  const guesses = new Map<string, PageGuess>();
  const patience = createPatience();
  const phases = new Map<string, number>();

  /** What this process knows against a request. */
  function known(
    request: Pick<AdmissionRequest, 'bound' | 'smaller'>,
    planned: readonly PlannedPage[],
    nowMs: number,
  ): Refusal | undefined {
    for (const place of bindingPlaces(planned, request.bound.costNanoUsd)) {
      const refusal = rememberedMoney(memory, request, place, nowMs);
      if (refusal !== undefined) return refusal;
    }
    for (const page of planned) {
      const limit = refusals.limit(page);
      if (limit !== undefined) return limitRefusalOf(page, limit);
    }
    return undefined;
  }

  /** What refuses a request by its rows alone. */
  function shut(rows: Rows, nowMs: number): Refusal | undefined {
    const key = keyRefusal(rows.key, nowMs);
    if (key !== undefined) return key;
    const level = levelsOf(rows).find(({ kind, status }) => kind !== 'key' && status !== 'active');
    return level === undefined ? undefined : shutRefusalOf(level);
  }

  function wordOf(attempt: Attempt, outcome: string, held: ReturnType<typeof heldBy>): LastWord {
    return {
      ...recordOf(attempt, isoTime(attempt.began.wallMs)),
      ...{ state: 'void', costNanoUsd: 0n, tokens: 0, outcome, pages: heldPages(held) },
    };
  }

  /** Heard while nobody else can void the attempt, by either clock. */
  function heardInTime({ began, expiresAtMs }: Attempt): boolean {
    const now = clock.now();
    const late = Math.abs(now - began.wallMs) > HEARING_MS || clock.monotonic() - began.monotonicMs > HEARING_MS;
    return !late && now <= expiresAtMs - SEND_MARGIN_MS;
  }

  /** Admits, and goes on after the answer with what the request's time was too short to take back. */
  async function admit(first: AdmissionRequest<Rows>): Promise<AdmissionResult<Rows>> {
    const left: Retreat[] = [];
    try {
      return await inRounds(first, left);
    } finally {
      for (const retreat of left) {
        const work = retreat.persist();
        first.afterwards?.(work);
      }
    }
  }

  async function inRounds(first: AdmissionRequest<Rows>, left: Retreat[]): Promise<AdmissionResult<Rows>> {
    const deadline = clock.monotonic() + STORE_DEADLINE_MS;
    const remaining = (kept: number): number => deadline - kept - clock.monotonic();
    const timeoutMs = (): number => Math.min(CALL_TIMEOUT_MS, remaining(CLEANUP_TIMEOUT_MS));
    const cleanupMs = (): number => Math.min(CLEANUP_TIMEOUT_MS, Math.max(1, remaining(0)));
    const chosen = new Map<string, PageSpec>();
    const tried = new Map<string, PageSpec[]>();
    const attemptIds: string[] = [];
    let request: AdmissionRequest<Rows> | undefined = first;
    let id: string | undefined;
    let smaller: Bound | undefined;
    let lastError: unknown;
    let otherwise: Refusal | undefined;
    for (let attempts = 0, rounds = 0; request !== undefined && attempts < MOST_ATTEMPTS && rounds < MOST_ROUNDS; rounds++) {
      if (rounds > 0 && remaining(0) < LEAST_ATTEMPT_MS) break;
      const began: Moment = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
      const planned = pagesOf(levelsOf(request.rows), request, began.wallMs, phases);
      const bound: Bound = smaller ?? firstBound(moneyLeft, request, bindingPlaces(planned, request.bound.costNanoUsd));
      const unasked =
        shut(request.rows, began.wallMs) ??
        (smaller === undefined ? known({ bound, smaller: request.smaller }, planned, began.wallMs) : undefined);
      if (unasked !== undefined) {
        // A plan that refuses is confirmed by the read alone. One that fails leaves the refusal.
        if (await stands(request.rows)) return refused(unasked);
        request = await request.again?.();
        id = undefined;
        continue;
      }

      attemptIds.push(id ?? request.attemptId);
      const pages = planned.map((page) => ({ planned: page, spec: chosen.get(page.spec.root) ?? shards.specFor(page.spec) }));
      const { expiresAtMs } = request;
      const heardByMs = began.wallMs + HEARING_MS;
      const attempt: Attempt<Rows> = { id: attemptIds.at(-1) as string, began, request, bound, heardByMs, expiresAtMs, pages };
      const round = await reserveRound(options, attempt, {
        timeoutMs,
        attemptIds,
        guesses,
        healing,
        shards,
        tried,
        clock,
        patience,
        pause,
        random,
      });
      const verdict: Verdict = judge(memory, attempt, round, heardInTime(attempt));
      if (verdict.kind === 'admitted') {
        goOn(attempt, round);
        const reservation = new OpenReservation(ending, attempt, isoTime(began.wallMs), verdict.pages);
        return { admitted: true, reservation };
      }

      const slow = clock.monotonic() - began.monotonicMs > SLOW_ROUND_MS;
      const held = heldBy(round);
      const word = wordOf(attempt, verdict.kind === 'refused' ? verdict.refusal.reason : verdict.kind, held);
      const free = request.once === undefined || (round.claim.ok && round.claim.value !== undefined);
      const retreat = new Retreat(ending, word, held, isIncomplete(round) && free);
      await retreat.work(cleanupMs).catch(() => undefined);
      if (!retreat.done) left.push(retreat);

      id = undefined;
      otherwise = 'otherwise' in verdict ? verdict.otherwise : undefined;
      if (verdict.kind === 'stale') {
        for (const { root, generation } of verdict.generations) learnPhase(root, generation);
        smaller = undefined;
        request = await request.again?.();
        continue;
      }
      id = (options.nameAttempt ?? attemptId)(clock.now());
      goOn(attempt, round);
      if (verdict.kind === 'moved') {
        for (const spec of verdict.to) chosen.set(spec.root, spec);
        continue;
      }
      attempts++;
      if (verdict.kind === 'refused') {
        smaller = verdict.smaller;
        if (smaller === undefined || attempts >= MOST_ATTEMPTS || remaining(0) < LEAST_ATTEMPT_MS) return refused(verdict.refusal);
      } else {
        lastError = verdict.error;
        if (slow || verdict.missing > MOST_MISSING) break;
      }
    }
    return otherwise === undefined ? unavailable(first, lastError) : refused(otherwise);
  }

  function learnPhase(root: string, generation: number): void {
    if (phases.size >= MOST_PHASES) phases.clear();
    phases.set(root, Math.max(phases.get(root) ?? 0, generation));
  }

  /** What can be done once the answer is out: ending what dead calls left on pages that were seen, and splitting what is too busy. */
  function goOn({ pages: items, request, bound }: Attempt<Rows>, { pages: replies }: Round): void {
    const size = { nanoUsd: bound.costNanoUsd, tokens: bound.tokens };
    for (const [index, reply] of replies.entries()) {
      if (reply.kind !== 'held' && !(reply.kind === 'busy' && reply.throttled)) continue;
      const { planned, spec } = items[index] as Attempt['pages'][number];
      const page = reply.kind === 'held' ? reply.page : undefined;
      const dead = page === undefined ? [] : healing.dead(page);
      if (page !== undefined && dead.length > 0) request.afterwards?.(healing.heal(page, dead).then(() => undefined));
      if (reply.kind === 'held' && begins(reply.take)) {
        const late = begunLate(planned, reply.take, rowOf(request.rows, planned.level));
        if (late.length > 0) request.afterwards?.(chargeLate(ending, planned, late));
      }
      const spread = shards.afterwards(planned.spec, spec, page, size);
      if (spread !== undefined) request.afterwards?.(spread);
    }
  }

  function unavailable({ attemptId: requestId, rows }: AdmissionRequest<Rows>, error: unknown): AdmissionResult<Rows> {
    options.log.write('error', 'store-unavailable', {
      requestId,
      keyId: rows.key.id,
      ...(error instanceof Error ? { code: error.name } : {}),
    });
    options.metrics.emit({ [METRICS.STORE_DOWN]: 1 });
    return refused({ reason: 'store_unavailable', retryAfterMs: STORE_RETRY_MS });
  }

  return { admit };
}

/** Pages that have, or may have, the attempt's entry. */
function heldBy({ pages }: Round) {
  return pages.filter((reply) => reply.kind === 'held' || reply.kind === 'missing');
}

function refused(refusal: Refusal): { readonly admitted: false; readonly refusal: Refusal } {
  return { admitted: false, refusal };
}
