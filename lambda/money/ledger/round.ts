import type { Clock, Pause } from '../../platform/runtime';
import { isThrottle } from '../../platform/stored';
import { firstTake, type Lack, type PageAnswer, type PageGuess, type PageRequest, type Shards, shardKeysOf, takeFrom } from '../pages';
import type { PageStore } from '../ports/page-store';
import type { PageEntry, PageSpec, PageState } from '../ports/pages';
import type { PlannedRows, RowCheck } from '../ports/planned-rows';
import type { SpendStore } from '../ports/spend';
import type { Refusal } from './admission';
import { type Attempt, entryFor, type HeldPageReply } from './attempt';
import { type Claimant, type ClaimStores, takeClaim } from './claim';
import type { Healing } from './healing';
import type { Patience } from './patience';
import { rowOf } from './planned-levels';
import { lookUpSpent, type SpentBefore, spentSince } from './spent-before';

export interface RoundStores<Rows extends PlannedRows = PlannedRows> extends ClaimStores {
  readonly pages: PageStore;
  /** Whether what a request was planned from still holds. */
  readonly rows: RowCheck<Rows>;
  /** What levels have spent, for budgets added in mid-period. Default: nothing. */
  readonly spend?: SpendStore;
}

/** An answer of the table, or none: then nobody knows whether the call was applied. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** The last word on one page, or none. */
export type PageReply =
  | HeldPageReply
  | { readonly kind: 'lacks'; readonly lacks: readonly Lack[]; readonly page: PageState | undefined }
  /** The page knows a newer generation than the attempt. */
  | { readonly kind: 'stale'; readonly generation: number }
  /** A shard had no more to give: another item of the page has. */
  | { readonly kind: 'moved'; readonly to: PageSpec; readonly lacks: readonly Lack[] }
  /** Nothing was applied, and nobody could say more in time. `lacks`: the one item that was asked has too little, and what the others have moves. */
  | { readonly kind: 'busy'; readonly error: unknown; readonly throttled: boolean; readonly lacks?: readonly Lack[] }
  | { readonly kind: 'missing'; readonly key: string; readonly entry: PageEntry; readonly error: unknown };

/** All answers of one attempt at admission. */
export interface Round {
  /** Whether the rows are as planned. */
  readonly rows: Reply<boolean>;
  /** Why the caller's key could not be taken. */
  readonly claim: Reply<Refusal | undefined>;
  /** In the order of the attempt's pages. */
  readonly pages: readonly PageReply[];
}

export interface RoundOptions {
  /** What the next call may take; at most zero: there is no time for one. */
  readonly timeoutMs: () => number;
  /** Of this request, the present one last. */
  readonly attemptIds: readonly string[];
  /** What each page is believed to hold. */
  readonly guesses: Map<string, PageGuess>;
  readonly healing: Healing;
  readonly shards: Shards;
  /** Items of each page that have refused this request, by the page's key. */
  readonly tried: Map<string, PageSpec[]>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly patience: Patience;
  readonly pause: Pause;
  readonly random: () => number;
}

const UNCLAIMED: Reply<undefined> = { ok: true, value: undefined };
/** One call takes no longer. */
export const CALL_TIMEOUT_MS = 600;
/** What nobody answered is asked once more while there is this much time. */
const LEAST_TRY_MS = 50;
/** Of one call. */
const MOST_UNHEARD = 6;
const UNHEARD_PAUSE_MS = 10;
const THROTTLE_RETRIES = 2;
const THROTTLE_PAUSE_MS = 40;
/** The first guess, the form that fits what the table showed, and what others did meanwhile. */
const MOST_TRIES = 6;
/** Ten dead calls at a time. */
const MOST_HEALS = 20;
/** A shard is lent to and tried again, then another, then all that came home. */
const MOST_SHARDS_TRIED = 6;
const MOST_GUESSES = 5_000;
const NOTHING_SPENT: SpentBefore = new Map();

