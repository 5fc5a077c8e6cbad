/** Every command of docs/operations.md, run as it stands there against a gateway with some use behind it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command as audit } from '../../bin/commands/audit';
import { command as budgets } from '../../bin/commands/budgets';
import type { Command } from '../../bin/commands/command';
import { command as models } from '../../bin/commands/models';
import { command as prices } from '../../bin/commands/prices';
import { command as race } from '../../bin/commands/race';
import { command as reconcile } from '../../bin/commands/reconcile';
import { command as requests } from '../../bin/commands/requests';
import { command as rerate } from '../../bin/commands/rerate';
import { command as tail } from '../../bin/commands/tail';
import { command as teams } from '../../bin/commands/teams';
import { command as top } from '../../bin/commands/top';
import { command as usage } from '../../bin/commands/usage';
import { createRollupStore, createUsageRecordStore } from '../../lambda/aws/dynamodb';
import type { KeptRecord } from '../../lambda/money/ports';
import type { UsageRecord } from '../../lambda/money/record';
import { contributionOf } from '../../lambda/money/rollup';
import { systemClock } from '../../lambda/platform/runtime/clock';
import { createRollupWriter } from '../../lambda/usage/rollup-writer';
import { type GatewayServer, startGatewayServer } from '../bin/gateway-server';
import { runCommand } from '../bin/run-command';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { usageRecord } from '../support/usage-record';

const COMMANDS: Readonly<Record<string, Command>> = { audit, budgets, models, prices, race, reconcile, requests, rerate, tail, top, usage };
const page = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
const commands = [...page.matchAll(/`npx cdk-llm-gateway ([^`]+)`/g)].map(([, text = '']) => text);
const COSTS = join(__dirname, 'fixtures/openai-costs.json');
const ID = '0192f000000000000000a1';

let gateway: GatewayServer;
beforeAll(async () => {
  gateway = await startGatewayServer({
    providers: [{ id: 'openai', kind: 'openai', network: 'public', models: ['gpt-5'] }],
    routes: [{ alias: 'smart', targets: [{ provider: 'openai', model: 'gpt-5' }] }],
  } as never);
  await run(teams, 'create --id research --name Research --budget 0.02/month');
  for (const [id, fields] of Object.entries({
    [ID]: { labels: { feature: 'search' }, endUser: 'eve', teamId: 'research', projectId: 'site', userId: 'ann' },
    '0192f000000000000000a2': { keyId: 'k2', outcome: 'upstream_error', status: 502 },
  })) {
    await add(usageRecord({ id, createdAt: new Date().toISOString(), ...answered, ...fields }));
  }
});
afterAll(() => gateway.close());

const answered = {
  outcome: 'ok',
  status: 200,
  provider: 'openai',
  requestModel: 'gpt-5',
  costNanoUsd: 20_000_000n,
  latencyMs: 120,
  usage: { inputTokens: 100, cacheReadInputTokens: 40, outputTokens: 9 },
  attempts: [
    { provider: 'azure', model: 'gpt-5', status: 503, outcome: 'upstream_overloaded', durationMs: 3 },
    { provider: 'openai', model: 'gpt-5', region: 'eu', status: 200, outcome: 'ok', durationMs: 90 },
  ],
} as const;

async function add(record: UsageRecord): Promise<void> {
  const records = createUsageRecordStore(gateway.database, TABLE_NAMES.records, systemClock);
  await records.put(record);
  const kept = (await records.read(record.id)) as KeptRecord;
  const writer = createRollupWriter(createRollupStore(gateway.database, TABLE_NAMES.records), systemClock);
  await writer.apply([contributionOf(kept) as never]);
}

function run(command: Command, text: string) {
  return runCommand(
    command,
    ...text
      .replace(/\bID\b/, ID)
      .replace('costs.json', COSTS)
      .replaceAll("'", '')
      .split(' '),
    '--url',
    gateway.url,
    '--key',
    gateway.adminKey,
  );
}

function named(text: string): { readonly command: Command; readonly rest: string } {
  const [name = '', ...rest] = text.split(' ');
  return { command: COMMANDS[name] as Command, rest: rest.join(' ') };
}

test('there are at least twenty questions', () => {
  expect(commands.length).toBeGreaterThanOrEqual(20);
});

test.each(commands)('%s', async (text) => {
  const { command, rest } = named(text);
  const table = await run(command, rest);
  expect([text, table.code]).toEqual([text, 0]);
  expect(table.out.trim()).not.toBe('');

  if (text.includes('--csv')) return;
  const json = await run(command, `${rest} --json`);
  expect(json.code).toBe(0);
  for (const line of json.out.trim().startsWith('{\n') ? [json.out] : json.out.trim().split('\n')) JSON.parse(line);
});

test('the answers are the ones that were asked for', async () => {
  const told = async (text: string) => {
    const { command, rest } = named(text);
    return (await run(command, rest)).out;
  };

  expect(await told('usage --group-by team --sort cost --trend')).toMatch(/research +Research +1 +0 .*0\.02/);
  expect(await told('usage --group-by provider,outcome --sort errors')).toMatch(/azure +upstream_overloaded +0 +0 +0 +2 +2/);
  expect(await told('usage --group-by tag:feature')).toMatch(/search +1 /);
  expect(await told('usage --group-by alias')).toMatch(/smart +2 +1 .*40 %/);
  expect(await told('prices get smart')).toMatch(/in_force +model=openai\/gpt-5 source=book/);
  expect(await told('models get smart')).toMatch(/in_force +alias=smart/);
  expect(await told('models test smart')).toMatch(/openai\/gpt-5 +yes/);
  expect(await told('audit --resource team --id research')).toContain('create');
  expect(await told('tail --for 1')).toMatch(
    /openai\/gpt-5 {2}200 ok 100\+9 tokens {2}120 ms {2}\$0\.020 {2}after azure\/gpt-5 upstream_overloaded/,
  );
  expect(await told('top --for 0')).toMatch(/requests\/s +\$[\d.]+\/h/);
  const today = new Date().toISOString().slice(0, 10);
  expect(await told(`rerate --model openai/gpt-5 --from ${today} --dry-run`)).toMatch(/ 2 +2 +0 +0\.04 +0\.0\d+ +-0\.03\d+/);
  expect(await told('usage anomalies')).toMatch(/k1 +0\.020 +0\.00/);
  expect(await told('usage --group-by month --forecast').catch((error: Error) => error.message)).toContain('forecast');
});
