/** Whatever form a file takes, and whatever it is said to be, the call is never charged more than it reserved. */
import { loadPriceBook } from '../../../lambda/money/deployed-book';
import { startGateway, type TestGateway } from '../../support/gateway';
import { PIXEL_PNG, png } from '../../support/pictures';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

const KINDS = ['openai', 'anthropic', 'google-ai-studio', 'perplexity', 'mistral', 'openrouter'] as const;

let upstream: Upstream;
let gateway: TestGateway;
let authorization: string;

beforeAll(async () => {
  upstream = await startUpstream();
  const place = { baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback', mediaUrls: true } as const;
  gateway = await startGateway({
    priceBook: await loadPriceBook(),
    document: { providers: KINDS.map((kind) => ({ id: kind, kind, ...place })) },
  });
  authorization = `Bearer ${await gateway.addKey({ serverTools: ['*'] })}`;
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';
const RESPONSES = '/v1/responses';

/** What the provider answers when it counted this many tokens. */
function answer(path: string, model: string, tokens: number, sound: boolean) {
  if (model.startsWith('google')) {
    const details = sound ? { promptTokensDetails: [{ modality: 'AUDIO', tokenCount: tokens - 10 }] } : {};
    const candidates = [{ index: 0, content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }];
    return jsonReply({ candidates, usageMetadata: { promptTokenCount: tokens, candidatesTokenCount: 5, ...details } });
  }
  const counts = { input_tokens: tokens, output_tokens: 5 };
  if (path === MESSAGES) {
    const content = [{ type: 'text', text: 'hi' }];
    return jsonReply({ id: 'm', type: 'message', role: 'assistant', model: 'm', content, stop_reason: 'end_turn', usage: counts });
  }
  if (path === RESPONSES) return jsonReply({ id: 'r', object: 'response', status: 'completed', model: 'm', output: [], usage: counts });
  const message = { role: 'assistant', content: 'hi' };
  const usage = { prompt_tokens: tokens, completion_tokens: 5, total_tokens: tokens + 5 };
  return jsonReply({ model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
}

async function ask(path: string, body: { readonly model: string }, tokens: number, sound = false) {
  upstream.script(answer(path, body.model, tokens, sound));
  const before = gateway.records().length;
  const reply = await gateway.call(path, { stream: false, ...body }, { authorization });
  await gateway.settled();
  const record = gateway
    .records()
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .at(-1);
  expect([reply.status, gateway.records().length]).toEqual([200, before + 1]);
  return { record, reserved: record?.boundNanoUsd as bigint, charged: record?.costNanoUsd as bigint };
}

const chat = (model: string, ...content: object[]) => ({ model, max_tokens: 10, messages: [{ role: 'user', content }] });
const messages = (...content: object[]) => ({
  model: 'anthropic/claude-sonnet-4-5',
  max_tokens: 10,
  messages: [{ role: 'user', content }],
});
const responses = (...content: object[]) => ({
  model: 'openai/gpt-4.1',
  max_output_tokens: 16,
  store: false,
  input: [{ role: 'user', content }],
});
const base64 = (...parts: (string | Buffer)[]): string =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))).toString('base64');

const PDF = base64('%PDF-1.7\n', Buffer.alloc(1_900, 0x20));
const FLAC = base64('fLaC', Buffer.alloc(10_236));
const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } };
const fetched = {
  type: 'web_fetch_tool_result',
  tool_use_id: 't',
  content: { type: 'web_fetch_result', url: 'https://x', content: document },
};
const page = (data: string) => ({ type: 'document', source: { type: 'url', url: data } });

