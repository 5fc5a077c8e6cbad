/** A tool of the provider that is a model: who may use it, what is reserved for it and what it costs. */
import { HELLO, message, pricedGateway } from '../../support/priced-gateway';

const gateway = pricedGateway(['anthropic']);
const MESSAGES = '/v1/messages';
const advised = (advisor: object, more: object = {}) => ({
  model: 'anthropic/claude-haiku-4-5',
  max_tokens: 20,
  messages: HELLO,
  tools: [{ type: 'advisor_20260301', name: 'advisor', ...advisor }],
  ...more,
});
const OPUS = { model: 'claude-opus-4-1', max_uses: 1 };
const usage = {
  input_tokens: 500,
  output_tokens: 20,
  iterations: [
    { type: 'message', input_tokens: 500, output_tokens: 20 },
    { type: 'advisor_message', model: 'claude-opus-4-1', input_tokens: 150_000, output_tokens: 20_000, cache_read_input_tokens: 0 },
  ],
};
const BUDGET = { limit_usd: '500.00', period: 'lifetime' } as const;

test('R14 a model that a tool runs is refused like a direct call of it', async () => {
  const authorization = await gateway.keyOf({ models: ['anthropic/claude-haiku-4-5'] });
  const { reply } = await gateway.ask(MESSAGES, advised(OPUS), message(usage), { authorization });

  expect(reply.status).toBe(403);
  expect(reply.text).toContain("'claude-opus-4-1'");
});

test('R14 a tool that is a model is refused by name where the key names no such tool, and where it names no model', async () => {
  const authorization = await gateway.keyOf({ serverTools: ['web_search_*'] });
  const { reply } = await gateway.ask(MESSAGES, advised(OPUS), message(usage), { authorization });
  expect(reply.status).toBe(403);
  expect(reply.text).toContain("'advisor_20260301'");

  const unnamed = await gateway.ask(MESSAGES, advised({}), message(usage));
  expect(unnamed.reply.status).toBe(400);
  expect(unnamed.reply.text).toContain('tools[0].model');
});

test('R14 a tool that runs a model without a price is not called', async () => {
  const { reply } = await gateway.ask(MESSAGES, advised({ model: 'claude-nobody-knows' }), message(usage));

  expect(reply.status).toBe(400);
  expect(reply.text).toContain("'claude-nobody-knows'");
});

test('R10 what an advisor reads and writes is reserved, believed and charged at no less than its own price', async () => {
  const authorization = await gateway.keyOf({ budgets: [BUDGET] });
  const { reply, record, reserved, charged } = await gateway.ask(MESSAGES, advised(OPUS), message(usage), { authorization });

  expect(reply.status).toBe(200);
  expect(record?.usage?.estimated).toBeUndefined();
  expect(record?.usage).toMatchObject({ inputTokens: 150_500, outputTokens: 20_020 });
  expect(charged).toBe(150_500n * 15_000n + 20_020n * 75_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});
