import type { KeyRecord } from '../../../../lambda/identity/entities';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { bookOf } from '../../../support/prices';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
const answer = { choices: [{ index: 0, message: { role: 'assistant', content: 'y' } }], usage: { prompt_tokens: 1, completion_tokens: 1 } };
const ask = (content: string, headers: Record<string, string> = {}) =>
  gateway.call('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content }] }, { 'idempotency-key': 'k1', ...headers });

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

test('D17 the same Idempotency-Key is charged once, while in flight and after completion', async () => {
  upstream.script([{ waitMs: 60 }, ...jsonReply(answer)]);

  const [first, second] = await Promise.all([ask('x'), ask('x')]);
  await gateway.settled();
  const third = await ask('x');

  expect([first?.status, second?.status].sort()).toEqual([200, 409]);
  expect([third.status, third.json.error.code, third.headers['x-should-retry']]).toEqual([409, 'duplicate_request', 'false']);
  const charged = gateway.records().filter(({ state }) => state !== 'void');
  expect(charged).toHaveLength(1);
  expect(third.json.error.message).toContain(charged[0]?.id);
  expect(upstream.requests).toHaveLength(1);
});

test('D18 the same Idempotency-Key with another body is refused', async () => {
  await ask('x');

  const reply = await ask('other');

  expect([reply.status, reply.json.error.code]).toEqual([400, 'idempotency_mismatch']);
});

test('a call that failed without cost, or was refused, leaves its key free', async () => {
  upstream.script((_seen, number) => (number === 1 ? jsonReply({ error: { message: 'no' } }, 400) : jsonReply(answer)));
  expect((await ask('x')).status).toBe(400);
  await gateway.settled();
  expect((await ask('x')).status).toBe(200);

  const limited = { authorization: `Bearer ${await gateway.addKey({ limits: { requests_per_minute: 1 } })}` };
  expect((await ask('x', { ...limited, 'idempotency-key': 'a' })).status).toBe(200);
  expect((await ask('x', { ...limited, 'idempotency-key': 'b' })).status).toBe(429);
  expect((await ask('x', { ...limited, 'idempotency-key': 'b' })).status).toBe(429);
});

test('keys of different callers are different keys', async () => {
  const other = await gateway.addKey();

  expect((await ask('x')).status).toBe(200);
  expect((await ask('x', { authorization: `Bearer ${other}` })).status).toBe(200);
});

/** What was asked of the table, in calls and in calls that had to wait for one another. */
const asked = async (made: () => Promise<unknown>) => {
  await gateway.settled();
  gateway.table.resetCounts();
  let rounds = 0;
  let open = 0;
  gateway.table.hooks = {
    before: async () => {
      if (open++ === 0) rounds += 1;
      await new Promise((done) => setTimeout(done, 5));
    },
    after: async () => {
      open -= 1;
    },
  };
  await made();
  await gateway.settled();
  gateway.table.hooks = {};
  return { writes: gateway.table.writes, rounds };
};

test('R07 the claim goes out with the reservation: one write, and no round trip of its own', async () => {
  await ask('warm', { 'idempotency-key': '' });

  const without = await asked(() => ask('x', { 'idempotency-key': '' }));
  const withKey = await asked(() => ask('x'));

  expect(withKey).toEqual({ writes: without.writes + 1, rounds: without.rounds });
});

test.each<readonly [string, Partial<KeyRecord>, Record<string, string>, number]>([
  ['a policy refuses', { models: ['openai/*'] }, {}, 403],
  ['asks for an endpoint that it may not use', { endpoints: ['/v1/embeddings'] }, {}, 403],
  ['the bound refuses', {}, { 'x-gateway-max-cost-usd': 'x' }, 400],
  ['has too long a key', {}, { 'idempotency-key': 'k'.repeat(256) }, 400],
])('R07 a call that %s writes nothing', async (_name, changes, headers, status) => {
  const authorization = `Bearer ${await gateway.addKey(changes)}`;

  const { writes } = await asked(async () => expect((await ask('x', { authorization, ...headers })).status).toBe(status));

  expect(writes).toBe(0);
});

test('R07 a call that is refused from memory writes nothing', async () => {
  const authorization = `Bearer ${await gateway.addKey({ limits: { requests_per_minute: 1 } })}`;
  for (const key of ['a', 'b']) await ask('x', { authorization, 'idempotency-key': key });

  const { writes } = await asked(async () => expect((await ask('x', { authorization, 'idempotency-key': 'c' })).status).toBe(429));

  expect(writes).toBe(0);
});

test('R07 D17 a key that is held refuses like any limit: nothing stays reserved', async () => {
  await gateway.close();
  gateway = await startGateway({
    priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
    document: { providers: [compatible('up', upstream.origin, { free: false })] },
  });
  const budgets = [{ limit_usd: '1', period: 'month' as const }];
  const authorization = `Bearer ${await gateway.addKey({ budgets, limits: { concurrent_requests: 2 } })}`;
  upstream.script([{ waitMs: 100 }, ...jsonReply(answer)]);
  const running = ask('x', { authorization });
  await new Promise((done) => setTimeout(done, 50));

  const refused = [await ask('x', { authorization }), await ask('y', { authorization }), await ask('x', { authorization })];
  await running;
  await gateway.settled();

  expect(refused.map(({ status, json }) => [status, json.error.code])).toEqual([
    [409, 'duplicate_request'],
    [400, 'idempotency_mismatch'],
    [409, 'duplicate_request'],
  ]);
  expect(gateway.records().map(({ state }) => state)).toEqual(expect.arrayContaining(['settled', 'void', 'void', 'void']));
  const me = await gateway.send('GET', '/v1/me', { authorization });
  expect(me.json.budgets[0].reserved_usd).toBe('0.00');
  // The slots of the refused calls are free as well.
  const both = await Promise.all(['p', 'q'].map((key) => ask('x', { authorization, 'idempotency-key': key })));
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
});

describe.each(['the same', 'another'])('R07 a key whose call was refused or cost nothing is free for %s body', (which) => {
  const second = which === 'the same' ? 'x' : 'y';

  test('R07 after a budget refused it and was raised', async () => {
    await gateway.close();
    gateway = await startGateway({
      priceBook: createPriceBook(bookOf(['openai-compatible'], 'm || input=1 output=2')),
      document: { providers: [compatible('up', upstream.origin, { free: false })] },
    });
    const key = await gateway.addKey({ budgets: [{ limit_usd: '0.000000001', period: 'month' }] });
    const authorization = `Bearer ${key}`;
    const refused = await ask('x', { authorization });
    await gateway.settled();
    await gateway.changeKey(key, { budgets: [{ limit_usd: '1', period: 'month' }] });

    const replies = [refused, await ask(second, { authorization }), await ask('z', { authorization })];

    expect(replies.map(({ status, json }) => [status, json.error?.code])).toEqual([
      [402, 'insufficient_quota'],
      [200, undefined],
      [400, 'idempotency_mismatch'],
    ]);
  });

  test('R07 after the provider refused it', async () => {
    upstream.script((_seen, number) => (number === 1 ? jsonReply({ error: { message: 'no' } }, 400) : jsonReply(answer)));

    const first = await ask('x');
    await gateway.settled();

    expect([first.status, (await ask(second)).status]).toEqual([400, 200]);
  });
});

test('R07 D17 a call whose first attempt at admission was lost does not meet its own claim', async () => {
  let lost = 0;
  gateway.table.hooks = {
    after: async ({ operation, input }) => {
      const item = (input as { Item?: { pk?: { S?: string } } }).Item;
      if (operation !== 'putItem' || item?.pk?.S?.startsWith('idempotency#') !== true || lost++ > 0) return;
      throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
    },
  };

  const first = await ask('x');
  gateway.table.hooks = {};
  await gateway.settled();

  expect([first.status, lost > 1]).toEqual([200, true]);
  expect((await ask('x')).status).toBe(409);
  expect(upstream.requests).toHaveLength(1);
});
