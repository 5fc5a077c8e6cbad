/** Media that a call names in a bucket are read with the operator's credential: only where the operator lets callers point, and only by hosts that can. */
import { loadPriceBook } from '../../../lambda/money/deployed-book';
import type { ProviderConfig } from '../../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

const NOVA = 'bedrock/us.amazon.nova-pro-v1:0';
const GEMINI = 'vertex/gemini-2.5-flash';
const CHAT = '/v1/chat/completions';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  const place = { baseUrl: { value: upstream.origin }, network: 'loopback' } as const;
  const providers: ProviderConfig[] = [
    {
      ...place,
      id: 'bedrock',
      kind: 'bedrock',
      regions: ['us-east-1'],
      mediaLocations: [{ uri: 's3://films' }, { uri: 's3://partner/shared', bucketOwner: '444455556666' }],
    },
    { ...place, id: 'closed', kind: 'bedrock', regions: ['us-east-1'] },
    {
      ...place,
      id: 'vertex',
      kind: 'vertex-ai',
      settings: { project: 'p' },
      regions: ['global'],
      mediaLocations: [{ uri: 'gs://films/open' }],
      credential: { secretArn: { value: 'arn:vertex' } },
    },
    {
      ...place,
      id: 'studio',
      kind: 'google-ai-studio',
      mediaUrls: undefined,
      network: 'public',
      baseUrl: { value: 'https://studio.invalid' },
    },
    { ...place, id: 'openai', kind: 'openai', network: 'public', baseUrl: { value: 'https://openai.invalid' } },
    { ...place, id: 'own', kind: 'vllm', mediaUrls: true, free: true },
  ];
  gateway = await startGateway({
    priceBook: await loadPriceBook(),
    document: { providers, routes: [route('either', 'closed/us.amazon.nova-pro-v1:0', 'bedrock/us.amazon.nova-pro-v1:0')] },
    secrets: { 'arn:vertex': 'a-token' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }),
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.script(jsonReply({ message: 'seen' }, 400));
});

const user = (...content: object[]) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, ...content] }] });
const film = (url: string) => user({ type: 'video_url', video_url: { url } });

/** What was sent for a call; undefined when it was refused before. */
async function sent(path: string, body: object) {
  const before = upstream.requests.length;
  const reply = await gateway.call(path, { max_tokens: 20, ...body });
  const call = upstream.requests[before];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  return { reply, body: call === undefined ? undefined : (JSON.parse(call.body.toString()) as any) };
}

const responses = (...content: object[]) => ({
  max_tokens: undefined,
  max_output_tokens: 20,
  input: [{ role: 'user', content: [{ type: 'input_text', text: 'What is it?' }, ...content] }],
});

describe('films', () => {
  const BYTES = Buffer.from('\0\0\0\x18ftypmp42').toString('base64');
  const DATA = `data:video/mp4;base64,${BYTES}`;
  const inline = { format: 'mp4', source: { bytes: BYTES } };
  const located = { format: 'mp4', source: { s3Location: { uri: 's3://films/a.mp4' } } };

  test.each([
    ['video_url as bytes', CHAT, film(DATA), inline],
    ['video_url as a bare string', CHAT, user({ type: 'video_url', video_url: 's3://films/a.mp4' }), located],
    ['video_url in a bucket', CHAT, film('s3://films/a.mp4'), located],
    ['input_video with an address', CHAT, user({ type: 'input_video', video_url: { url: 's3://films/a.mp4' } }), located],
    ['input_video with bytes', CHAT, user({ type: 'input_video', input_video: { data: BYTES, format: 'mp4' } }), inline],
    ['image_url with the type of a film', CHAT, user({ type: 'image_url', image_url: { url: DATA } }), inline],
    [
      'file_id with a format',
      CHAT,
      user({ type: 'file', file: { file_id: 's3://films/without-ending', format: 'video/mp4' } }),
      { format: 'mp4', source: { s3Location: { uri: 's3://films/without-ending' } } },
    ],
    ['input_video of Responses', '/v1/responses', responses({ type: 'input_video', video_url: 's3://films/a.mp4' }), located],
    ['input_file with its URL', '/v1/responses', responses({ type: 'input_file', file_url: 's3://films/a.mp4' }), located],
    ['input_file with bytes', '/v1/responses', responses({ type: 'input_file', filename: 'a.mp4', file_data: DATA }), inline],
    [
      'a document of Messages that is a film',
      '/v1/messages',
      user({ type: 'document', source: { type: 'base64', media_type: 'video/mp4', data: BYTES } }),
      inline,
    ],
    ['video of Messages', '/v1/messages', user({ type: 'video', source: { type: 'url', url: 's3://films/a.mp4' } }), located],
  ])('%s reaches Nova', async (_, path, body, video) => {
    const { body: written } = await sent(path, { ...body, model: NOVA });

    expect(written?.messages).toEqual([{ role: 'user', content: [{ text: 'What is it?' }, { video }] }]);
  });

  test.each([
    ['bytes', film(DATA), { inlineData: { mimeType: 'video/mp4', data: BYTES } }],
    ['a bucket', film('gs://films/open/a.mov'), { fileData: { fileUri: 'gs://films/open/a.mov', mimeType: 'video/quicktime' } }],
    ['a public page', film('https://example.com/a.mp4'), { fileData: { fileUri: 'https://example.com/a.mp4', mimeType: 'video/mp4' } }],
    [
      'a bucket, a part of it',
      user({
        type: 'file',
        file: { file_id: 'gs://films/open/a', format: 'video/webm', video_metadata: { fps: 2, start_offset: '1s', end_offset: '9s' } },
      }),
      {
        fileData: { fileUri: 'gs://films/open/a', mimeType: 'video/webm' },
        videoMetadata: { fps: 2, startOffset: '1s', endOffset: '9s' },
      },
    ],
  ])('reach Gemini from %s', async (_, body, part) => {
    const { body: written } = await sent(CHAT, { ...body, model: GEMINI });

    expect(written?.contents).toEqual([{ role: 'user', parts: [{ text: 'What is it?' }, part] }]);
  });

  test('go as video_url to servers that have it', async () => {
    const { body } = await sent('/v1/messages', {
      ...user({ type: 'video', source: { type: 'base64', media_type: 'video/mp4', data: BYTES } }),
      model: 'own/qwen3-vl',
    });

    expect(body?.messages[0].content[1]).toEqual({ type: 'video_url', video_url: { url: DATA } });
  });

  test.each(['openai/gpt-5', 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0'])('are refused by name for %s', async (model) => {
    const body = user({ type: 'video', source: { type: 'base64', media_type: 'video/mp4', data: BYTES } });
    const { reply, body: written } = await sent('/v1/messages', { ...body, model });

    expect([reply.status, written]).toEqual([400, undefined]);
    expect(reply.json.error.message).toContain('messages[0].content[1]');
  });
});

