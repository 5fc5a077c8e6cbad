import type { PageState } from '../ports/pages';
import type { AdmissionRequest, Bound, Refusal } from './admission';
import type { Attempt, HeldPageReply } from './attempt';
import { fitted, leastOf } from './fit';
import type { MoneyLeft } from './money-left';
import { bindingPlaces, type MoneyPlace } from './money-place';
import { moneyRefusalOf } from './reasons';
import { leftLater, type MoneyState, moneyRefusal, openOn, type RefusalMemory, spread } from './refusals';
import { isWhole } from './reservation';
import type { PageReply } from './round';

export interface MoneyVerdictOptions {
  readonly refusals: RefusalMemory;
  readonly moneyLeft: MoneyLeft;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Why money could not be set aside, and what of it could be. */
export interface MoneyVerdict {
  readonly refusal: Refusal;
  /** A smaller bound that fits what is left. */
  readonly smaller: Bound | undefined;
}

/** More than any budget holds. */
const ANY_AMOUNT = 10n ** 30n;

/** What to ask for first, by what this process knows of what is left. Never refuses: others may have given back since. */
export function firstBound(
  moneyLeft: Pick<MoneyLeft, 'of'>,
  request: Pick<AdmissionRequest, 'bound' | 'smaller'>,
  places: readonly MoneyPlace[],
): Bound {
  if (request.smaller === undefined) return request.bound;
  let left = ANY_AMOUNT;
  for (const place of places) {
    const known = moneyLeft.of(place);
    if (known !== undefined && known < left) left = known;
  }
  return fitted(request, left, ANY_AMOUNT).bound;
}

/** Whether this process heard lately that the money is not there. */
export function rememberedMoney(
  { refusals, random }: Pick<MoneyVerdictOptions, 'refusals' | 'random'>,
  { bound, smaller }: Pick<AdmissionRequest, 'bound' | 'smaller'>,
  place: MoneyPlace,
  nowMs: number,
): Refusal | undefined {
  const known = refusals.money(place, bound.costNanoUsd);
  if (known === undefined) return undefined;
  // A larger bound was chosen because what was heard since leaves room for it; what is spent may still have room for a smaller one.
  const least = smaller === undefined ? bound : known.kind === 'spent' ? smaller.cappedAt(1) : leastOf(smaller);
  if (least.costNanoUsd < bound.costNanoUsd && refusals.money(place, least.costNanoUsd) === undefined) return undefined;
  return moneyRefusalOf(place, spread(known, random()), least.costNanoUsd, nowMs);
}

/** What all pages' answers say of the money that is left now. */
export function noteMoneyLeft(
  { moneyLeft }: Pick<MoneyVerdictOptions, 'moneyLeft'>,
  { pages, bound }: Pick<Attempt, 'pages' | 'bound'>,
  replies: readonly HeldPageReply[],
): void {
  for (let index = 0; index < pages.length; index++) {
    const page = pages[index] as Attempt['pages'][number];
    const { page: found } = replies[index] as HeldPageReply;
    if (!isWhole(page, found)) continue;
    for (const place of bindingPlaces([page.planned], bound.costNanoUsd)) moneyLeft.learn(place, leftOn(found, place));
  }
}

/** What the pages' answers mean, remembered for the next request. Undefined: none of them lacks money. */
export function judgeMoney(
  { refusals, moneyLeft, random }: MoneyVerdictOptions,
  { pages, bound: taken, request, began }: Attempt,
  replies: readonly PageReply[],
): MoneyVerdict | undefined {
  const nowMs = began.wallMs;
  const lacking: { readonly place: MoneyPlace; readonly state: MoneyState }[] = [];
  const refused = replies.some(({ kind }) => kind !== 'held');
  let now = ANY_AMOUNT;
  let later = ANY_AMOUNT;
  for (const [index, page] of pages.entries()) {
    const reply = replies[index];
    if (reply === undefined || (reply.kind !== 'held' && reply.kind !== 'lacks')) continue;
    for (const place of bindingPlaces([page.planned], taken.costNanoUsd)) {
      const state = stateOf(place, reply);
      if (state === undefined) continue;
      const lacks =
        reply.kind === 'lacks' && reply.lacks.some((lack) => lack.kind === 'money' && lack.period.name === place.period.spec.name);
      if (lacks) lacking.push({ place, state });
      // A shard that lacks something was asked with all the others and its root: what it answers is the whole.
      if (!lacks && (reply.page === undefined || !isWhole(page, reply.page))) continue;
      const left = state.remainingNanoUsd + (reply.kind === 'held' && refused ? taken.costNanoUsd : 0n);
      moneyLeft.learn(place, left);
      if (left < now) now = left;
    }
  }
  if (lacking.length === 0) return undefined;
  for (const { state } of lacking) {
    const one = leftLater(state, nowMs);
    if (one < later) later = one;
  }

  const { fits, bound } = fitted(request, now, later);
  let refusal: Refusal | undefined;
  for (const { place, state } of lacking) {
    const usual = moneyLeft.usual(place);
    const one = moneyRefusal(state, bound.costNanoUsd, nowMs, 0, usual);
    if (fits) refusals.rememberMoney(place, taken.costNanoUsd, moneyRefusal(state, taken.costNanoUsd, nowMs, 0, usual));
    else refusals.rememberMoney(place, bound.costNanoUsd, one);
    const named = moneyRefusalOf(place, spread(one, random()), bound.costNanoUsd, nowMs);
    if (one.kind === 'spent') return { refusal: named, smaller: undefined };
    refusal ??= named;
  }
  return { refusal: refusal as Refusal, smaller: fits && bound.costNanoUsd < taken.costNanoUsd ? bound : undefined };
}

/** What an answer says of a period's money, under the attempt's limits. */
function stateOf(place: MoneyPlace, reply: Extract<PageReply, { kind: 'held' | 'lacks' }>): MoneyState | undefined {
  const { name, startMs } = place.period.spec;
  if (reply.kind === 'lacks') {
    const lack = reply.lacks.find((one) => one.kind === 'money' && one.period.name === name);
    if (lack?.kind === 'money') return { remainingNanoUsd: lack.remainingNanoUsd, open: openNow(reply.page, name, startMs) };
  }
  return { remainingNanoUsd: leftOn(reply.page, place), open: openNow(reply.page, name, startMs) };
}

function leftOn(page: PageState | undefined, { period }: MoneyPlace): bigint {
  const { name, limitNanoUsd, startMs } = period.spec;
  const found = page?.periods[name];
  return found === undefined || found.startMs < startMs ? limitNanoUsd : found.remainingNanoUsd + limitNanoUsd - found.limitNanoUsd;
}

function openNow(page: PageState | undefined, name: string, startMs: number): MoneyState['open'] {
  return (page?.periods[name]?.startMs ?? 0) < startMs ? [] : openOn(page, name);
}
