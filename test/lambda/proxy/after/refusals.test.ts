import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
const BODY = { model: 'up/m', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }] };
const ANSWER = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
};

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER));
  gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const refusedItems = () => gateway.table.items('records').filter((item) => item['pk']?.S?.startsWith('refused#'));
const sums = () =>
  refusedItems()
    .flatMap((item) => JSON.parse(item['rows']?.S ?? '[]') as { tuple: Record<string, string>; count: number }[])
    .map(({ tuple, count }) => [tuple['outcome'], tuple['level'] ?? null, tuple['alias'] ?? null, count])
    .sort();

test('refused calls are added up by reason and level, and written together', async () => {
  const limited = await gateway.addKey({ limits: { requests_per_minute: 1 } });
  const narrow = await gateway.addKey({ models: ['other/*'] });
  const call = (key: string) => gateway.call('/v1/chat/completions', BODY, { authorization: `Bearer ${key}` });

  expect((await call(limited)).status).toBe(200);
  for (let count = 0; count < 3; count += 1) expect((await call(limited)).status).toBe(429);
  for (let count = 0; count < 2; count += 1) expect((await call(narrow)).status).toBe(403);
  expect((await call('sk-gw-nonsense')).status).toBe(401);
  await gateway.settled();
  expect(refusedItems()).toEqual([]);

  await gateway.gateway.refusals.flush();

  expect(refusedItems()).toHaveLength(1);
  expect(sums()).toEqual([
    ['invalid_api_key', null, null, 1],
    ['model_not_allowed', null, 'up/m', 2],
    ['rate_limit_exceeded', 'key', 'up/m', 3],
  ]);
  expect(refusedItems()[0]?.['rows']?.S).not.toContain('nonsense');
});

test('what the table does not take is written later, under the same name', async () => {
  await gateway.call('/v1/chat/completions', BODY, { authorization: 'Bearer sk-gw-nonsense' });
  const names: unknown[] = [];
  gateway.table.hooks = {
    after: ({ operation, input }) => {
      if (operation !== 'putItem' || names.push(JSON.stringify(input).match(/refused#[^"]+/)?.[0]) > 1) return;
      throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
    },
  };

  await gateway.gateway.refusals.flush();
  await gateway.gateway.refusals.flush();
  await gateway.gateway.refusals.flush();

  expect(names).toHaveLength(2);
  expect(new Set(names).size).toBe(1);
  expect(sums()).toEqual([['invalid_api_key', null, null, 1]]);
});

test('names that a caller chooses do not grow without end', async () => {
  const key = await gateway.addKey({ models: ['other/*'] });
  for (let index = 0; index < 130; index += 1) {
    await gateway.call('/v1/chat/completions', { ...BODY, model: `up/${index}` }, { authorization: `Bearer ${key}` });
  }

  await gateway.gateway.refusals.flush();

  expect(sums()).toHaveLength(101);
  expect(sums().reduce((sum, [, , , count]) => sum + (count as number), 0)).toBe(130);
});
