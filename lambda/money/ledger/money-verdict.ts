import type { CounterState } from '../ports/counters';
import type { AdmissionRequest, Bound, Refusal } from './admission';
import type { AttemptReplies } from './attempt';
import { fitted, leastOf } from './fit';
import type { MoneyLeft } from './money-left';
import type { Plan, PlannedCounter } from './plan';
import { moneyRefusalOf } from './reasons';
import { leftLater, moneyRefusal, type RefusalMemory } from './refusals';

export interface MoneyVerdictOptions {
  readonly memory: RefusalMemory;
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
export function firstBound(moneyLeft: Pick<MoneyLeft, 'of'>, request: Pick<AdmissionRequest, 'bound' | 'smaller'>, plan: Plan): Bound {
  if (request.smaller === undefined) return request.bound;
  let left = ANY_AMOUNT;
  for (const planned of plan.counters) {
    const known = planned.spec.soft ? undefined : moneyLeft.of(planned);
    if (known !== undefined && known < left) left = known;
  }
  return fitted(request, left, ANY_AMOUNT).bound;
}

/** Whether this process heard lately that the money is not there. */
export function rememberedMoney(
  memory: Pick<RefusalMemory, 'money'>,
  { bound, smaller }: Pick<AdmissionRequest, 'bound' | 'smaller'>,
  planned: PlannedCounter,
  nowMs: number,
): Refusal | undefined {
  if (planned.spec.soft) return undefined;
  const known = memory.money(planned, bound.costNanoUsd);
  if (known === undefined) return undefined;
  // A larger bound was chosen because what was heard since leaves room for it; what is spent may still have room for a smaller one.
  const least = smaller === undefined ? bound : known.kind === 'spent' ? smaller.cappedAt(1) : leastOf(smaller);
  if (least.costNanoUsd < bound.costNanoUsd && memory.money(planned, least.costNanoUsd) === undefined) return undefined;
  return moneyRefusalOf(planned, known.kind, known.retryAfterMs, least.costNanoUsd, nowMs);
}

/** What the counters' answers mean, remembered for the next request. Undefined: all of them hold what was asked for. */
export function judgeMoney(
  { memory, moneyLeft, random }: MoneyVerdictOptions,
  request: Pick<AdmissionRequest, 'bound' | 'smaller'>,
  taken: Bound,
  plan: Plan,
  replies: Pick<AttemptReplies, 'counters'>,
  nowMs: number,
): MoneyVerdict | undefined {
  const lacking: { readonly planned: PlannedCounter; readonly state: CounterState }[] = [];
  let now = ANY_AMOUNT;
  let later = ANY_AMOUNT;
  for (const [index, planned] of plan.counters.entries()) {
    const answer = replies.counters[index];
    if (answer?.ok === true && answer.value.kind === 'insufficient') lacking.push({ planned, state: answer.value.state });
  }
  for (const [index, planned] of plan.counters.entries()) {
    const answer = replies.counters[index];
    // A shard knows its own part only, and so does a root that has lent; one that refuses has taken back what it lent.
    if (answer?.ok !== true || answer.value.kind === 'stale' || planned.spec.soft || planned.key !== planned.spec.key) continue;
    const { kind, state } = answer.value;
    if (kind === 'reserved' && state.spread > 0) continue;
    const givenBack = kind === 'reserved' && lacking.length > 0 ? taken.costNanoUsd : 0n;
    const left = state.remainingNanoUsd + givenBack;
    moneyLeft.learn(planned, left);
    if (left < now) now = left;
  }
  if (lacking.length === 0) return undefined;
  for (const { state } of lacking) {
    const one = leftLater(state, nowMs);
    if (one < later) later = one;
  }

  const { fits, bound } = fitted(request, now, later);
  let refusal: Refusal | undefined;
  for (const { planned, state } of lacking) {
    const one = moneyRefusal(state, bound.costNanoUsd, nowMs, random(), moneyLeft.usual(planned));
    if (fits) memory.rememberMoney(planned, taken.costNanoUsd, moneyRefusal(state, taken.costNanoUsd, nowMs, 0, moneyLeft.usual(planned)));
    else memory.rememberMoney(planned, bound.costNanoUsd, one);
    const named = moneyRefusalOf(planned, one.kind, one.retryAfterMs, bound.costNanoUsd, nowMs);
    if (one.kind === 'spent') return { refusal: named, smaller: undefined };
    refusal ??= named;
  }
  return { refusal: refusal as Refusal, smaller: fits && bound.costNanoUsd < taken.costNanoUsd ? bound : undefined };
}
