/** Media that a call names by URL: a server of one's own fetches from inside the network, so it does only where it is let. */

import type { ProviderConfig, ProviderKind } from '../../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway | undefined;
const URL_OF = 'http://169.254.169.254/latest';
const DATA = 'data:image/png;base64,iVBORw0KGgo=';

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply({ error: { message: 'seen' } }, 400));
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await upstream.close();
});

const start = async (kind: ProviderKind, changes: Partial<ProviderConfig> = {}, more: ProviderConfig[] = []) => {
  const own: ProviderConfig = { id: 'own', kind, baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback', free: true, ...changes };
  gateway = await startGateway({ document: { providers: [own, ...more], routes: [route('mixed', 'own/m', 'vendor/m')] } });
  return gateway;
};

const chat = (part: object) => ({
  path: '/v1/chat/completions',
  body: { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, part] }] },
});
const responses = (...input: object[]) => ({ path: '/v1/responses', body: { input } });
const claude = (block: object) => ({ path: '/v1/messages', body: { max_tokens: 9, messages: [{ role: 'user', content: [block] }] } });
const at = (index: number) => `messages[0].content[${index}]`;

const CALLS: readonly [string, { path: string; body: object }, string][] = [
  ['a picture in Chat', chat({ type: 'image_url', image_url: { url: URL_OF } }), `${at(1)}.image_url.url`],
  ['a picture as a bare string', chat({ type: 'image_url', image_url: URL_OF }), `${at(1)}.image_url`],
  ['a film', chat({ type: 'video_url', video_url: { url: URL_OF } }), `${at(1)}.video_url.url`],
  ['sound', chat({ type: 'audio_url', audio_url: { url: URL_OF } }), `${at(1)}.audio_url.url`],
  ['sound as data that is none', chat({ type: 'input_audio', input_audio: { data: URL_OF, format: 'wav' } }), `${at(1)}.input_audio.data`],
  ['a file of the server', chat({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }), `${at(1)}.image_url.url`],
  ['a picture of an unknown type', chat({ type: 'x_tool_use', uuid: '1', image_url: URL_OF }), `${at(1)}.image_url`],
  [
    'pictures beside a message',
    { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'x', images: [URL_OF] }] } },
    'messages[0].images[0]',
  ],
  ['a document as data that is none', chat({ type: 'file', file: { file_data: URL_OF } }), `${at(1)}.file.file_data`],
  [
    'a picture in Responses',
    responses({ role: 'user', content: [{ type: 'input_image', image_url: URL_OF }] }),
    'input[0].content[0].image_url',
  ],
  [
    'a document in Responses',
    responses({ role: 'user', content: [{ type: 'input_file', file_url: URL_OF }] }),
    'input[0].content[0].file_url',
  ],
  [
    'a picture in a tool’s output',
    responses({ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: URL_OF }] }),
    'input[0].output[0].image_url',
  ],
  [
    'a screenshot',
    responses({ type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', image_url: URL_OF } }),
    'input[0].output.image_url',
  ],
  ['a picture in Messages', claude({ type: 'image', source: { type: 'url', url: URL_OF } }), `${at(0)}.source.url`],
  ['a document in Messages', claude({ type: 'document', source: { type: 'url', url: URL_OF } }), `${at(0)}.source.url`],
  [
    'a picture in a tool’s result',
    claude({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'url', url: URL_OF } }] }),
    `${at(0)}.content[0].source.url`,
  ],
  ['spaces in front', chat({ type: 'image_url', image_url: { url: ' '.repeat(70) + URL_OF } }), `${at(1)}.image_url.url`],
  [
    'a control byte in front',
    responses({ content: [{ type: 'input_file', file_url: `\u0001${URL_OF}` }] }),
    'input[0].content[0].file_url',
  ],
  ['a tab inside', claude({ type: 'image', source: { type: 'url', url: URL_OF.replace('tt', 't\tt') } }), `${at(0)}.source.url`],
  ['a host alone', chat({ type: 'image_url', image_url: { url: '//169.254.169.254/x' } }), `${at(1)}.image_url.url`],
  ['a scheme without slashes', chat({ type: 'image', image: 'http:169.254.169.254' }), `${at(1)}.image`],
  ['a name in camel case', chat({ type: 'image_url', imageUrl: URL_OF }), `${at(1)}.imageUrl`],
  ['a name that nobody knows', chat({ type: 'image', whereabouts: URL_OF }), `${at(1)}.whereabouts`],
  [
    'a document that was fetched',
    claude({
      type: 'web_fetch_tool_result',
      tool_use_id: 't',
      content: { type: 'web_fetch_result', url: URL_OF, content: { type: 'document', source: { type: 'url', url: URL_OF } } },
    }),
    `${at(0)}.content.content.source.url`,
  ],
  ['a path', chat({ type: 'image_url', image_url: { url: '/etc/passwd' } }), `${at(1)}.image_url.url`],
  ['a path from here', chat({ type: 'image_url', image_url: { url: '../x' } }), `${at(1)}.image_url.url`],
  ['a host without slashes', chat({ type: 'image_url', image_url: { url: '169.254.169.254/x' } }), `${at(1)}.image_url.url`],
  ['a path as data', chat({ type: 'image', image: '/etc/passwd' }), `${at(1)}.image`],
  ['a long path as data', chat({ type: 'image', image: `${'/proc/self/root'.repeat(9)}/etc/passwd` }), `${at(1)}.image`],
  ['a path from here as data', chat({ type: 'input_audio', input_audio: { data: '../x.wav' } }), `${at(1)}.input_audio.data`],
  ['a host as data', chat({ type: 'image', image: 'metadata.internal/x' }), `${at(1)}.image`],
  ['a path in Responses', responses({ content: [{ type: 'input_image', image_url: '/etc/passwd' }] }), 'input[0].content[0].image_url'],
  ['a path in Messages', claude({ type: 'image', source: { type: 'url', url: 'x/../y' } }), `${at(0)}.source.url`],
  ...(['/v1/chat/completions', '/v1/responses', '/v1/messages'] as const).flatMap((path) =>
    [['kv_transfer_params', { remote_host: '169.254.169.254' }] as const, ['lora_path', '/etc'] as const].map(
      ([field, value]): [string, { path: string; body: object }, string] => [
        `${field} of ${path}`,
        { path, body: { max_tokens: 9, messages: [{ role: 'user', content: 'x' }], input: 'x', [field]: value } },
        field,
      ],
    ),
  ),
  ['a text to embed', { path: '/v1/embeddings', body: { input: ['x', URL_OF] } }, 'input[1]'],
  ['a picture to embed', { path: '/v1/embeddings', body: { input: 'x', images: [URL_OF] } }, 'images[0]'],
  [
    'a picture to count',
    { path: '/v1/messages/count_tokens', body: claude({ type: 'image', source: { type: 'url', url: ` ${URL_OF}` } }).body },
    `${at(0)}.source.url`,
  ],
];