/** Checks the rows and reserves everything, all at once. Never rejects. */
export async function reserveRound<Rows extends PlannedRows>(
  stores: RoundStores<Rows>,
  attempt: Attempt<Rows>,
  options: RoundOptions,
): Promise<Round> {
  const { request } = attempt;
  const rows = again(options, (timeoutMs) => stores.rows.stand(request.rows, timeoutMs));
  const pages = attempt.pages.map((_page, index) => reserve(stores, attempt, index, options));
  const { once } = request;
  const claim =
    once === undefined
      ? UNCLAIMED
      : again(options, (timeoutMs) =>
          takeClaim(stores, options.healing, once, claimantOf(attempt, options), attempt.began.wallMs, timeoutMs),
        );
  // They all run by now and none of them rejects, so one can be waited for after the other.
  const replies: PageReply[] = [];
  for (const page of pages) replies.push(await page);
  return { rows: await rows, claim: claim instanceof Promise ? await claim : claim, pages: replies };
}

function claimantOf({ pages: [first], heardByMs }: Attempt, { attemptIds }: RoundOptions): Claimant {
  return { attemptIds, first: (first as Attempt['pages'][number]).spec.key, heardByMs };
}

/**
 * R, in other forms as long as the page shows that there is one that fits, and the same again while nothing is heard: the entry says which
 * try was taken. After one that was not heard a refusal is no last word, for the try may yet come.
 */
async function reserve(
  stores: Pick<RoundStores, 'pages' | 'spend'>,
  attempt: Attempt,
  index: number,
  options: RoundOptions,
): Promise<PageReply> {
  const { planned, spec } = attempt.pages[index] as Attempt['pages'][number];
  const { guesses, timeoutMs } = options;
  let spent = NOTHING_SPENT;
  let seen: PageState | undefined;
  let throttles = 0;
  let heals = 0;
  let unheard = 0;
  let unheardEntry: PageEntry | undefined;
  let error: unknown;
  const row = rowOf(attempt.request.rows, planned.level);
  const request: PageRequest = {
    nanoUsd: attempt.bound.costNanoUsd,
    tokens: attempt.bound.tokens,
    nowMs: attempt.began.wallMs,
    expiresAtMs: attempt.expiresAtMs,
    spentBefore: (period) => {
      const found = planned.periods.find(({ spec: { name } }) => name === period.name);
      return spent.get(period.name) ?? (found === undefined || spentSince(planned, found, row) === 'nothing' ? 0n : undefined);
    },
  };
  const busy = (throttled = false): PageReply =>
    unheardEntry === undefined ? { kind: 'busy', error, throttled } : { kind: 'missing', key: spec.key, entry: unheardEntry, error };

  let answer: PageAnswer = firstTake(spec, guesses.get(spec.key), request);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (answer.kind === 'unknown') {
      const looked = await reply(() => lookUpSpent(stores.spend, planned, unknownOf(answer), row, seen, attempt.began.wallMs));
      if (!looked.ok) return { kind: 'busy', error: looked.error, throttled: false };
      spent = looked.value;
      answer = takeFrom(spec, seen, request);
    }
    if (answer.kind === 'stale') return { kind: 'stale', generation: answer.generation };
    if (answer.kind === 'lacks') {
      const overdue = seen === undefined || !mayBeHealed(answer.lacks) ? [] : options.healing.overdue(seen);
      if (seen !== undefined && overdue.length > 0) {
        if (timeoutMs() <= 0 || heals++ >= MOST_HEALS || !(await options.healing.heal(seen, overdue))) return busy();
      } else {
        const known: Lacking = { kind: 'lacks', lacks: answer.lacks, page: seen };
        const last = isOneOfMany(spec, known) ? await onOtherShards(stores.pages, planned.spec, spec, request, known, options) : known;
        if (last !== 'again') return last;
      }
      answer = firstTake(spec, guesses.get(spec.key), request);
      tries = 0;
    }
    const timeout = timeoutMs();
    if (timeout <= 0 || answer.kind !== 'take') break;
    const { take } = answer;
    const first = entryFor(attempt, index, take);
    const entry = unheard === 0 ? first : { ...first, tryNumber: unheard + 1 };
    const askedMs = options.clock.monotonic();
    const result = await stores.pages.reserve(take, attempt.id, entry, Math.min(timeout, options.patience.tryMs(unheard + 1)));
    if (result.kind !== 'missing') options.patience.heard(options.clock.monotonic() - askedMs);
    switch (result.kind) {
      case 'reserved':
        remember(guesses, result.page);
        return { kind: 'held', key: spec.key, entry, take, page: result.page };
      case 'found':
        remember(guesses, result.page);
        return { kind: 'held', key: spec.key, entry: result.entry, take, page: result.page };
      case 'missing':
        unheard++;
        unheardEntry = first;
        error = result.error;
        if (unheard >= MOST_UNHEARD || timeoutMs() < LEAST_TRY_MS) {
          options.patience.unheard();
          return busy();
        }
        if (unheard > 1) await options.pause(options.random() * UNHEARD_PAUSE_MS * unheard);
        tries--;
        break;
      case 'refused':
        if (unheard > 0) return busy();
        seen = result.page;
        if (seen !== undefined) remember(guesses, seen);
        answer = takeFrom(spec, seen, request);
        break;
      default:
        error = result.error;
        if (!result.throttled || throttles++ >= THROTTLE_RETRIES) return busy(result.throttled);
        await options.pause(options.random() * THROTTLE_PAUSE_MS * 2 ** throttles);
    }
  }
  return busy();
}

