/**
 * The runbook, followed in a local run in which things went wrong: what its entries say to run answers, and names what went wrong. Needs the bundles
 * that `npm run build` makes.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command as audit } from '../../../bin/commands/audit';
import type { Command } from '../../../bin/commands/command';
import { command as deletions } from '../../../bin/commands/deletions';
import { command as prices } from '../../../bin/commands/prices';
import { command as requests } from '../../../bin/commands/requests';
import { command as usage } from '../../../bin/commands/usage';
import { ALERT_EVENTS, ENV, EVENTS } from '../../../lib/private/contract';
import { callGateway } from '../../../local/first-key';
import { type LocalRun, startLocalRun } from '../../../local/run';
import { runCommand } from '../../bin/run-command';
import { buildWorkerFile } from './support/worker-file';

const ROOT = join(__dirname, '../../..');
const built = ['dist/bin/app.cjs', 'dist/lib/index.js', 'dist/lambda/usage/index.mjs'].every((file) => existsSync(join(ROOT, file)));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

const COMMANDS: Readonly<Record<string, Command>> = { audit, deletions, prices, requests, usage };
const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const entries = runbook
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('\n')), text }));
const steps = entries.flatMap(({ name, text }) =>
  [...text.matchAll(/`npx cdk-llm-gateway ([^`]+)`/g)].map(([, command = '']) => ({ entry: name, command })),
);

const DAY_MS = 86_400_000;

let data: string;
let run: LocalRun;
let key: { readonly id: string; readonly key: string };
let team: { readonly id: string };
let requestId: string;

jest.setTimeout(120_000);

beforeAll(async () => {
  if (!built) return;
  data = mkdtempSync(join(tmpdir(), 'runbook-run-'));
  run = await startLocalRun({
    workingDirectory: ROOT,
    port: 0,
    data,
    environment: {},
    context: {},
    workerFile: await buildWorkerFile(),
    onNote: () => undefined,
  });
  await makeTrouble();
});

afterAll(async () => {
  await run?.close();
  if (data !== undefined) rmSync(data, { recursive: true, force: true });
});

const admin = (method: string, path: string, body?: object) => callGateway(method, `${run.url}/admin/v1${path}`, run.adminKey, body);

async function chat(content: string, by = key): Promise<number> {
  const body = { model: 'simulated/simulated-1', max_tokens: 8, messages: [{ role: 'user', content }] };
  return (await callGateway('POST', `${run.url}/v1/chat/completions`, by.key, body)).status;
}

/** The id of a key's first request that was answered. */
async function answered({ id }: typeof key): Promise<string> {
  await run.settled();
  const { data: listed } = (await admin('GET', `/requests?key_id=${id}&outcome=ok`)).body as { data: { id: string }[] };
  return listed[0]?.id as string;
}

/** A provider that fails and one that refuses the gateway, a policy that blocks, a budget near its end, a key and a model that are unlike before. */
async function makeTrouble(): Promise<void> {
  team = (await admin('POST', '/teams', { name: 'blue' })).body as typeof team;
  await admin('POST', '/guardrails', {
    id: 'secret',
    rules: [{ name: 'codename', deny: ['project titan'], action: 'block', direction: 'input' }],
  });
  const budgets = [{ limit_usd: '1.00', period: 'month', alert_at: [0.000001] }];
  key = (await admin('POST', '/keys', { name: 'k', team_id: team.id, budgets, guardrails: ['secret'] })).body as typeof key;
  // Its past stands before its first call: what a key's days were like is looked up once a day.
  const other = (await admin('POST', '/keys', { name: 'other', team_id: team.id })).body as typeof key;
  expect(await chat('hello', other)).toBe(200);
  const past = await answered(other);
  for (let ago = 7; ago >= 1; ago -= 1) await copyOf(past, { ago, nanoUsd: 1_000_000_000n });
  await run.settled();
  expect(await chat('hello')).toBe(200);
  await chat('[simulate error=503]');
  await chat('[simulate error=401]');
  await chat('tell me of project titan');
  requestId = await answered(key);
  await copyOf(requestId, { ago: 0, nanoUsd: 9_000_000_000n, priceSource: 'ceiling' });
  await run.settled();
  await admin('POST', '/deletions', { tag: 'customer=nobody' });
}

