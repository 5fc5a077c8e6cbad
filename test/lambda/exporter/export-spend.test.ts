import { createExportStore, createRollupStore } from '../../../lambda/aws/dynamodb';
import { exportSpend } from '../../../lambda/exporter/export-spend';
import { SPEND_COLUMNS } from '../../../lib/private/contract';
import { createMemoryBucket } from '../../support/memory-bucket';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { readParquet } from '../../support/parquet-reader';
import { createUsageHarness, NOON } from '../usage/harness';

const DAY_MS = 86_400_000;
const KEY = 'spend/day=2026-11-24/spend.parquet';

function createExports() {
  const usage = createUsageHarness();
  const bucket = createMemoryBucket();
  const parts = {
    exports: createExportStore(usage.database, TABLE_NAMES.records),
    rollups: createRollupStore(usage.database, TABLE_NAMES.records),
    objects: bucket,
    gateway: 'Stack/Gateway',
    clock: { now: () => usage.state.now },
    log: { write: () => undefined },
  };
  return {
    ...usage,
    bucket,
    /** @param days that there is time for */
    run(days = 1_000) {
      let left = days;
      return exportSpend(parts, () => left-- <= 0);
    },
    read: (key = KEY) => readParquet(bucket.objects.get(key) as Buffer).rows,
  };
}

const call = {
  keyId: 'k1',
  teamId: 'research',
  projectId: 'site',
  userId: 'ann',
  originalModel: 'smart',
  endUser: 'eve',
  tags: { env: 'prod', unit: 'a' },
  labels: { feature: 'search', env: 'ignored' },
  usage: {
    inputTokens: 100,
    cacheReadInputTokens: 40,
    cacheCreation1hInputTokens: 3,
    audioInputTokens: 5,
    imageInputTokens: 6,
    outputTokens: 9,
    audioOutputTokens: 1,
    imageOutputTokens: 2,
  },
  attempts: [{ provider: 'openai', model: 'gpt', region: 'eu', status: 200, outcome: 'ok', durationMs: 90 }],
} as const;

test('a day is written once it is over: by hour, key and model, exact, with what FOCUS asks for', async () => {
  const exports = createExports();
  await exports.request({ id: 'a', ...call }, { costNanoUsd: 1_000_000_001n });
  await exports.request({ id: 'b', ...call }, { costNanoUsd: 2n, outcome: 'client_closed_request' });
  await exports.request({ id: 'c', ...call, keyId: 'k2' }, { costNanoUsd: 5n });
  exports.state.now += 3_600_000;
  await exports.request({ id: 'd', ...call }, { costNanoUsd: 7n });
  await exports.drain();
  await exports.run();
  expect(exports.bucket.objects.has(KEY)).toBe(false);

  exports.state.now = NOON + DAY_MS;
  await exports.run();

  const rows = exports.read();
  expect(Object.keys(rows[0] as object)).toEqual(SPEND_COLUMNS.map(({ name }) => name));
  const hours = rows.map(({ ChargePeriodStart, ResourceId, BilledCost }) => [ChargePeriodStart, ResourceId, BilledCost]);
  expect(hours).toEqual([
    [BigInt(NOON), 'k1', 1_000_000_003n],
    [BigInt(NOON), 'k2', 5n],
    [BigInt(NOON + 3_600_000), 'k1', 7n],
  ]);
  expect(rows[0]).toEqual({
    BilledCost: 1_000_000_003n,
    BillingAccountId: 'Stack/Gateway',
    BillingAccountName: 'Stack/Gateway',
    BillingCurrency: 'USD',
    BillingPeriodEnd: BigInt(Date.parse('2026-12-01T00:00:00Z')),
    BillingPeriodStart: BigInt(Date.parse('2026-11-01T00:00:00Z')),
    ChargeCategory: 'Usage',
    ChargeClass: null,
    ChargeDescription: 'openai/gpt for k1',
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: BigInt(NOON + 3_600_000),
    ChargePeriodStart: BigInt(NOON),
    ConsumedQuantity: 218n,
    ConsumedUnit: 'Tokens',
    ContractedCost: 1_000_000_003n,
    EffectiveCost: 1_000_000_003n,
    InvoiceIssuerName: 'openai',
    ListCost: 1_000_000_003n,
    PricingCategory: 'Standard',
    PricingQuantity: 218n,
    PricingUnit: 'Tokens',
    ProviderName: 'openai',
    PublisherName: 'openai',
    RegionId: 'eu',
    ResourceId: 'k1',
    ResourceName: null,
    ResourceType: 'Virtual key',
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: 'Model inference',
    ServiceSubcategory: 'Generative AI',
    SkuId: 'openai/gpt',
    SubAccountId: 'research',
    SubAccountName: null,
    SubAccountType: 'Team',
    Tags: '{"env":"prod","feature":"search","unit":"a"}',
    x_ProjectId: 'site',
    x_UserId: 'ann',
    x_Alias: 'smart',
    x_Requests: 2n,
    x_Errors: 1n,
    x_InputTokens: 200n,
    x_CacheReadInputTokens: 80n,
    x_CacheCreationInputTokens: 0n,
    x_OutputTokens: 18n,
    x_ReasoningOutputTokens: 0n,
    x_CacheCreation1hInputTokens: 6n,
    x_AudioInputTokens: 10n,
    x_ImageInputTokens: 12n,
    x_AudioOutputTokens: 2n,
    x_ImageOutputTokens: 4n,
  });
  expect(JSON.stringify([...exports.bucket.objects.values()].map(String))).not.toContain('eve');
});

