import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { command as reconcile } from '../../bin/commands/reconcile';
import { createRollupStore } from '../../lambda/aws/dynamodb';
import { contributionOf } from '../../lambda/money/rollup';
import { systemClock } from '../../lambda/platform/runtime/clock';
import { createRollupWriter } from '../../lambda/usage/rollup-writer';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { usageRecord } from '../support/usage-record';
import { type GatewayServer, startGatewayServer } from './gateway-server';
import { runCommand } from './run-command';

const folder = mkdtempSync(join(tmpdir(), 'gateway-bills-'));
let gateway: GatewayServer;
beforeAll(async () => {
  gateway = await startGatewayServer({ providers: [{ id: 'bedrock', kind: 'bedrock', network: 'public' }] } as never);
  const used = {
    provider: 'bedrock',
    requestModel: 'us.amazon.nova-lite-v1:0',
    outcome: 'ok',
    usage: { inputTokens: 5_000, outputTokens: 7 },
  };
  const record = usageRecord({ id: 'a', ...used, costNanoUsd: 1_100_000_000n, teamAdjustmentNanoUsd: 100_000_000n });
  const writer = createRollupWriter(createRollupStore(gateway.database, TABLE_NAMES.records), systemClock);
  await writer.apply([contributionOf({ ...record, updatedAt: record.createdAt }) as never]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.close();
});

function bill(usd: string): string {
  const file = join(folder, `${usd}.csv.gz`);
  const head = 'line_item_usage_start_date,line_item_line_item_type,line_item_usage_type,line_item_product_code,line_item_unblended_cost';
  writeFileSync(
    file,
    gzipSync(`${head}\n2026-11-24T00:00:00Z,Usage,USE1-NovaLite-input-tokens,AmazonBedrock,${usd}\nx,Usage,x,AmazonBedrock,1\n`),
  );
  return file;
}

const run = (...args: string[]) =>
  runCommand(reconcile, ...args, '--provider', 'bedrock', '--format', 'cur', '--url', gateway.url, '--key', gateway.adminKey);

test('D15 a bill is held against what was recorded at the terms of its provider; what is apart fails', async () => {
  const same = await run(bill('1.0'));
  expect([same.code, same.out]).toEqual([0, expect.stringMatching(/2026-11-24 +us\.amazon\.nova-lite-v1:0 +usd +1\.00 +1\.00 +0\.00/)]);
  expect(same.err).toContain('1 rows could not be read');
  expect((await run(bill('1.0'), '--only-drift')).out).toContain('nothing is apart');

  const apart = await run(bill('1.02'), '--only-drift', '--json');
  expect(apart.code).toBe(1);
  expect(JSON.parse(apart.out).data).toMatchObject([{ billed: '1.02', recorded: '1.00', drift_percent: '1.96' }]);
  expect((await run(bill('1.02'), '--start', '2026-11-25')).code).toBe(0);
});

test.each([
  [['--provider', 'x'], '--format takes one of cur, focus, bedrock-logs, openai, anthropic'],
  [['--format', 'cur', 'file'], 'reconcile takes --provider'],
  [['--format', 'cur', '--provider', 'x'], 'reconcile takes the files of the bill'],
  [['--format', 'cur', '--provider', 'x', join(folder, 'nothing.csv')], 'cannot read'],
])('fails for %j', async (args, message) => {
  await expect(runCommand(reconcile, ...args)).rejects.toThrow(message);
});