/** A request of the key like another one, on another day and at another price. */
async function copyOf(
  id: string,
  { ago, nanoUsd, priceSource = 'book' }: { ago: number; nanoUsd: bigint; priceSource?: string },
): Promise<void> {
  const usageFunction = run.functions.find(({ definition }) => /usage/i.test(definition.logicalId));
  const TableName = usageFunction?.definition.environment[ENV.RECORDS_TABLE];
  const Key = { pk: { S: `request#${id}` }, sk: { S: 'record' } };
  const { Item: item } = (await run.standIns.dynamodb.call('GetItem', { TableName, Key })) as { Item: Record<string, unknown> };
  const other = {
    ...item,
    pk: { S: `request#${id}${ago}` },
    id: { S: `${id}${ago}` },
    key_id: { S: key.id },
    created_at: { S: new Date(Date.now() - ago * DAY_MS).toISOString() },
    cost_nano_usd: { N: String(nanoUsd) },
    price_source: { S: priceSource },
  };
  await run.standIns.dynamodb.call('PutItem', { TableName, Item: other });
}

/** With what an operator would put in the place of the names: those of the message that came. */
function filled(entry: string, command: string): string[] {
  const ids = {
    '--provider ID': '--provider simulated',
    '--team ID': `--team ${team.id}`,
    '--for-key ID': `--for-key ${key.id}`,
    'get ID': `get ${requestId}`,
  };
  const named = Object.entries(ids).reduce(
    (text, [name, value]) => text.replace(name, value),
    command.replace('MODEL', 'simulated/simulated-1'),
  );
  expect([entry, named]).toEqual([entry, expect.not.stringMatching(/\b(?:ID|NAME|MODEL)\b/)]);
  return named.split(' ');
}

/** What an entry's command must tell, where something of the kind went wrong here. */
const TOLD: Readonly<Record<string, () => RegExp>> = {
  'ProviderFailing: requests list --provider ID --status 503': () => /simulated/,
  'GuardBlocking: requests list --outcome content_policy_violation': () => /content_policy_violation/,
  'GuardBlocking: usage --group-by key,outcome --sort errors': () => new RegExp(key.id),
  'BudgetThreshold: usage --team ID --group-by key': () => new RegExp(key.id),
  'SpendAnomaly: usage anomalies': () => new RegExp(`${key.id} .*9\\.\\d+`),
  'SpendAnomaly: usage --for-key ID --group-by model,hour --sort cost': () => /simulated\/simulated-1/,
  'SpendAnomaly: requests list --for-key ID': () => /simulated/,
  'PriceUnknown: requests get ID': () => new RegExp(requestId),
  'ArchiveBehind: audit verify': () => /the audit trail is whole/,
  'DeletionsOverdue: deletions list': () => /tag +open/,
};

(built ? describe : describe.skip)('the runbook', () => {
  test.each(steps)('$entry: $command', async ({ entry, command }) => {
    const [name = '', ...args] = filled(entry, command);
    const { code, out } = await runCommand(COMMANDS[name] as Command, ...args, '--url', run.url, '--key', run.adminKey);

    expect([command, code]).toEqual([command, 0]);
    expect(out).toMatch(TOLD[`${entry}: ${command}`]?.() ?? /\S/);
  });

  test('what people are told of by the bus was told here, with what its message says, and has an entry', () => {
    const published = run.standIns.events.published.filter(({ source }) => source === EVENTS.SOURCE);

    for (const [type, { entry, fields }] of Object.entries(ALERT_EVENTS)) {
      const event = published.find(({ detailType }) => detailType === type);
      expect([type, Object.keys((event?.detail ?? {}) as object)]).toEqual([type, expect.arrayContaining([...fields])]);
      expect(entries.map(({ name }) => name)).toContain(entry);
    }
    const spends = published.filter(({ detailType }) => detailType === EVENTS.SPEND_ANOMALY).map(({ detail }) => detail);
    expect(spends).toMatchObject([{ key_id: key.id, team_id: team.id, usual_usd: '1.00', threshold_usd: '3.00' }]);
  });
});

test('what entries tell the reader to search for is written by the code', () => {
  const searched = [...runbook.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, event = '']) => event);
  const sources = ['lambda', 'lib'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
  );

  expect(searched.length).toBeGreaterThan(5);
  expect([...new Set(searched)].filter((event) => !sources.some((source) => source.includes(event)))).toEqual([]);
});

test('every step belongs to an alarm or an event that people are told of, or to an error', () => {
  expect(steps.length).toBeGreaterThan(10);
  expect(Object.keys(TOLD).filter((told) => !steps.some(({ entry, command }) => told === `${entry}: ${command}`))).toEqual([]);
});
