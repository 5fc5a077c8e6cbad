/** What a call asks of the tables, and what that costs by DynamoDB's rules: the figures of `docs/cost.md`. */
import {
  createIdentityStore,
  createPageStore,
  createRollupStore,
  createUsageRecordStore,
  type DynamoDbConnector,
} from '../../../lambda/aws/dynamodb';
import { hashSecret } from '../../../lambda/identity';
import { generateKey } from '../../../lambda/identity/virtual-key';
import { createSweeper } from '../../../lambda/money/ledger';
import type { KeptRecord } from '../../../lambda/money/ports';
import { createPriceBook } from '../../../lambda/money/pricing';
import { contributionOf } from '../../../lambda/money/rollup';
import { createRollupWriter } from '../../../lambda/usage/rollup-writer';
import type { Consumption } from '../../../local/dynamodb/units';
import { openEngineDynamoDb } from '../../support/engine-dynamodb';
import { compatible, PEPPER, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { bookOf } from '../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';
import { usageRecord } from '../../support/usage-record';

const BODY = { model: 'up/m', max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] };
const ANSWER = {
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
};
const MONTH = [{ limit_usd: '100.00', period: 'month' as const }];
const AT = '2026-01-01T00:00:00.000Z';

interface Counted {
  readonly connector: DynamoDbConnector;
  /** What was asked, each round of calls that began together as one list, and what it cost. */
  readonly counts: Consumption & { rounds: string[][] };
  reset(): void;
}

async function counted(): Promise<Counted> {
  const { engine, connector } = await openEngineDynamoDb();
  const counts: Counted['counts'] = { readUnits: 0, writeUnits: 0, rounds: [] };
  let open = false;
  const wrap =
    (action: string) =>
    async (input: object): Promise<never> => {
      if (!open) counts.rounds.push([]);
      open = true;
      counts.rounds.at(-1)?.push(action);
      try {
        // Long enough for all of a round to begin.
        await new Promise((done) => setTimeout(done, 10));
        return (await engine.call(action, JSON.parse(JSON.stringify(input)), counts)) as never;
      } catch (error) {
        throw Object.assign(error as Error, (error as { body?: object }).body);
      } finally {
        open = false;
      }
    };
  const actions: [keyof DynamoDbConnector, string][] = [
    ['batchGetItem', 'BatchGetItem'],
    ['getItem', 'GetItem'],
    ['putItem', 'PutItem'],
    ['updateItem', 'UpdateItem'],
    ['query', 'Query'],
    ['transactWriteItems', 'TransactWriteItems'],
  ];
  return {
    connector: { ...connector, ...Object.fromEntries(actions.map(([name, action]) => [name, wrap(action)])) },
    counts,
    reset() {
      counts.readUnits = 0;
      counts.writeUnits = 0;
      counts.rounds = [];
    },
  };
}

let upstream: Upstream;
let gateway: TestGateway | undefined;
let table: Counted;
let key: string;

async function start(options: { readonly team?: boolean; readonly limits?: object; readonly budgets?: typeof MONTH } = {}): Promise<void> {
  table = await counted();
  // No quarter of an hour ends on the way, in which pages are put into their index anew.
  const nowMs = Date.now();
  gateway = await startGateway({
    clock: { now: () => nowMs, monotonic: () => performance.now() },
    dynamodb: table.connector,
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { free: false })] },
  });
  const identity = createIdentityStore(table.connector, TABLE_NAMES.identity);
  const stamp = { status: 'active' as const, generation: 1, createdAt: AT, updatedAt: AT };
  const team = { id: 'research', budgets: MONTH, ...stamp };
  if (options.team === true) await identity.create('team', team);
  const made = generateKey();
  await identity.create('key', {
    id: made.keyId,
    role: 'caller',
    hashes: [{ pepperVersion: 1, hmac: hashSecret(PEPPER, made.keyId, made.secret) }],
    lastFour: made.lastFour,
    ...(options.budgets === undefined ? {} : { budgets: options.budgets }),
    limits: { requests_per_minute: 600, ...options.limits },
    ...(options.team === true ? { teamId: 'research', above: { team } } : {}),
    ...stamp,
  });
  key = made.text;
  table.reset();
}