test('pictures and documents in a bucket reach Nova, one of another account with its owner', async () => {
  const { body } = await sent(CHAT, {
    model: NOVA,
    ...user(
      { type: 'image_url', image_url: { url: 's3://films/a.JPG' } },
      { type: 'file', file: { file_id: 's3://partner/shared/b.pdf', filename: 'b.pdf' } },
    ),
  });

  expect(body?.messages[0].content.slice(1)).toEqual([
    { image: { format: 'jpeg', source: { s3Location: { uri: 's3://films/a.JPG' } } } },
    {
      document: {
        format: 'pdf',
        name: 'b-pdf',
        source: { s3Location: { uri: 's3://partner/shared/b.pdf', bucketOwner: '444455556666' } },
      },
    },
  ]);
});

describe('is refused before anything is set aside, with the field and the fix', () => {
  const refused: readonly (readonly [string, string, object, string])[] = [
    ['another bucket', NOVA, film('s3://payroll/a.mp4'), 'video_url.url'],
    ['a bucket that begins alike', NOVA, film('s3://films-private/a.mp4'), 'video_url.url'],
    ['beside the folder', NOVA, film('s3://partner/secret/a.mp4'), 'video_url.url'],
    ['a folder that begins alike', NOVA, film('s3://partner/shared-not/a.mp4'), 'video_url.url'],
    ['a step up', NOVA, film('s3://partner/shared/../secret/a.mp4'), 'video_url.url'],
    ['a step up in escapes', NOVA, film('s3://partner/shared/%2e%2E/secret/a.mp4'), 'video_url.url'],
    ['a step up in escapes of slashes', NOVA, film('s3://partner/shared/x%2F..%2f../secret/a.mp4'), 'video_url.url'],
    ['another spelling', NOVA, film('S3://films/a.mp4'), 'video_url.url'],
    ['a blank in front', NOVA, film(' s3://films/a.mp4'), 'video_url.url'],
    ['a line end inside', NOVA, film('s3://films/a\n.mp4'), 'video_url.url'],
    ['no object', NOVA, film('s3://films/'), 'video_url.url'],
    ["the other cloud's scheme", NOVA, film('gs://films/open/a.mp4'), 'video_url.url'],
    ['nowhere allowed', 'closed/us.amazon.nova-pro-v1:0', film('s3://films/a.mp4'), 'video_url.url'],
    [
      'nowhere allowed, as a file',
      'closed/us.amazon.nova-pro-v1:0',
      user({ type: 'file', file: { file_id: 's3://films/a.pdf' } }),
      'file.file_id',
    ],
    ['a picture elsewhere', NOVA, user({ type: 'image_url', image_url: { url: 's3://payroll/a.png' } }), 'image_url.url'],
    ['Gemini elsewhere', GEMINI, film('gs://films/shut/a.mp4'), 'video_url.url'],
    ['Gemini at AI Studio', 'studio/gemini-2.5-flash', film('gs://films/open/a.mp4'), 'video_url.url'],
    ['a vendor that has no buckets', 'openai/gpt-5', user({ type: 'image_url', image_url: { url: 's3://films/a.png' } }), 'image_url.url'],
    [
      'a model that its host reads no bucket for',
      'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      user({ type: 'image_url', image_url: { url: 's3://films/a.png' } }),
      'image_url.url',
    ],
  ];

  test.each(refused)('R09 %s', async (_, model, body, field) => {
    const records = gateway.records().length;
    const { reply, body: written } = await sent(CHAT, { ...body, model });

    expect([reply.status, reply.json.error.code, written]).toEqual([400, 'media_url_not_allowed', undefined]);
    expect(reply.json.error.param).toBe(`messages[0].content[1].${field}`);
    expect(reply.json.error.message).toContain('as base64');
    await gateway.settled();
    expect(gateway.records()).toHaveLength(records);
  });

  test.each([
    ['/v1/messages', user({ type: 'image', source: { type: 'url', url: 'gs://films/shut/a.png' } }), 'messages[0].content[1].source.url'],
    [
      '/v1/messages',
      user({ type: 'document', source: { type: 'url', url: 'gs://films/shut/a.pdf' } }),
      'messages[0].content[1].source.url',
    ],
    ['/v1/messages/count_tokens', user({ type: 'image', source: { type: 'url', url: 'gs://films/shut/a.png' } }), 'source.url'],
    ['/v1/responses', responses({ type: 'input_image', image_url: 'gs://films/shut/a.png' }), 'input[0].content[1].image_url'],
    ['/v1/responses', responses({ type: 'input_file', file_id: 'gs://films/shut/a.pdf' }), 'input[0].content[1].file_id'],
  ])('in %s too', async (path, body, field) => {
    const { reply, body: written } = await sent(path, { ...body, model: GEMINI });

    expect([reply.status, written]).toEqual([400, undefined]);
    expect(JSON.stringify(reply.json)).toContain(field);
  });

  test('what the ending does not tell is asked for', async () => {
    const { reply, body } = await sent(CHAT, { model: NOVA, ...film('s3://films/a') });

    expect([reply.status, body]).toEqual([400, undefined]);
    expect(reply.json.error.message).toContain('MP4');
  });
});

