import { METRICS } from '../../../lib/private/contract';
import type { Clock, Log, LogFields, Metrics } from '../../platform/runtime';
import { marksLeft, WINDOW_MS } from '../pages';
import type { PageState, WindowName } from '../ports/pages';
import type { PlannedRows } from '../ports/planned-rows';
import type { AdmissionRequest, Bound, LimitState, Outcome, Reservation } from './admission';
import { type Attempt, type HeldPageReply, recordOf } from './attempt';
import { closeAll, type Decision, type DecisionStores, decide, type Held, heldPages, type LastWord, openOf } from './decide';
import type { MoneyLeft } from './money-left';
import { bindingPlaces, type MoneyPlace } from './money-place';
import { type PersistOptions, persist } from './persist';
import type { RefusalMemory } from './refusals';

/** What an open reservation needs to end. */
export interface ReservationOptions extends DecisionStores, PersistOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
  readonly moneyLeft: Pick<MoneyLeft, 'ended'>;
  readonly refusals: Pick<RefusalMemory, 'moneyCameBack'>;
}

/** Between the end of a process and the moment from which anyone may take it for dead. */
export const SEND_MARGIN_MS = 60_000;
/** Kept for the queue's own call. */
const QUEUE_MARGIN_MS = 5_000;

/** The open end of an admitted request. */
export class OpenReservation<Rows extends PlannedRows> implements Reservation<Rows> {
  public readonly attemptId: string;
  public readonly request: AdmissionRequest<Rows>;
  public readonly bound: Bound;
  public readonly open: number;
  public readonly budget: Reservation['budget'];
  public readonly requests: LimitState | undefined;
  public readonly tokens: LimitState | undefined;
  readonly #options: ReservationOptions;
  readonly #attempt: Attempt<Rows>;
  readonly #createdAt: string;
  readonly #held: readonly Held[];
  /** Budgets that refuse. */
  readonly #binding: readonly MoneyPlace[];
  #ended: Promise<void> | undefined;

  public constructor(options: ReservationOptions, attempt: Attempt<Rows>, createdAt: string, replies: readonly HeldPageReply[]) {
    this.#options = options;
    this.#attempt = attempt;
    this.#createdAt = createdAt;
    this.open = replies.reduce((most, { page }) => Math.max(most, page.openCount), 0);
    this.#held = replies.map(({ key, entry }) => ({ key, entry }));
    const planned = attempt.pages.map((page) => page.planned);
    this.#binding = bindingPlaces(planned, attempt.bound.costNanoUsd);
    this.attemptId = attempt.id;
    this.request = attempt.request;
    this.bound = attempt.bound;
    this.budget = tightestBudget(attempt, replies);
    const { wallMs } = attempt.began;
    this.requests = tightest(attempt, replies, (spec, page) => requestState(spec.requests, page, wallMs));
    this.tokens = tightest(attempt, replies, (spec, page) => tokenState(spec.tokens, page, wallMs));
  }

  public get budgeted(): boolean {
    return this.#binding.length > 0;
  }

  public assertSendable(): void {
    const { clock } = this.#options;
    const { began, expiresAtMs } = this.#attempt;
    const lastMs = expiresAtMs - SEND_MARGIN_MS;
    if (this.#ended !== undefined) throw new Error('the reservation has ended: nothing may be sent on it');
    if (clock.now() > lastMs || clock.monotonic() - began.monotonicMs > lastMs - began.wallMs) {
      throw new Error('too late to send: the reservation may be taken for dead before the answer ends');
    }
  }

  public settle(outcome: Outcome): Promise<void> {
    if (this.#ended === undefined) {
      if (this.budgeted && outcome.costNanoUsd > this.bound.costNanoUsd) {
        this.#options.metrics.emit({ [METRICS.BOUND_EXCEEDED]: 1 });
        this.#complain('error', 'bound-exceeded', { costNanoUsd: String(outcome.costNanoUsd) });
      }
      this.#ended = this.#end({ ...this.#record(), ...outcome, state: 'settled', tokens: tokensOf(outcome) });
    }
    return this.#ended;
  }

  public release(outcome: Outcome): Promise<void> {
    this.#ended ??= this.#end({ ...this.#record(), ...outcome, state: 'settled', tokens: 0 });
    return this.#ended;
  }

  public annul(outcome: Outcome): Promise<void> {
    this.#ended ??= this.#end({ ...this.#record(), ...outcome, costNanoUsd: 0n, state: 'void', tokens: 0 });
    return this.#ended;
  }

  #record(): Omit<LastWord, 'state' | 'costNanoUsd'> {
    return { ...recordOf(this.#attempt, this.#createdAt), pages: heldPages(this.#held) };
  }

  async #end(record: LastWord): Promise<void> {
    const { clock, metrics } = this.#options;
    const open = openOf(this.#held);
    let decision: Decision | undefined;
    const run = async (timeoutMs: number): Promise<void> => {
      if (decision === undefined) {
        decision = await decide(this.#options, record, timeoutMs);
        if (decision.outcome === 'other') this.#lost('settlement-lost', {});
      }
      const back = decision;
      await closeAll(
        this.#options,
        record.id,
        open,
        () => back,
        () => timeoutMs,
      );
      this.#noteEnd(back);
    };
    const lastMonotonicMs = clock.monotonic() + Math.max(0, this.#attempt.expiresAtMs - SEND_MARGIN_MS - QUEUE_MARGIN_MS - clock.now());
    try {
      await persist(this.#options, run, { kind: 'settle', record, held: this.#held }, lastMonotonicMs, (error) => {
        this.#complain('warn', 'settle-deferred', errorCode(error));
        metrics.emit({ [METRICS.SETTLE_DEFERRED]: 1 });
      });
    } catch (error) {
      // All that was set aside stays charged once its time has passed.
      this.#lost('settlement-not-queued', errorCode(error));
    }
  }

  #lost(event: string, fields: LogFields): void {
    this.#options.metrics.emit({ [METRICS.SETTLEMENT_LOST]: 1 });
    this.#complain('error', event, fields);
  }

  #noteEnd({ costNanoUsd }: Decision): void {
    const { clock, moneyLeft, refusals } = this.#options;
    const tookMs = clock.monotonic() - this.#attempt.began.monotonicMs;
    for (const place of this.#binding) {
      moneyLeft.ended(place, { heldNanoUsd: this.bound.costNanoUsd, costNanoUsd, tookMs });
      refusals.moneyCameBack(place);
    }
  }

  #complain(level: 'warn' | 'error', event: string, fields: LogFields): void {
    this.#options.log.write(level, event, { requestId: this.attemptId, keyId: this.request.rows.key.id, ...fields });
  }
}