async function ask(): Promise<number> {
  const { status } = (await gateway?.call('/v1/chat/completions', BODY, { authorization: `Bearer ${key}` })) ?? { status: 0 };
  await gateway?.settled();
  return status;
}

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER));
});

afterEach(async () => {
  await gateway?.close();
  await upstream.close();
});

test('perf-four-round-trips: a key with a budget and a rate: four writes and two rows, one trip before the call and two after it', async () => {
  await start({ budgets: MONTH });
  await ask();
  table.reset();

  expect(await ask()).toBe(200);

  expect(table.counts.rounds.map((round) => round.sort())).toEqual([['BatchGetItem', 'UpdateItem'], ['PutItem'], ['UpdateItem']]);
  // The reservation, the record and its place in the list, the entry taken away.
  expect(table.counts.writeUnits).toBe(4);
  expect(table.counts.readUnits).toBe(2);
});

test('with a budget of its team: six writes and three rows', async () => {
  await start({ budgets: MONTH, team: true });
  await ask();
  table.reset();

  expect(await ask()).toBe(200);

  expect(table.counts.rounds.map((round) => round.sort())).toEqual([
    ['BatchGetItem', 'UpdateItem', 'UpdateItem'],
    ['PutItem'],
    ['UpdateItem', 'UpdateItem'],
  ]);
  expect(table.counts.writeUnits).toBe(6);
  expect(table.counts.readUnits).toBe(3);
});

test('a key that no process knows is read in one trip more', async () => {
  await start({ budgets: MONTH, team: true });
  await gateway?.gateway.configuration.ready();
  table.reset();

  expect(await ask()).toBe(200);

  // Its pages are made by a write each, which the first one tells.
  expect(table.counts.rounds.map((round) => round.sort()).slice(0, 2)).toEqual([
    ['BatchGetItem'],
    ['BatchGetItem', 'UpdateItem', 'UpdateItem'],
  ]);
});

test('a refusal by the page costs its write, one from memory none', async () => {
  await start({ budgets: [{ limit_usd: '0.000001', period: 'month' }] });
  expect(await ask()).toBe(402);
  table.reset();

  expect(await ask()).toBe(402);

  expect(table.counts.writeUnits).toBe(0);
  expect(table.counts.readUnits).toBe(2);
});

test('a page at rest leaves the index for two units', async () => {
  await start({ budgets: MONTH });
  await ask();
  table.reset();

  const pages = createPageStore(table.connector, TABLE_NAMES.counters);
  const records = createUsageRecordStore(table.connector, TABLE_NAMES.records, { now: () => Date.now() });
  await createSweeper({ pages, records, clock: { now: () => Date.now() + 3_600_000 } }).sweep();

  expect(table.counts.writeUnits).toBe(2);
});

test.each([
  [1, 16],
  [40, 94],
])('%i calls of a key with a team, added up at once, cost %i units', async (calls, units) => {
  table = await counted();
  const records = Array.from({ length: calls }, (_unused, index): KeptRecord => {
    const id = `01jd0v7c6h2k9m4n8p${String(index).padStart(4, '0')}`;
    const call = { id, createdAt: '2026-11-24T12:00:00.000Z', keyId: 'key_01jd0v7c6h2k9m4n8p', teamId: 'research' };
    const served = { provider: 'anthropic', requestModel: 'claude-sonnet-4-5', usage: { inputTokens: 10, outputTokens: 5 } };
    return { ...usageRecord({ ...call, ...served, outcome: 'ok', costNanoUsd: 12_345_600n }), updatedAt: '2026-11-24T12:00:10.000Z' };
  });
  const rollups = createRollupStore(table.connector, TABLE_NAMES.records);
  const writer = createRollupWriter(rollups, { now: () => Date.parse('2026-11-24T12:00:11.000Z') });
  await writer.apply([contributionOf(records[0] as KeptRecord) as never]);
  table.reset();

  await writer.apply(records.map((record) => ({ ...contributionOf(record), requestId: `${record.id}x` }) as never));

  expect(table.counts.writeUnits).toBe(units);
});