type Lacking = Extract<PageReply, { kind: 'lacks' }>;

/** A shard, or a page that has or needs some. */
function isOneOfMany({ key, root }: PageSpec, { lacks, page }: Lacking): boolean {
  if (key !== root || lacks.some(({ kind }) => kind === 'entries')) return true;
  return page !== undefined && (page.shards > 0 || page.loans.size > 0);
}

/** Nobody is refused by one item of a page before all of them were asked. */
async function onOtherShards(
  pages: PageStore,
  root: PageSpec,
  spec: PageSpec,
  request: PageRequest,
  known: Lacking,
  { shards, healing, tried, timeoutMs }: RoundOptions,
): Promise<PageReply | 'again'> {
  const before = [...(tried.get(root.key) ?? []), spec];
  tried.set(root.key, before);
  const { lacks } = known;
  for (let heals = 0; ; heals++) {
    if (timeoutMs() <= 0 || before.length > MOST_SHARDS_TRIED) return { kind: 'busy', error: undefined, throttled: false, lacks };
    const found = await reply(() => shards.refused(root, before, request, lacks));
    if (!found.ok) return { kind: 'busy', error: found.error, throttled: false, ...(isThrottle(found.error) ? { lacks } : {}) };
    if ('again' in found.value) return found.value.again.key === spec.key ? 'again' : { kind: 'moved', to: found.value.again, lacks };
    const { whole } = found.value;
    if (heals === 0 && whole !== undefined && mayBeHealed(lacks) && healing.overdue(whole).length > 0) {
      const healed = await reply(() => healItems(pages, healing, whole));
      if (healed.ok && healed.value) continue;
    }
    const answer = takeFrom(root, whole, request);
    // Money that is there and a rate that is not: what the item said stands.
    return answer.kind === 'lacks' ? { kind: 'lacks', lacks: answer.lacks, page: whole } : { ...known, page: whole };
  }
}

async function healItems(pages: PageStore, healing: Healing, whole: PageState): Promise<boolean> {
  const items = await pages.read([whole.key, ...shardKeysOf(whole)]);
  const healed = await Promise.all(items.map((item) => item === undefined || healing.heal(item, healing.overdue(item))));
  return healed.every(Boolean);
}

function unknownOf(answer: PageAnswer): Extract<PageAnswer, { kind: 'unknown' }>['periods'] {
  return answer.kind === 'unknown' ? answer.periods : [];
}

/** Dead calls hold money and slots, not requests a minute. */
function mayBeHealed(lacks: readonly Lack[]): boolean {
  return lacks.every(({ kind }) => kind !== 'requests' && kind !== 'tokens');
}

function remember(guesses: Map<string, PageGuess>, { key, marks, tokens }: PageState): void {
  if (guesses.size >= MOST_GUESSES) guesses.clear();
  guesses.set(key, { marks, tokens });
}

async function reply<T>(call: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** What may be repeated is asked again while there is time. */
async function again<T>({ timeoutMs, patience, pause, random }: RoundOptions, call: (timeoutMs: number) => Promise<T>): Promise<Reply<T>> {
  for (let tries = 1; ; tries++) {
    let error: unknown;
    try {
      return { ok: true, value: await call(Math.min(timeoutMs(), patience.tryMs(tries))) };
    } catch (reason) {
      error = reason;
    }
    const throttled = isThrottle(error);
    if (tries >= MOST_UNHEARD || timeoutMs() < LEAST_TRY_MS || (throttled && tries > THROTTLE_RETRIES)) return { ok: false, error };
    if (throttled) await pause(random() * THROTTLE_PAUSE_MS * 2 ** tries);
    else if (tries > 1) await pause(random() * UNHEARD_PAUSE_MS * tries);
  }
}