test('what was negotiated, and what teams are charged on top, stands beside what they are charged', async () => {
  const exports = createExports();
  const adjusted = { providerAdjustmentNanoUsd: -10n, teamAdjustmentNanoUsd: 3n };
  await exports.request({ id: 'a', ...call }, { costNanoUsd: 93n, ...adjusted });
  await exports.drain();
  exports.state.now = NOON + DAY_MS;
  await exports.run();

  expect(exports.read()).toMatchObject([{ BilledCost: 93n, EffectiveCost: 93n, ContractedCost: 90n, ListCost: 100n }]);
});

test('records that come late are in the file of their day from the next run on, and nothing else changes a byte', async () => {
  const exports = createExports();
  await exports.request({ id: 'a', ...call });
  const [first] = exports.stream;
  await exports.drain();
  exports.state.now = NOON + DAY_MS;
  await exports.run();
  const before = exports.bucket.objects.get(KEY);

  await exports.deliver([first, first] as never);
  exports.state.now += DAY_MS;
  await exports.run();
  expect(exports.bucket.objects.get(KEY)).toEqual(before);

  await exports.request({ id: 'b', ...call, createdAt: new Date(NOON).toISOString() }, { costNanoUsd: 11n });
  await exports.drain();
  exports.state.now += DAY_MS;
  await exports.run();

  expect(exports.read()).toMatchObject([{ BilledCost: 18n, x_Requests: 2n }]);
});

test('a day that was made anew is written at the next look, however old it is', async () => {
  const exports = createExports();
  await exports.request({ id: 'a', ...call });
  await exports.drain();
  exports.state.now = NOON + 60 * DAY_MS;
  await exports.run();
  expect(exports.bucket.objects.has(KEY)).toBe(false);

  await exports.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r' }, exports.state.now);
  await exports.drain();
  await exports.run();
  expect(exports.read()).toMatchObject([{ BilledCost: 7n }]);

  exports.bucket.objects.clear();
  await exports.run();
  expect(exports.bucket.objects.size).toBe(0);
});

test('what is made anew today waits for the end of the day', async () => {
  const exports = createExports();
  await exports.request({ id: 'a', ...call });
  await exports.drain();
  await exports.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r' }, exports.state.now);
  await exports.drain();
  await exports.run();

  expect(exports.bucket.objects.has(KEY)).toBe(false);
});

test('goes on where its time was over or the bucket failed, and writes each day once a day', async () => {
  const exports = createExports();
  const written: string[] = [];
  let left = 3;
  exports.bucket.weather = (moment, _operation, key) => {
    if (moment === 'after') written.push(key);
    else if (left-- === 0) throw new Error('no bucket');
  };

  await exports.run(2);
  await expect(exports.run()).rejects.toThrow('no bucket');
  await exports.run();
  await exports.run();

  expect(new Set(written).size).toBe(35);
  expect(written).toHaveLength(35);
  expect(written[0]).toBe('spend/day=2026-11-23/spend.parquet');
  expect(written.at(-1)).toBe('spend/day=2026-10-20/spend.parquet');
});