test('a call goes on to the place that may read', async () => {
  const { reply, body } = await sent(CHAT, { ...film('s3://films/a.mp4'), model: 'either' });

  expect(reply.headers['x-gateway-provider']).toBe('bedrock');
  expect(body?.messages[0].content[1].video.source.s3Location.uri).toBe('s3://films/a.mp4');
});

test('a server of one’s own that may fetch is told the place as it stands', async () => {
  const { body } = await sent(CHAT, { ...film('s3://films/a.mp4'), model: 'own/qwen3-vl' });

  expect(body?.messages[0].content[1]).toEqual({ type: 'video_url', video_url: { url: 's3://films/a.mp4' } });
});

test('texts may speak of buckets', async () => {
  const { reply, body } = await sent(CHAT, { model: NOVA, messages: [{ role: 'user', content: 's3://payroll/a.mp4' }] });

  expect(body?.messages).toEqual([{ role: 'user', content: [{ text: 's3://payroll/a.mp4' }] }]);
  expect(reply.json.error.code).not.toBe('media_url_not_allowed');
});

test('files kept at a provider stay refused', async () => {
  const { reply } = await sent(CHAT, { model: NOVA, ...user({ type: 'file', file: { file_id: 'file-123' } }) });

  expect([reply.status, reply.json.error.param]).toEqual([400, 'messages[0].content[1].file.file_id']);
});

describe('is bounded by what it may be', () => {
  const answer = (tokens: number) =>
    jsonReply({
      candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: tokens, candidatesTokenCount: 5, totalTokenCount: tokens + 5 },
    });

  test.each([
    ['a film', film('gs://films/open/a.mp4')],
    ['a picture that is said to be a film', user({ type: 'image_url', image_url: { url: 'gs://films/open/a', format: 'video/mp4' } })],
    ['a file that is said to be a film', user({ type: 'file', file: { file_id: 'gs://films/open/a', format: 'video/mp4' } })],
    ['a document that ends like a film', user({ type: 'file', file: { file_data: 'https://example.com/a.mp4' } })],
  ])('%s may fill the window', async (_, body) => {
    upstream.script(answer(1_040_000));
    const { reply } = await sent(CHAT, { ...body, model: GEMINI });
    await gateway.settled();
    const record = gateway.records().find(({ id }) => id === reply.headers['x-gateway-request-id']);

    expect(reply.status).toBe(200);
    expect(record?.costNanoUsd).toBeLessThanOrEqual(record?.boundNanoUsd as bigint);
    expect(record?.costNanoUsd).toBeGreaterThan(300_000_000n);
  });
});
