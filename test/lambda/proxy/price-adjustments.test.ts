/** Discounts and mark-ups: what a call is set aside, charged and told, from the provider's terms to what a team is charged. */
import { createIdentityStore, createOverrideStore } from '../../../lambda/aws/dynamodb';
import { createPriceBook } from '../../../lambda/money/pricing';
import { shownRecord } from '../../../lambda/money/shown-record';
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { bookOf } from '../../support/prices';
import { jsonReply, type Step, startUpstream, type Upstream } from '../../support/upstream';

/** A nano-dollar a token is 1,000,000. */
const BOOK = createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2'));
const USAGE = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
const LIST = 17_000n;
const AT = '2026-01-01T00:00:00Z';
const BUDGETS = [{ limit_usd: '1', period: 'month' as const }];
const ANSWER = jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }], usage: USAGE });
const CHAT = { messages: [{ role: 'user', content: 'x' }], max_tokens: 100 };

let upstreams: Upstream[];
let gateway: TestGateway;

beforeEach(async () => {
  upstreams = await Promise.all([startUpstream(), startUpstream()]);
  const [first = '', second = ''] = upstreams.map(({ origin }) => origin);
  gateway = await startGateway({
    priceBook: BOOK,
    document: {
      providers: [compatible('p', first, { free: false }), compatible('q', second, { free: false })],
      routes: [{ alias: 'both', targets: ['p', 'q'].map((provider) => ({ provider, model: 'm' })) }],
      priceAdjustments: [
        { id: 'p/*', percent: '-33.3333' },
        { id: '*', team_percent: { red: '10' } },
      ],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

async function ask(model: string, more: object = {}, steps: readonly (readonly Step[])[] = [ANSWER, ANSWER], headers = {}) {
  for (const [index, upstream] of upstreams.entries()) upstream.script(steps[index] as Step[]);
  const reply = await gateway.call('/v1/chat/completions', { model, ...CHAT, ...more }, headers);
  await gateway.settled();
  return { reply, record: gateway.records().at(-1) };
}

async function keyOf(teamId: string): Promise<{ readonly authorization: string }> {
  const made = { name: teamId, status: 'active', generation: 1, createdAt: AT, updatedAt: AT } as const;
  await createIdentityStore(gateway.table, TABLE_NAMES.identity).create('team', { id: teamId, ...made, budgets: BUDGETS });
  return { authorization: `Bearer ${await gateway.addKey({ teamId, budgets: BUDGETS })}` };
}

test('R15 a discount of the provider is set aside, charged and told apart from the list price', async () => {
  const { record } = await ask('p/m');
  const listed = await ask('q/m');

  // 17,000 x 0.666667 = 11,333.339, rounded up.
  expect(record?.costNanoUsd).toBe(11_334n);
  expect(record?.providerAdjustmentNanoUsd).toBe(11_334n - LIST);
  expect(record?.teamAdjustmentNanoUsd).toBeUndefined();
  expect(listed.record).toMatchObject({ costNanoUsd: LIST });
  expect(listed.record?.providerAdjustmentNanoUsd).toBeUndefined();
  const set = listed.record?.boundNanoUsd as bigint;
  expect(record?.boundNanoUsd).toBe((set * 666_667n + 999_999n) / 1_000_000n);
  expect(shownRecord(record as never)).toMatchObject({
    cost_usd: '0.000011334',
    list_usd: '0.000017',
    provider_adjustment_usd: '-0.000005666',
  });
  expect(shownRecord(listed.record as never)).not.toHaveProperty('list_usd');
});

test('R15 a team is charged on top of what the provider bills, and its budget and /v1/me go by that', async () => {
  const [red, blue] = [await keyOf('red'), await keyOf('blue')];
  const charged = await ask('p/m', {}, undefined, red);
  const other = await ask('p/m', {}, undefined, blue);

  // 11,334 x 1.1 = 12,467.4, rounded up.
  expect(charged.record).toMatchObject({ costNanoUsd: 12_468n, providerAdjustmentNanoUsd: -5_666n, teamAdjustmentNanoUsd: 1_134n });
  expect(other.record?.costNanoUsd).toBe(11_334n);
  const me = await gateway.send('GET', '/v1/me', red);
  const { budgets } = JSON.parse(me.text) as { budgets: readonly { scope: string; spent_usd: string }[] };
  expect(budgets.map(({ spent_usd }) => spent_usd)).toEqual(['0.000012468', '0.000012468']);
});

test('R15 each lost attempt is charged at the terms of who may bill it', async () => {
  const { record } = await ask('both', {}, [[{ reset: true }], ANSWER], await keyOf('red'));
  const lost = BigInt((record?.attempts?.[0]?.estimatedCostUsd ?? '').replace('0.', '').padEnd(9, '0'));

  expect(record?.provider).toBe('q');
  expect(lost).toBeGreaterThan(0n);
  // 17,000 x 1.1 at the second, which gives no discount.
  expect(record?.costNanoUsd).toBe(lost + 18_700n);
  const list = (record?.costNanoUsd as bigint) - (record?.providerAdjustmentNanoUsd as bigint) - (record?.teamAdjustmentNanoUsd as bigint);
  const lostList = list - LIST;
  const billed = (lostList * 666_667n + 999_999n) / 1_000_000n;
  expect(lost).toBe((billed * 1_100_000n + 999_999n) / 1_000_000n);
});

test('R15 what an administrator changes at run time goes before, and the most that a call may cost is held to what is charged', async () => {
  const store = createOverrideStore(gateway.table, TABLE_NAMES.identity);
  const at = (percent: string) => ({ id: 'p/m', percent, generation: 1, updatedAt: '2026-01-01T00:00:00Z' });
  await store.put('price', at('1000'));
  expect((await ask('p/m')).record?.costNanoUsd).toBe(LIST * 11n);
  const before = await ask('p/m', {}, undefined, { 'x-gateway-max-cost-usd': '0.0000001' });
  expect(before.reply.status).toBe(400);

  await store.put('price', { ...at('-100'), generation: 2 }, 1);
  const free = await ask('p/m', {}, undefined, { 'x-gateway-max-cost-usd': '0.0000001' });
  expect([free.reply.status, free.record?.costNanoUsd, free.record?.providerAdjustmentNanoUsd]).toEqual([200, 0n, -LIST]);
});
