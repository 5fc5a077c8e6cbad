/** An answer that passes through whole is recorded with the reason for which it ended, as a streamed or translated one is. */
import { compatible, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    document: {
      providers: [
        compatible('chat', upstream.origin),
        { id: 'claude', kind: 'anthropic-compatible', baseUrl: { value: upstream.origin }, network: 'loopback', free: true },
        { id: 'openai', kind: 'openai', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback', free: true },
      ],
    },
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const messages = [{ role: 'user', content: 'x' }];
const calls = {
  chat: ['/v1/chat/completions', { model: 'chat/m', messages }],
  messages: ['/v1/messages', { model: 'claude/m', max_tokens: 9, messages }],
  responses: ['/v1/responses', { model: 'openai/m', input: 'x', store: false }],
} as const;

const completion = (finish_reason: string | null, more: object = {}) => ({
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'y', ...more }, finish_reason }],
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
});
const message = (stop_reason: string | null, ...more: readonly object[]) => ({
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'y' }, ...more],
  stop_reason,
  usage: { input_tokens: 5, output_tokens: 7 },
});
const response = (output: readonly object[], more: object = {}) => ({
  id: 'r',
  object: 'response',
  status: 'completed',
  model: 'm',
  output,
  usage: { input_tokens: 5, output_tokens: 7 },
  ...more,
});
const said = { type: 'message', content: [{ type: 'output_text', text: 'y' }] };
const toolCall = { id: 't', type: 'function', function: { name: 'f', arguments: '{}' } };
const secondFirst = {
  ...completion('length'),
  choices: [
    { index: 1, message: { content: 'y' }, finish_reason: 'stop' },
    { index: 0, message: { content: 'y' }, finish_reason: 'length' },
  ],
};

test.each([
  ['chat', completion('stop'), 'stop'],
  ['chat', completion('length'), 'length'],
  ['chat', completion('content_filter'), 'content-filter'],
  ['chat', completion('stop', { tool_calls: [toolCall] }), 'tool-calls'],
  ['chat', secondFirst, 'length'],
  ['chat', completion(null), undefined],
  ['messages', message('end_turn'), 'stop'],
  ['messages', message('max_tokens'), 'length'],
  ['messages', message('tool_use', { type: 'tool_use', id: 't', name: 'f', input: {} }), 'tool-calls'],
  ['messages', message('end_turn', { type: 'tool_use', id: 't', name: 'f', input: {} }), 'tool-calls'],
  ['messages', message('refusal'), 'refusal'],
  ['messages', message(null), undefined],
  ['responses', response([said]), 'stop'],
  ['responses', response([said], { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }), 'length'],
  ['responses', response([{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }]), 'tool-calls'],
] as const)('%s: %j is recorded as %s', async (dialect, answer, finishReason) => {
  upstream.script(jsonReply(answer));
  const [path, body] = calls[dialect];

  const reply = await gateway.call(path, body);
  await gateway.settled();

  expect(reply.json).toEqual(answer);
  const [record, ...others] = gateway.records();
  expect(others).toEqual([]);
  expect(record).toMatchObject({ state: 'settled', outcome: 'ok' });
  expect(record?.finishReason).toBe(finishReason);
});

test('a count of tokens and vectors end for no reason', async () => {
  upstream.script(
    jsonReply({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], model: 'm', usage: { prompt_tokens: 2 } }),
  );
  await gateway.call('/v1/embeddings', { model: 'chat/m', input: 'x' });
  upstream.script(jsonReply({ input_tokens: 5 }));
  await gateway.call('/v1/messages/count_tokens', { model: 'claude/m', messages });
  await gateway.settled();

  const records = gateway.records();
  expect(records.map(({ operation }) => operation).sort()).toEqual(['count-tokens', 'embeddings']);
  for (const record of records) expect(record.finishReason).toBeUndefined();
});
