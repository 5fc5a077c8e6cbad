import type { KeptRecord } from '../ports';
import { type Charge, chargeOfUsage, type Price, usd } from '../pricing';
import type { AttemptRecord, UsageRecord } from '../record';

/** What a corrected price makes of one request. */
export interface Rerating {
  /** What the request cost before, earlier re-ratings included. */
  readonly beforeNanoUsd: bigint;
  readonly afterNanoUsd: bigint;
  /** The record of the difference. Undefined: there is none. */
  readonly record: UsageRecord | undefined;
}

/** The id of a request's re-rating, counted from 1. */
export function rerateId(requestId: string, number: number): string {
  return `${requestId}.r${number}`;
}

/** Whether it is such a record itself. */
export function isRerated({ reratedOf }: Pick<UsageRecord, 'reratedOf'>): boolean {
  return reratedOf !== undefined;
}

/**
 * Charges a request anew at a price, by the usage that its record tells. What was charged for lost attempts before it, and by guards, stays.
 *
 * @param earlier its re-ratings so far, in their order
 * @returns undefined where its record does not say what was used, so that no price changes it
 */
export function rerate(record: KeptRecord, earlier: readonly KeptRecord[], price: Price, now: string): Rerating | undefined {
  const rated = ratedCharge(record);
  if (rated === undefined || record.usage === undefined) return undefined;
  const before = earlier.reduce((sum, adjustment) => plus(sum, chargeIn(adjustment)), rated);
  const after = chargeOfUsage(price, record.usage);
  const change = minus(after, before);
  const unrated = record.costNanoUsd - rated.costNanoUsd;
  const isSame = change.costNanoUsd === 0n && change.billedNanoUsd === 0n && change.listNanoUsd === 0n;
  return {
    beforeNanoUsd: unrated + before.costNanoUsd,
    afterNanoUsd: unrated + after.costNanoUsd,
    record: isSame ? undefined : recordOf(record, earlier.length + 1, change, price, now),
  };
}

/** Whose, where and when is the request's, so that it is counted where that was; it holds no page, so that no budget moves. */
function recordOf(record: KeptRecord, number: number, change: Charge, price: Price, now: string): UsageRecord {
  const { keyId, teamId, projectId, userId, tags, labels, endUser, originalModel, provider, requestModel, operation, dialect } = record;
  const last = record.attempts?.at(-1);
  return {
    id: rerateId(record.id, number),
    createdAt: record.createdAt,
    reratedOf: record.id,
    reratedAt: now,
    keyId,
    teamId,
    projectId,
    userId,
    tags,
    labels,
    endUser,
    originalModel,
    provider,
    requestModel,
    operation,
    dialect,
    outcome: record.outcome,
    ...(last === undefined ? {} : { attempts: [placeOf(last)] }),
    state: 'settled',
    boundNanoUsd: 0n,
    pages: [],
    costNanoUsd: change.costNanoUsd,
    providerAdjustmentNanoUsd: unlessNone(change.billedNanoUsd - change.listNanoUsd),
    teamAdjustmentNanoUsd: unlessNone(change.costNanoUsd - change.billedNanoUsd),
    priceVersion: price.version,
    priceSource: price.source,
  } as UsageRecord;
}

/** What of an attempt says where the request is counted. */
function placeOf({ provider, model, region, outcome }: AttemptRecord): AttemptRecord {
  return { provider, model, ...(region === undefined ? {} : { region }), outcome, durationMs: 0 };
}

/**
 * What the recorded usage was charged: the answer's, or the last attempt's where nobody answered. All other attempts that were charged say how
 * much each was.
 */
function ratedCharge(record: KeptRecord): Charge | undefined {
  if (record.state === 'void' || record.state === 'expired_charged' || record.usage === undefined) return undefined;
  const attempts = record.attempts ?? [];
  const last = attempts.at(-1);
  if (last?.estimatedCostUsd !== undefined) return lostCharge(last);
  const guards = record.guardNanoUsd ?? 0n;
  const whole = chargeIn(record);
  const own = minus(whole, { listNanoUsd: guards, billedNanoUsd: guards, costNanoUsd: guards });
  return attempts.reduce((left, attempt) => (attempt.estimatedCostUsd === undefined ? left : minus(left, lostCharge(attempt))), own);
}

function lostCharge({
  estimatedCostUsd = '0',
  estimatedBilledUsd = estimatedCostUsd,
  estimatedListUsd = estimatedCostUsd,
}: AttemptRecord): Charge {
  return { listNanoUsd: usd(estimatedListUsd), billedNanoUsd: usd(estimatedBilledUsd), costNanoUsd: usd(estimatedCostUsd) };
}

/** All that a record charges. */
function chargeIn({ costNanoUsd, providerAdjustmentNanoUsd = 0n, teamAdjustmentNanoUsd = 0n }: UsageRecord): Charge {
  const billedNanoUsd = costNanoUsd - teamAdjustmentNanoUsd;
  return { listNanoUsd: billedNanoUsd - providerAdjustmentNanoUsd, billedNanoUsd, costNanoUsd };
}

function plus(left: Charge, right: Charge): Charge {
  return combined(left, right, 1n);
}

function minus(left: Charge, right: Charge): Charge {
  return combined(left, right, -1n);
}

function combined(left: Charge, right: Charge, sign: bigint): Charge {
  return {
    listNanoUsd: left.listNanoUsd + sign * right.listNanoUsd,
    billedNanoUsd: left.billedNanoUsd + sign * right.billedNanoUsd,
    costNanoUsd: left.costNanoUsd + sign * right.costNanoUsd,
  };
}

function unlessNone(nanoUsd: bigint): bigint | undefined {
  return nanoUsd === 0n ? undefined : nanoUsd;
}
