import type { CapabilitiesConfig } from '../../../lib/private/contract';
import { route, startGateway } from '../../support/gateway';
import { type Hosts, saysOk, startHosts } from '../../support/hosts';
import { say } from '../../support/said-models';
import { startUpstream } from '../../support/upstream';

/** Pictures, documents, sound and beginnings of answers that a model does not take: refused by the caller's name before anything is charged. */

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = 'JVBERi0xLjQKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+Pgo=';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const text = { type: 'text', text: 'What is this?' };

/** A call of each dialect with a medium as the second part of the user's turn, behind instructions of their own place. */
const CALLS = {
  picture: {
    '/v1/chat/completions': chat({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
    '/v1/responses': responses({ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }),
    '/v1/messages': messages({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }),
  },
  document: {
    '/v1/chat/completions': chat({ type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } }),
    '/v1/responses': responses({ type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }),
    '/v1/messages': messages({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } }),
  },
  sound: { '/v1/chat/completions': chat({ type: 'input_audio', input_audio: { data: WAV, format: 'wav' } }) },
} as const;

/** Models of which nobody knows what they see, in each wire format that is not the caller's. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  '/v1/chat/completions': ['bedrock/us.meta.next-1-v1:0', 'google-ai-studio/gemini-9', 'anthropic/claude-opus-9'],
  '/v1/responses': ['bedrock/us.meta.next-1-v1:0', 'google-ai-studio/gemini-9', 'anthropic/claude-opus-9', 'openai-compatible/x-9'],
  '/v1/messages': ['bedrock/us.meta.next-1-v1:0', 'google-ai-studio/gemini-9', 'openai-compatible/x-9', 'openai/next-1'],
};
const FACTS = { picture: 'vision', document: 'documents', sound: 'audio_input' } as const;

function chat(part: object): object {
  return {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [text, part] },
    ],
  };
}

function responses(part: object): object {
  return { instructions: 'Be brief.', input: [{ role: 'user', content: [{ type: 'input_text', text: text.text }, part] }] };
}

function messages(part: object): object {
  return { max_tokens: 100, system: 'Be brief.', messages: [{ role: 'user', content: [text, part] }] };
}

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
});
beforeEach(() => hosts.upstream.script(saysOk));
afterAll(() => hosts.close());

/** Facts that were said are in force within seconds; another gateway begins with them. */
async function ask(model: string, said: CapabilitiesConfig | undefined, path: string, body: object) {
  await hosts.close();
  hosts = await startHosts();
  hosts.upstream.script(saysOk);
  if (said !== undefined) await say(hosts.gateway.table, model, { capabilities: said });
  return hosts.ask(path, { model, ...body });
}

const CASES = Object.entries(CALLS).flatMap(([medium, calls]) =>
  Object.entries(calls).flatMap(([path, body]) =>
    (MODELS[path] ?? []).map((model) => ({ medium: medium as keyof typeof FACTS, path, body, model })),
  ),
);