describe.each(CALLS)('%s', (_name, { path, body }, param) => {
  test.each(['vllm', 'ollama', 'lm-studio', 'llama-cpp', 'sglang', 'openai-compatible', 'anthropic-compatible'] as const)(
    'R09 is refused by name for %s',
    async (kind) => {
      const reply = await (await start(kind)).call(path, { model: 'own/m', ...body });

      expect([reply.status, reply.json.error.message]).toEqual([400, expect.stringContaining(`${param} names a place`)]);
      expect(reply.json.error.message).toContain('base64');
      expect(upstream.connections()).toBe(0);
      expect(gateway?.records()).toEqual([]);
    },
  );
});

test('R09 base64 passes, and so do texts that speak of URLs', async () => {
  const open = await start('vllm');
  const bodies = [
    chat({ type: 'image_url', image_url: { url: DATA } }),
    chat({ type: 'text', text: URL_OF }),
    responses({
      role: 'user',
      content: [
        { type: 'input_image', image_url: DATA },
        { type: 'input_text', text: URL_OF },
      ],
    }),
    responses(
      { type: 'function_call', call_id: 'c', name: 'fetch', arguments: JSON.stringify({ url: URL_OF }) },
      { type: 'function_call_output', call_id: 'c', output: URL_OF },
    ),
    claude({ type: 'tool_use', id: 't', name: 'fetch', input: { url: URL_OF } }),
    claude({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: `${URL_OF} is where` } }),
    claude({ type: 'document', title: 'http://x', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } }),
    claude({ type: 'search_result', source: URL_OF, title: 't', content: [{ type: 'text', text: 'x' }] }),
  ];

  for (const { path, body } of bodies) {
    expect((await open.call(path, { model: 'own/m', ...body })).text).not.toContain('names a place');
  }
});

test('R09 a server that is configured to fetch is told the URL; a vendor is, but not in a private network', async () => {
  const { path, body } = chat({ type: 'image_url', image_url: { url: URL_OF } });
  const call = async () => (await gateway?.call(path, { model: 'own/m', ...body }))?.json.error.message;

  await start('vllm', { mediaUrls: true });
  expect(await call()).toBe('seen');
  await gateway?.close();
  await start('groq', { network: 'vpc' });
  expect(await call()).toContain('names a place');
  await gateway?.close();
  await start('groq', { network: 'public' });
  expect(await call()).not.toContain('names a place');
});

test('R09 of a route’s targets those that may not fetch are left out, while another may', async () => {
  const vendor: ProviderConfig = {
    id: 'vendor',
    kind: 'groq',
    baseUrl: { value: `${upstream.origin}/v1` },
    network: 'loopback',
    free: true,
    mediaUrls: true,
  };
  const open = await start('vllm', {}, [vendor]);
  upstream.script(
    jsonReply({
      id: 'c',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    }),
  );
  const call = (part: object) => open.call('/v1/chat/completions', { model: 'mixed', ...chat(part).body });

  expect((await call({ type: 'image_url', image_url: { url: URL_OF } })).headers['x-gateway-provider']).toBe('vendor');
  expect((await call({ type: 'image_url', image_url: { url: DATA } })).headers['x-gateway-provider']).toBe('own');
});