const CASES: readonly [string, string, { readonly model: string }, number][] = [
  [
    'document_url of Mistral',
    CHAT,
    chat('mistral/mistral-large-latest', { type: 'document_url', document_url: 'https://example.com/a.pdf' }),
    100_000,
  ],
  ['file_url of Perplexity', CHAT, chat('perplexity/sonar', { type: 'file_url', file_url: { url: 'https://example.com/a.pdf' } }), 120_000],
  ['a part that nobody knows', CHAT, chat('openai/gpt-4.1', { type: 'hologram', hologram: { where: 'https://example.com/a' } }), 1_000_000],
  ['bytes of a part that nobody knows', CHAT, chat('openai/gpt-4.1', { type: 'hologram', payload: PDF }), 1_000_000],
  ['a PDF in what was fetched', MESSAGES, messages({ type: 'text', text: 'hi' }, fetched), 200_000],
  ['a PDF in the result of a tool', MESSAGES, messages({ type: 'mcp_tool_result', tool_use_id: 't', content: [document] }), 200_000],
  ['a PDF of few bytes', MESSAGES, messages(document), 200_000],
  [
    'a PDF that is said to be a recording',
    CHAT,
    chat('openai/gpt-4.1', { type: 'file', file: { file_data: `data:audio/mpeg;base64,${PDF}` } }),
    1_000_000,
  ],
  [
    'a PDF that is said to be a picture',
    CHAT,
    chat('openai/gpt-4.1', { type: 'image_url', image_url: { url: `data:image/png;base64,${PDF}` } }),
    1_000_000,
  ],
  [
    'a PDF that is said to be text',
    CHAT,
    chat('openai/gpt-4.1', { type: 'file', file: { file_data: `data:text/plain;base64,${PDF}` } }),
    1_000_000,
  ],
  [
    'an archive',
    RESPONSES,
    responses({ type: 'input_file', filename: 'a.docx', file_data: base64('PK\x03\x04', Buffer.alloc(50)) }),
    1_000_000,
  ],
  ...[' ', '\t', '\u0001', '\n'].flatMap((before): [string, string, { readonly model: string }, number][] => [
    [`an address after ${JSON.stringify(before)}`, MESSAGES, messages(page(`${before}https://example.com/a.pdf`)), 200_000],
    [
      `a file_url after ${JSON.stringify(before)}`,
      RESPONSES,
      responses({ type: 'input_file', file_url: `${before}https://example.com/a.pdf` }),
      1_000_000,
    ],
  ]),
  ['an address with a tab inside', MESSAGES, messages(page('ht\ttps://example.com/a.pdf')), 200_000],
  ['an address without a scheme', MESSAGES, messages(page('//example.com/a.pdf')), 200_000],
];

test.each(CASES)('R11 money-08 %s is reserved as the dearest that it may be', async (_name, path, body, tokens) => {
  const { record, reserved, charged } = await ask(path, body, tokens);

  expect(record?.usage?.estimated).toBeUndefined();
  expect(charged).toBeGreaterThan(tokens > 500_000 ? 1_000_000_000n : 10_000_000n);
  expect(reserved).toBeGreaterThanOrEqual(charged);
});

test.each(['flac', 'ogg', 'aac', 'wav'])(
  'R11 money-08 sound in %s that its bytes do not bound is reserved at the longest',
  async (format) => {
    const part = { type: 'input_audio', input_audio: { data: FLAC, format } };
    const { record, reserved, charged } = await ask(CHAT, chat('google-ai-studio/gemini-2.5-flash', part), 1_000_000, true);

    expect(record?.usage?.estimated).toBeUndefined();
    expect(charged).toBeGreaterThan(900_000_000n);
    expect(reserved).toBeGreaterThanOrEqual(charged);
  },
);

test('R11 money-08 a picture is one, whatever it is said to be', async () => {
  const asText = { type: 'image', source: { type: 'base64', media_type: 'text/plain', data: png(2_000, 2_000) } };
  const large = await ask(MESSAGES, messages(...Array.from({ length: 20 }, () => asText)), 20 * 4_900);
  expect(large.record?.usage?.estimated).toBeUndefined();
  expect(large.reserved).toBeGreaterThanOrEqual(large.charged);

  const asSound = { type: 'file', file: { file_data: `data:audio/mpeg;base64,${PIXEL_PNG}` } };
  const small = await ask(CHAT, chat('openai/gpt-4.1', asSound), 500);
  expect(small.reserved).toBeGreaterThanOrEqual(small.charged);
  expect(small.reserved).toBeLessThan(20_000_000n);
});

test.each<[string, string, { readonly model: string }]>([
  [
    'addresses that a search found',
    MESSAGES,
    messages({
      type: 'web_search_tool_result',
      tool_use_id: 't',
      content: [{ type: 'web_search_result', url: 'https://x', title: 't', encrypted_content: 'A'.repeat(400) }],
    }),
  ],
  ['arguments of a tool', MESSAGES, messages({ type: 'tool_use', id: 't', name: 'f', input: { url: 'https://x', data: 'A'.repeat(400) } })],
  ['a plain text', MESSAGES, messages({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hello' } })],
  ['a text file', CHAT, chat('openai/gpt-4.1', { type: 'file', file: { file_data: `data:text/plain;base64,${base64('hello world')}` } })],
  ['thoughts', MESSAGES, messages({ type: 'redacted_thinking', data: 'A'.repeat(400) })],
])('R11 %s are words', async (_name, path, body) => {
  const { reserved } = await ask(path, body, 100);

  expect(reserved).toBeLessThan(20_000_000n);
});
