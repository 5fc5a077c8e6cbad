import fc from 'fast-check';
import type { KeptRecord } from '../../../../lambda/money/ports';
import { chargeOfUsage, formatUsd, type Price } from '../../../../lambda/money/pricing';
import { rerate } from '../../../../lambda/money/rerating';
import { contributionOf } from '../../../../lambda/money/rollup';
import { randomPrice } from '../../../support/random-price';
import { usageRecord } from '../../../support/usage-record';

const NOW = '2026-11-30T12:00:00.000Z';
const millionths = fc.bigInt({ min: 0n, max: 11_000_000n });
const price: fc.Arbitrary<Price> = fc
  .tuple(randomPrice, fc.option(fc.record({ place: millionths, team: millionths }), { nil: undefined }))
  .map(([known, adjustment]) => (adjustment === undefined ? known : { ...known, adjustment }));
const usage = fc.record({ inputTokens: fc.nat(1_000_000), outputTokens: fc.nat(100_000) });

/** The record of a call with lost attempts before its answer, charged at a price. */
function recordOf(
  at: Price,
  used: { inputTokens: number; outputTokens: number },
  lost: readonly bigint[],
  guardNanoUsd: bigint,
): KeptRecord {
  const { listNanoUsd, billedNanoUsd, costNanoUsd } = chargeOfUsage(at, used);
  const lostNanoUsd = lost.reduce((sum, one) => sum + one, 0n);
  return {
    ...usageRecord({
      id: 'a-request',
      provider: 'p',
      requestModel: 'm',
      usage: used,
      costNanoUsd: costNanoUsd + lostNanoUsd + guardNanoUsd,
      providerAdjustmentNanoUsd: billedNanoUsd - listNanoUsd,
      teamAdjustmentNanoUsd: costNanoUsd - billedNanoUsd,
      guardNanoUsd,
      attempts: [
        ...lost.map((one) => ({ provider: 'q', model: 'n', outcome: 'upstream_error', durationMs: 1, estimatedCostUsd: formatUsd(one) })),
        { provider: 'p', model: 'm', region: 'eu-west-1', outcome: 'ok', durationMs: 1 },
      ],
    }),
    updatedAt: NOW,
  };
}

test('R15 a request costs what the right price says after any chain of corrections, beside what its usage does not tell', () => {
  fc.assert(
    fc.property(
      fc.array(price, { minLength: 2, maxLength: 5 }),
      usage,
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { maxLength: 3 }),
      fc.bigInt({ min: 0n, max: 10n ** 9n }),
      ([first, ...corrections], used, lost, guards) => {
        const record = recordOf(first as Price, used, lost, guards);
        const other = lost.reduce((sum, one) => sum + one, guards);
        const earlier: KeptRecord[] = [];
        let before = record.costNanoUsd;
        for (const corrected of corrections) {
          const rating = rerate(record, earlier, corrected, NOW);
          const { listNanoUsd, billedNanoUsd, costNanoUsd } = chargeOfUsage(corrected, used);
          expect(rating).toMatchObject({ beforeNanoUsd: before, afterNanoUsd: costNanoUsd + other });
          before = costNanoUsd + other;
          if (rating?.record !== undefined) earlier.push({ ...rating.record, updatedAt: NOW });

          const all = [record, ...earlier];
          const sum = (name: 'costNanoUsd' | 'providerAdjustmentNanoUsd' | 'teamAdjustmentNanoUsd') =>
            all.reduce((total, one) => total + (one[name] ?? 0n), 0n);
          expect(sum('costNanoUsd')).toBe(costNanoUsd + other);
          expect(sum('providerAdjustmentNanoUsd')).toBe(billedNanoUsd - listNanoUsd);
          expect(sum('teamAdjustmentNanoUsd')).toBe(costNanoUsd - billedNanoUsd);
          // Done again there is nothing left to do.
          expect(rerate(record, earlier, corrected, NOW)?.record).toBeUndefined();
        }
      },
    ),
  );
});

test('R15 a re-rating is counted where its request was, as no request, and is spent at no level and on no page', () => {
  const [dear, cheap] = fc.sample(price, { numRuns: 200, seed: 7 }).filter((one) => one.rates.input.base > 0n);
  const used = { inputTokens: 1_000, outputTokens: 10 };
  const record = recordOf(dear as Price, used, [], 0n);
  const again = rerate(record, [], { ...(cheap as Price), version: 'right' }, NOW)?.record;
  const own = contributionOf(record);
  const contribution = contributionOf({ ...(again as KeptRecord), updatedAt: NOW });

  expect(again).toMatchObject({
    id: 'a-request.r1',
    reratedOf: 'a-request',
    reratedAt: NOW,
    priceVersion: 'right',
    boundNanoUsd: 0n,
    pages: [],
  });
  expect(contribution).toMatchObject({ day: own?.day, levels: [], pages: [], final: true });
  expect(contribution?.rows).toHaveLength(1);
  expect(contribution?.rows[0]?.tuple).toEqual(own?.rows.find(({ sums }) => sums['requests'] === 1n)?.tuple);
  expect(Object.keys(contribution?.rows[0]?.sums ?? {}).every((name) => name.endsWith('_nano_usd'))).toBe(true);
});

test('R15 what nobody answered is charged anew by its last attempt, whose usage the record tells', () => {
  const [known] = fc.sample(randomPrice, { numRuns: 1, seed: 3 });
  const used = { inputTokens: 500, outputTokens: 0 };
  const attempt = { provider: 'p', model: 'm', outcome: 'upstream_error', durationMs: 1 };
  const record = {
    ...usageRecord({ id: 'b-request', provider: 'p', requestModel: 'm', usage: used, costNanoUsd: 12n }),
    attempts: [
      { ...attempt, estimatedCostUsd: '0.000000005' },
      { ...attempt, estimatedCostUsd: '0.000000007', estimatedListUsd: '0.00000001', estimatedBilledUsd: '0.000000008' },
    ],
    providerAdjustmentNanoUsd: -2n,
    teamAdjustmentNanoUsd: -1n,
    updatedAt: NOW,
  };
  const rating = rerate(record, [], known as Price, NOW);

  const cost = chargeOfUsage(known as Price, used).costNanoUsd;
  expect(rating).toMatchObject({ beforeNanoUsd: 12n, afterNanoUsd: 5n + cost });
  expect(rating?.record).toMatchObject({ costNanoUsd: cost - 7n, providerAdjustmentNanoUsd: 2n, teamAdjustmentNanoUsd: 1n });
});

test.each([
  ['gave no usage', { usage: undefined }],
  ['died', { state: 'expired_charged' as const }],
  ['was never sent', { state: 'void' as const }],
])('R15 a request that %s stays as it is', (_what, fields) => {
  const [known] = fc.sample(randomPrice, { numRuns: 1, seed: 5 });
  const record = { ...usageRecord({ id: 'c', usage: { inputTokens: 5 } }), ...fields, updatedAt: NOW } as KeptRecord;
  expect(rerate(record, [], known as Price, NOW)).toBeUndefined();
});