function errorCode(error: unknown): LogFields {
  return error instanceof Error ? { code: error.name } : {};
}

/** What token limits are charged: the report, all of the bound when something was billed that nobody counted, else nothing. */
function tokensOf({ usage, costNanoUsd }: Outcome): number | undefined {
  if (usage?.inputTokens !== undefined || usage?.outputTokens !== undefined) return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  return costNanoUsd === 0n ? 0 : undefined;
}

/** Whether a page's answer tells of all of it: a shard knows its own part only, and so does a root that has lent. */
export function isWhole({ spec }: Attempt['pages'][number], page: PageState): boolean {
  return spec.key === spec.root && page.loans.size === 0;
}

function tightestBudget(attempt: Attempt, replies: readonly HeldPageReply[]): Reservation['budget'] {
  let tightest: Reservation['budget'];
  if (attempt.bound.costNanoUsd === 0n) return undefined;
  for (let index = 0; index < attempt.pages.length; index++) {
    const page = attempt.pages[index] as Attempt['pages'][number];
    const state = replies[index]?.page;
    const { level, periods } = page.planned;
    if (!level.showsFigures || state === undefined || !isWhole(page, state)) continue;
    for (const { spec, hidden } of periods) {
      const found = hidden ? undefined : state.periods[spec.name];
      if (found === undefined || (tightest !== undefined && tightest.remainingNanoUsd <= found.remainingNanoUsd)) continue;
      tightest = { level: level.kind, remainingNanoUsd: found.remainingNanoUsd, limitNanoUsd: found.limitNanoUsd };
    }
  }
  return tightest;
}

function tightest(
  attempt: Attempt,
  replies: readonly HeldPageReply[],
  stateOf: (spec: Attempt['pages'][number]['spec'], page: PageState) => LimitState | undefined,
): LimitState | undefined {
  let found: LimitState | undefined;
  for (let index = 0; index < attempt.pages.length; index++) {
    const page = attempt.pages[index] as Attempt['pages'][number];
    const reply = replies[index];
    const shown = page.planned.level.showsFigures && reply !== undefined && page.spec.key === page.spec.root;
    const state = shown ? stateOf(page.spec, reply.page) : undefined;
    if (state === undefined) continue;
    if (found === undefined || state.remaining < found.remaining) found = state;
  }
  return found;
}

type Limits = Readonly<Partial<Record<WindowName, number>>>;

function shownWindow(limits: Limits): WindowName | undefined {
  return limits.minute !== undefined ? 'minute' : limits.day !== undefined ? 'day' : undefined;
}

function requestState(limits: Limits, page: PageState, nowMs: number): LimitState | undefined {
  const window = shownWindow(limits);
  const limit = window === undefined ? undefined : limits[window];
  if (window === undefined || limit === undefined) return undefined;
  return { limit, ...marksLeft(window, limit, page.marks[window], nowMs) };
}

function tokenState(limits: Limits, page: PageState, nowMs: number): LimitState | undefined {
  const window = shownWindow(limits);
  const limit = window === undefined ? undefined : limits[window];
  const figures = window === undefined ? undefined : page.tokens[window];
  if (window === undefined || limit === undefined || figures === undefined) return undefined;
  return { limit, remaining: Math.max(0, figures.remaining), resetMs: Math.max(0, figures.startMs + WINDOW_MS[window] - nowMs) };
}