describe('a medium that a model does not take', () => {
  test.each(CASES)('$medium by $path for $model is refused by its place, and nothing is sent', async ({ medium, path, body, model }) => {
    const reply = await ask(model, { [FACTS[medium]]: false }, path, body);

    expect([reply.status, hosts.sent()]).toEqual([400, []]);
    const place = path === '/v1/responses' ? 'input' : path === '/v1/messages' ? 'messages[0].content[1]' : 'messages[1].content[1]';
    expect(reply.json.error.message).toContain(`${place} is `);
    if (path !== '/v1/messages') expect(reply.json.error).toMatchObject({ param: place, code: 'unsupported_parameter' });
    expect(hosts.gateway.records().every(({ costNanoUsd = 0n }) => costNanoUsd === 0n)).toBe(true);
  });

  test.each(CASES.filter(({ medium, model }) => medium === 'picture' || model.startsWith('google')))(
    '$medium by $path for $model is sent where nobody says so',
    async ({ path, body, model }) => {
      const reply = await ask(model, undefined, path, body);

      expect([reply.status, hosts.sent().length]).toEqual([200, 1]);
    },
  );

  test('what a tool found is no exception', async () => {
    const result = {
      type: 'tool_result',
      tool_use_id: 't1',
      content: [text, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    };
    const turns = [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
      { role: 'user', content: [result] },
    ];

    const reply = await ask('bedrock/us.amazon.nova-micro-v1:0', undefined, '/v1/messages', { max_tokens: 9, messages: turns });

    expect([reply.status, hosts.sent()]).toEqual([400, []]);
    expect(reply.json.error.message).toContain('messages[2].content[0].content[1] is a picture');
  });

  test('a document of plain text is text', async () => {
    const document = { type: 'document', title: 'Notes', source: { type: 'text', media_type: 'text/plain', data: 'Hello.' } };

    const reply = await ask('bedrock/us.amazon.nova-micro-v1:0', undefined, '/v1/messages', messages(document));

    expect(reply.status).toBe(200);
    expect(hosts.sent()[0]?.body.messages).toEqual([{ role: 'user', content: [{ text: text.text }, { text: 'Notes\n\nHello.' }] }]);
  });

  test('another target may take it', async () => {
    const upstream = await startUpstream();
    upstream.script(saysOk);
    const bedrock = {
      id: 'bedrock',
      kind: 'bedrock',
      baseUrl: { value: upstream.origin },
      network: 'loopback',
      free: true,
      regions: ['us-east-1'],
    } as const;
    const gateway = await startGateway({
      document: {
        providers: [{ ...bedrock, regions: ['us-east-1'] }],
        routes: [route('eyes', 'bedrock/us.amazon.nova-micro-v1:0', 'bedrock/us.amazon.nova-pro-v1:0')],
      },
      awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    });

    const reply = await gateway.call('/v1/messages', { model: 'eyes', ...CALLS.picture['/v1/messages'] });

    expect([reply.status, reply.headers['x-gateway-model']]).toEqual([200, 'us.amazon.nova-pro-v1:0']);
    await gateway.close();
    await upstream.close();
  });
});

describe('an answer that is to be continued', () => {
  const turns = (last: string) => [
    { role: 'user', content: 'Count.' },
    { role: 'assistant', content: last },
  ];

  test.each([
    ['/v1/chat/completions', { messages: turns('One,') }, 'messages[1]'],
    ['/v1/responses', { input: turns('One,') }, 'input'],
    ['/v1/messages', { max_tokens: 9, system: 'Be brief.', messages: turns('One,') }, 'messages[1]'],
  ])('by %s is refused where the model continues none', async (path, body, place) => {
    const said = path === '/v1/messages' ? { prefill: false } : undefined;

    const reply = await ask(said === undefined ? 'anthropic/claude-opus-4-7' : 'openai-compatible/x-9', said, path, body);

    expect([reply.status, hosts.sent()]).toEqual([400, []]);
    expect(reply.json.error.message).toContain(`${place} is the assistant's`);
  });

  test('is continued by a model that does, and by one that nobody knows; a blank beginning is none', async () => {
    const asked = { messages: turns('One,') };

    expect((await ask('anthropic/claude-sonnet-4-5', undefined, '/v1/chat/completions', asked)).status).toBe(200);
    expect((await ask('anthropic/newco-x-9', undefined, '/v1/chat/completions', asked)).status).toBe(200);
    expect((await ask('anthropic/claude-opus-4-7', undefined, '/v1/chat/completions', { messages: turns(' ') })).status).toBe(200);
  });
});

test('an answer in sound or pictures that a model does not make is refused by the name of the field', async () => {
  const asked = { messages: [{ role: 'user', content: 'Sing.' }], modalities: ['text', 'audio'], audio: { voice: 'x', format: 'wav' } };

  const reply = await ask('google-ai-studio/gemini-9', { audio_output: false }, '/v1/chat/completions', asked);

  expect([reply.status, reply.json.error.param, hosts.sent()]).toEqual([400, 'modalities', []]);
});
