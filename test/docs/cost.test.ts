/** The figures of docs/cost.md: made by scripts/cost.mjs, of what the handlers really do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addKeys, KEY_TEXTS, PEPPER_SECRET } from '../../bench/keys';
import { loadPriceBook } from '../../lambda/money/deployed-book';
import { ERROR_TYPES, METRIC_FACTS } from '../../lib/private/contract';
import { metricCounts } from '../../scripts/cost/metrics.mjs';
import { resourcesOf } from '../../scripts/cost/resources.mjs';
import { blocks } from '../../scripts/cost/tables.mjs';
import { withBlocks } from '../../scripts/page-blocks.mjs';
import { openEngineDynamoDb } from '../support/engine-dynamodb';
import { startGateway } from '../support/gateway';
import { TABLE_NAMES } from '../support/memory-dynamodb';
import { jsonReply, startUpstream } from '../support/upstream';

const root = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const measured = JSON.parse(read('scripts/cost/measured.json'));

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
};

test('the page says what the script prints: else run `node scripts/cost.mjs --write`', () => {
  expect(withBlocks(read('docs/cost.md'), blocks(measured))).toBe(read('docs/cost.md'));
});

test('the app has the resources that were counted: else run `node scripts/cost.mjs --measure --write`', () => {
  expect(resourcesOf(root)).toEqual(measured.resources);
});

test('the metrics are those that were counted: else run `node scripts/cost.mjs --measure --write`', () => {
  expect(metricCounts(METRIC_FACTS, ERROR_TYPES.length, measured.metrics.good)).toEqual(measured.metrics);
});

test('a call is billed what was counted: else run `node scripts/cost.mjs --measure --write`', async () => {
  const { connector, engine } = await openEngineDynamoDb();
  await addKeys(connector, TABLE_NAMES.identity);
  const call = engine.call.bind(engine);
  const consumption = { readUnits: 0, writeUnits: 0 };
  engine.call = (action, input) => call(action, input, consumption);
  const upstream = await startUpstream();
  upstream.script(() => jsonReply(ANSWER));
  const place = { baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' } as const;
  // No quarter of an hour ends on the way, in which pages are put into their index anew.
  const nowMs = Date.now();
  const gateway = await startGateway({
    clock: { now: () => nowMs, monotonic: () => performance.now() },
    dynamodb: connector,
    pepperSecret: PEPPER_SECRET,
    priceBook: await loadPriceBook(),
    document: { providers: [{ id: 'openai', kind: 'openai', ...place }] },
  });
  const unitsOfACall = async (key: string): Promise<number> => {
    const body = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 100 };
    const before = consumption.writeUnits;
    const { status } = await gateway.call('/v1/chat/completions', body, { authorization: `Bearer ${key}` });
    await gateway.settled();
    expect(status).toBe(200);
    return consumption.writeUnits - before;
  };

  // The first call of a month makes what the next ones change.
  await unitsOfACall(KEY_TEXTS.key);
  await unitsOfACall(KEY_TEXTS.teamKey);
  const [alone, member] = [await unitsOfACall(KEY_TEXTS.key), await unitsOfACall(KEY_TEXTS.teamKey)];
  await gateway.close();
  await upstream.close();

  expect({ alone, member }).toEqual({
    alone: measured.alone.functions.proxy.writeUnits,
    member: measured.member.functions.proxy.writeUnits,
  });
});
