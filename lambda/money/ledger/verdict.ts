import type { Lack } from '../pages';
import type { PageSpec } from '../ports/pages';
import type { Bound, Refusal } from './admission';
import type { Attempt, HeldPageReply } from './attempt';
import { bindingPlaces } from './money-place';
import { judgeMoney, type MoneyVerdictOptions, noteMoneyLeft } from './money-verdict';
import { limitRefusalOf, moneyRefusalOf } from './reasons';
import { type LimitRefusal, spread } from './refusals';
import type { Round } from './round';

/** What the answers of a round mean. */
export type Verdict =
  | { readonly kind: 'admitted'; readonly pages: readonly HeldPageReply[] }
  /** Nothing is wrong with the request: what it was planned with is out of date. */
  | { readonly kind: 'stale'; readonly generations: readonly { readonly root: string; readonly generation: number }[] }
  /** A shard had no more to give: the next attempt takes another item of the same page. */
  | { readonly kind: 'moved'; readonly to: readonly PageSpec[]; readonly otherwise: Refusal | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly smaller: Bound | undefined }
  /**
   * Nobody knows, or the table takes no more now. `missing`: answers that never came. `otherwise`: what a caller is told for whom there is no
   * other attempt, where the table answers and only what it moves cannot be had now.
   */
  | { readonly kind: 'doubt'; readonly missing: number; readonly error: unknown; readonly otherwise?: Refusal | undefined };

/** Told to callers who wait for a slot, or for money that moves between shards: requests end when they end. */
const SHORT_RETRY_MS = 1_000;

/** Whether one page's last word was a refusal: then the attempt can never be complete. */
export function isIncomplete({ pages }: Round): boolean {
  return pages.some(({ kind }) => kind !== 'held' && kind !== 'missing');
}

/** @param inTime all of it was heard while nobody else can void the attempt */
export function judge(options: MoneyVerdictOptions, attempt: Attempt, { rows, claim, pages }: Round, inTime: boolean): Verdict {
  if (inTime && rows.ok && rows.value && claim.ok && claim.value === undefined && areHeld(pages)) {
    noteMoneyLeft(options, attempt, pages);
    return { kind: 'admitted', pages };
  }
  const errors: unknown[] = [];
  const busy: unknown[] = [];
  const generations: { root: string; generation: number }[] = [];
  for (const [index, reply] of pages.entries()) {
    if (reply.kind === 'missing') errors.push(reply.error);
    else if (reply.kind === 'busy') busy.push(reply.error);
    else if (reply.kind === 'stale')
      generations.push({ root: (attempt.pages[index] as Attempt['pages'][number]).spec.root, generation: reply.generation });
  }
  if (!rows.ok) errors.push(rows.error);
  if (!claim.ok) errors.push(claim.error);
  if ((rows.ok && !rows.value) || generations.length > 0) return { kind: 'stale', generations };
  const to = pages.flatMap((reply) => (reply.kind === 'moved' ? [reply.to] : []));
  const otherwise = errors.length === 0 ? inMotion(options, attempt, pages) : undefined;
  if (busy.length > 0) return { kind: 'doubt', missing: errors.length, error: busy[0] ?? errors[0], otherwise };
  const lacks = judgeMoney(options, attempt, pages);
  if (lacks !== undefined) return { kind: 'refused', ...lacks };
  const limit = limitRefused(options, attempt, pages);
  if (limit !== undefined) return { kind: 'refused', refusal: limit, smaller: undefined };
  if (to.length > 0) return { kind: 'moved', to, otherwise };
  if (!areHeld(pages) || errors.length > 0) return { kind: 'doubt', missing: errors.length, error: errors[0] };
  if (claim.ok && claim.value !== undefined) return { kind: 'refused', refusal: claim.value, smaller: undefined };
  return { kind: 'doubt', missing: 0, error: undefined };
}

function areHeld(pages: Round['pages']): pages is readonly HeldPageReply[] {
  return pages.every(({ kind }) => kind === 'held');
}

/**
 * What one item of a page had too little of, while what the others have is on its way from one to another: it is held, and may be had soon.
 * Undefined where an item gave no answer at all. Nothing of it is remembered, for nobody has seen the whole.
 */
function inMotion({ random }: MoneyVerdictOptions, attempt: Attempt, pages: Round['pages']): Refusal | undefined {
  let refusal: Refusal | undefined;
  for (const [index, reply] of pages.entries()) {
    if (reply.kind !== 'moved' && reply.kind !== 'busy') continue;
    if (reply.lacks === undefined) return undefined;
    const { planned } = attempt.pages[index] as Attempt['pages'][number];
    const { costNanoUsd } = attempt.bound;
    const places = bindingPlaces([planned], costNanoUsd);
    const place = places.find(({ period }) => reply.lacks?.some((lack) => lack.kind === 'money' && lack.period.name === period.spec.name));
    const limit = longestOf(reply.lacks);
    if (place !== undefined) {
      const reserved = spread({ kind: 'reserved', retryAfterMs: SHORT_RETRY_MS }, random());
      refusal ??= moneyRefusalOf(place, reserved, costNanoUsd, attempt.began.wallMs);
    } else if (limit !== undefined) refusal ??= limitRefusalOf(planned, limit);
    else return undefined;
  }
  return refusal;
}

function limitRefused({ refusals }: MoneyVerdictOptions, attempt: Attempt, pages: Round['pages']): Refusal | undefined {
  let refusal: Refusal | undefined;
  for (const [index, reply] of pages.entries()) {
    if (reply.kind !== 'lacks') continue;
    const { planned } = attempt.pages[index] as Attempt['pages'][number];
    const longest = longestOf(reply.lacks);
    if (longest === undefined) continue;
    refusals.rememberLimit(planned, longest);
    refusal ??= limitRefusalOf(planned, longest);
  }
  return refusal;
}

/** All of them must pass: the longest wait is told. */
function longestOf(lacks: readonly Lack[]): LimitRefusal | undefined {
  let longest: LimitRefusal | undefined;
  for (const lack of lacks) {
    const one = limitOf(lack);
    if (one !== undefined && (longest === undefined || one.retryAfterMs > longest.retryAfterMs)) longest = one;
  }
  return longest;
}

function limitOf(lack: Lack): LimitRefusal | undefined {
  switch (lack.kind) {
    case 'requests':
    case 'tokens':
      return { limit: `${lack.kind}_per_${lack.window}`, retryAfterMs: lack.retryAfterMs };
    case 'slots':
    case 'entries':
      return { limit: 'concurrent_requests', retryAfterMs: SHORT_RETRY_MS };
    default:
      return undefined;
  }
}
