import { gzipSync } from 'node:zlib';
import { createRollupStore } from '../../../lambda/aws/dynamodb';
import { reconcile } from '../../../lambda/reconciler/reconcile';
import type { BillConfig } from '../../../lib/private/contract';
import { METRICS } from '../../../lib/private/contract';
import { createMemoryBucket } from '../../support/memory-bucket';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { createUsageHarness, NOON } from '../usage/harness';

const DAY_MS = 86_400_000;
const DAY = '2026-11-24';
const HEAD = 'line_item_usage_start_date,line_item_line_item_type,line_item_usage_type,line_item_product_code,line_item_unblended_cost';
const bill = (usd: string, day = DAY): string => `${HEAD}\n${day}T00:00:00Z,Usage,USE1-NovaLite-input-tokens,AmazonBedrock,${usd}\n`;
const CUR: BillConfig = { provider: 'bedrock', format: 'cur', bucket: 'exports', prefix: 'cur/' };
const CALL = {
  keyId: 'k1',
  teamId: 'red',
  attempts: [{ provider: 'bedrock', model: 'us.amazon.nova-lite-v1:0', outcome: 'ok', durationMs: 9 }],
};

/** A gateway that recorded 10 US dollars of a model at the provider's terms, 11 with what its team is charged. */
async function recorded() {
  const usage = createUsageHarness();
  const bucket = createMemoryBucket();
  await usage.request(
    { id: 'a', ...CALL },
    { provider: 'bedrock', requestModel: 'us.amazon.nova-lite-v1:0', costNanoUsd: 11_000_000_000n, teamAdjustmentNanoUsd: 1_000_000_000n },
  );
  await usage.drain();
  usage.state.now = NOON + 3 * DAY_MS;
  const emitted: object[] = [];
  const logged: { event: string; fields: Record<string, unknown> }[] = [];
  return {
    bucket,
    emitted,
    logged,
    put: (key: string, text: string) => bucket.objects.set(key, key.endsWith('.gz') ? gzipSync(text) : Buffer.from(text)),
    run: (bills: readonly BillConfig[] = [CUR]) =>
      reconcile({
        bills,
        rollups: createRollupStore(usage.database, TABLE_NAMES.records),
        bucketOf: () => bucket,
        clock: { now: () => usage.state.now },
        log: { write: (_level, event, fields) => logged.push({ event, fields: { ...fields } }) },
        metrics: { emit: (values) => emitted.push(values) },
      }),
  };
}

test('D15 a bill that agrees is no drift, in as many files as it comes', async () => {
  const { put, run, emitted, logged } = await recorded();
  put('cur/BILLING_PERIOD=2026-11/export-1.csv.gz', bill('4'));
  put('cur/BILLING_PERIOD=2026-11/export-2.csv', bill('6'));
  put('cur/BILLING_PERIOD=2026-09/export-1.csv', bill('99'));
  put('cur/BILLING_PERIOD=2026-11/manifest.yaml', 'no bill');
  put('other/export-1.csv', bill('99'));
  await run();

  expect(emitted).toEqual([{ [METRICS.RECONCILIATION_DRIFT]: 0 }]);
  expect(logged.map(({ event }) => event)).toEqual(['bill-reconciled']);
});

test('D15 what is apart by more than half a percent is told, model and day', async () => {
  const { put, run, emitted, logged } = await recorded();
  put('cur/export.csv', bill('10.06'));
  await run();

  expect(emitted).toEqual([{ [METRICS.RECONCILIATION_DRIFT]: 0.5964 }]);
  expect(logged[0]).toMatchObject({
    event: 'bill-drift',
    fields: { provider: 'bedrock', model: 'us.amazon.nova-lite-v1:0', reason: `${DAY} nanoUsd` },
  });
});

test('D15 a bill that is late, or that cannot be read, is told of, and the next one is read', async () => {
  const { put, run, emitted, logged } = await recorded();
  put('cur/export.csv', bill('10', '2026-11-27'));
  put('broken/export.csv', 'a,b\n1,2\n');
  put(
    'logs/2026/11/24/05/x.json',
    `{"timestamp":"${DAY}T05:00:00Z","modelId":"us.amazon.nova-lite-v1:0","input":{},"output":{"outputTokenCount":5000}}`,
  );
  await run([CUR, { ...CUR, prefix: 'broken/' }, { ...CUR, format: 'bedrock-logs', prefix: 'logs/' }]);

  expect(logged.map(({ event }) => event)).toEqual(['bill-empty', 'bill-unread', 'bill-drift', 'bill-reconciled']);
  expect(emitted).toEqual([{ [METRICS.RECONCILIATION_DRIFT]: 100 }, { [METRICS.RECONCILIATION_DRIFT]: 100 }]);
});
