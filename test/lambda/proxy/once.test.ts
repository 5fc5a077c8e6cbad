import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

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
  expect(third.json.error.message).toContain(gateway.records()[0]?.id);
  expect(gateway.records()).toHaveLength(1);
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
