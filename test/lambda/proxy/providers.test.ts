import type { DialectName } from '../../../lambda/wire/dialects';
import { encodeEventStreamMessage } from '../../../lambda/wire/framing/aws-event-stream';
import type { ProviderConfig, ProviderKind } from '../../../lib/private/contract';
import { type CallerAnswer, readAnswer, readStream, sseEvents } from '../../support/answers';
import { DIALECT_CALLS } from '../../support/dialect-calls';
import { startGateway, type TestGateway, type TestReply } from '../../support/gateway';
import { eachRecorded, type Recorded, recordings, responseBytes, sha256 } from '../../support/recorded';
import { chunk, jsonReply, lastChunk, reply, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

/** Providers whose wire format is no dialect of ours, over sockets: callers of every dialect get what was recorded. */

interface Place {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly model: string;
  readonly path: (stream: boolean) => string;
  readonly proof: Record<string, string | RegExp>;
  readonly settings?: Record<string, string>;
}

const PLACES: Readonly<Record<string, Place>> = {
  bedrock: {
    id: 'bedrock',
    kind: 'bedrock',
    model: 'us.amazon.nova-micro-v1:0',
    path: (stream) => `/model/us.amazon.nova-micro-v1%3A0/${stream ? 'converse-stream' : 'converse'}`,
    proof: { authorization: /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/bedrock\/aws4_request, / },
  },
  gemini: {
    id: 'google',
    kind: 'google-ai-studio',
    model: 'gemini-2.5-flash',
    path: (stream) => `/v1beta/models/gemini-2.5-flash:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    proof: { 'x-goog-api-key': 'provider-key' },
  },
  vertex: {
    id: 'vertex',
    kind: 'vertex-ai',
    model: 'gemini-2.0-flash',
    path: (stream) =>
      `/v1beta1/projects/p-1/locations/eu-west-1/publishers/google/models/gemini-2.0-flash:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    proof: { authorization: 'Bearer provider-key' },
    settings: { project: 'p-1' },
  },
  cohere: {
    id: 'cohere',
    kind: 'cohere',
    model: 'command-a-03-2025',
    path: () => '/v2/chat',
    proof: { authorization: 'Bearer provider-key' },
  },
};

let upstream: Upstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  const providers = Object.values(PLACES).map(
    ({ id, kind, settings }): ProviderConfig => ({
      id,
      kind,
      baseUrl: { value: upstream.origin },
      network: 'loopback',
      free: true,
      regions: ['eu-west-1'],
      ...(kind === 'bedrock' ? {} : { credential: { secretArn: { value: 'arn:key' } } }),
      ...(settings === undefined ? {} : { settings }),
    }),
  );
  gateway = await startGateway({
    document: { providers },
    secrets: { 'arn:key': 'provider-key' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
  });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

function placeOf(entry: Recorded): Place {
  return PLACES[entry.provider] as Place;
}

/** A stream as the provider sends it, in pieces that no message boundary knows of. */
function played(entry: Recorded): Step[] {
  const bytes = responseBytes(entry);
  if (!entry.streaming) return reply(200, { 'content-type': 'application/json' }, bytes);
  const isEventStream = entry.framing.startsWith('aws');
  const body = entry.framing.startsWith('json-lines')
    ? Buffer.from(
        bytes
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => `data: ${line}\n\n`)
          .join(''),
      )
    : bytes;
  const pieces: Step[] = [];
  for (let at = 0; at < body.length; at += 97) pieces.push(chunk(body.subarray(at, at + 97)));
  const head = isEventStream ? streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }) : streamHead();
  return [head, ...pieces, lastChunk];
}

function call(dialect: DialectName, place: Place, stream: boolean): Promise<TestReply> {
  const { path, body } = DIALECT_CALLS[dialect](stream);
  return gateway.call(path, { model: `${place.id}/${place.model}`, ...body });
}

function read(dialect: DialectName, stream: boolean, answer: TestReply): CallerAnswer {
  return stream ? readStream(dialect, answer.text) : readAnswer(dialect, answer.json);
}

const good = recordings('bedrock-converse', 'gemini-generate-content', 'cohere-v2-chat').filter((entry) => entry.status === 200);

for (const dialect of Object.keys(DIALECT_CALLS) as DialectName[]) {
  eachRecorded(`E01 %s reaches a ${dialect} caller over sockets`, good, async (entry) => {
    const place = placeOf(entry);
    upstream.script(played(entry));

    const reply = await call(dialect, place, entry.streaming);
    await gateway.settled();

    expect(reply.status).toBe(200);
    const answer = read(dialect, entry.streaming, reply);
    expect(sha256(answer.text)).toBe(entry.facts.text_sha256);
    expect(answer.toolCalls.map(({ name, args }) => ({ name, args: JSON.parse(args) }))).toEqual(
      entry.facts.tool_calls.map(({ name, args }) => ({ name, args: JSON.parse(args) })),
    );
    const [sent] = upstream.requests;
    expect(sent?.path).toBe(place.path(entry.streaming));
    for (const [name, expected] of Object.entries(place.proof)) expect(sent?.headers[name]).toMatch(expected);
    const record = gateway.records().at(-1);
    expect(record).toMatchObject({ outcome: 'ok', provider: place.id, requestModel: place.model });
    expect(record?.usage?.inputTokens).toBeGreaterThan(0);
  });
}

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
  'E28 a frame of Bedrock with a bad checksum ends the stream of a %s caller in one error',
  async (dialect) => {
    const event = (name: string, payload: object) =>
      encodeEventStreamMessage({ ':message-type': 'event', ':event-type': name }, Buffer.from(JSON.stringify(payload)));
    const broken = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'lost' } });
    broken[broken.length - 1] = (broken[broken.length - 1] as number) ^ 1;
    upstream.script([
      streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }),
      chunk(event('messageStart', { role: 'assistant' })),
      chunk(event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'kept' } })),
      chunk(broken),
      { hang: true },
    ]);

    const reply = await call(dialect, PLACES['bedrock'] as Place, true);
    await gateway.settled();

    const events = sseEvents(reply.text);
    const failed = events.filter(({ event, data }) => /error|failed/.test(event) || data.startsWith('{"error"'));
    expect(reply.text).toContain('kept');
    expect(reply.text).not.toContain('lost');
    expect(failed).toEqual([events.at(-1)]);
  },
);

test('E28 an exception as first event is an error of its own status', async () => {
  const exception = encodeEventStreamMessage(
    { ':message-type': 'exception', ':exception-type': 'throttlingException' },
    Buffer.from('{"message":"Too many requests for arn:aws:bedrock:eu-west-1:123456789012:x"}'),
  );
  upstream.script([streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }), chunk(exception), lastChunk]);

  const reply = await call('openai-chat', PLACES['bedrock'] as Place, true);
  await gateway.settled();

  expect(reply.status).toBe(429);
  expect(reply.text).not.toContain('123456789012');
});

test.each([
  ['google', 'gemini-embedding-001', { embeddings: [{ values: [1, 2] }] }, { requests: [{ content: { parts: [{ text: 'a' }] } }] }],
  ['cohere', 'embed-v4.0', { embeddings: { float: [[1, 2]] }, meta: { billed_units: { input_tokens: 3 } } }, { texts: ['a'] }],
  ['bedrock', 'amazon.titan-embed-text-v2:0', { embedding: [1, 2], inputTextTokenCount: 3 }, { inputText: 'a' }],
])('embeddings by %s', async (provider, model, answer, sent) => {
  upstream.script(jsonReply(answer));

  const reply = await gateway.call('/v1/embeddings', { model: `${provider}/${model}`, input: 'a', encoding_format: 'float' });
  await gateway.settled();

  expect(reply.status).toBe(200);
  expect(reply.json.data).toEqual([{ object: 'embedding', index: 0, embedding: [1, 2] }]);
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toMatchObject(sent);
});

describe('providers that speak a dialect of ours, each with its quirks', () => {
  const chatAnswer = {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
  const claudeAnswer = {
    id: 'msg',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  const messages = [{ role: 'user', content: 'Hi' }];
  const metadata = { user_id: 'u' };

  async function sentBy(changes: Partial<ProviderConfig> & { kind: ProviderKind }, answer: object, path: string, body: object) {
    const base = { id: 'own', baseUrl: { value: upstream.origin }, network: 'loopback' as const, free: true };
    const own = await startGateway({
      document: { providers: [{ ...base, credential: { secretArn: { value: 'arn:key' } }, ...changes }] },
      secrets: { 'arn:key': 'provider-key' },
    });
    upstream.script(jsonReply(answer));
    const reply = await own.call(path, body);
    await own.settled();
    await own.close();
    const [sent] = upstream.requests;
    return { reply, path: sent?.path, headers: sent?.headers ?? {}, body: JSON.parse(sent?.body.toString() ?? '') };
  }

  test('Mistral gets no field that only OpenAI knows', async () => {
    const call = {
      model: 'own/mistral-large',
      max_tokens: 9,
      messages,
      metadata,
      tools: [{ name: 't', input_schema: { type: 'object' } }],
      tool_choice: { type: 'any' },
    };
    const sent = await sentBy({ kind: 'mistral', baseUrl: { value: `${upstream.origin}/v1` } }, chatAnswer, '/v1/messages', call);

    expect(sent.reply.json.content).toEqual([{ type: 'text', text: 'Hello' }]);
    expect(sent.path).toBe('/v1/chat/completions');
    expect(Object.keys(sent.body).sort()).toEqual(['max_tokens', 'messages', 'model', 'tool_choice', 'tools']);
    expect(sent.body.tool_choice).toBe('any');
  });

  test('a compatible server gets the names that every such server knows', async () => {
    const sent = await sentBy({ kind: 'vllm', baseUrl: { value: `${upstream.origin}/v1` } }, chatAnswer, '/v1/messages', {
      model: 'own/m',
      max_tokens: 9,
      messages,
      metadata,
    });

    expect(sent.body).toEqual({ model: 'm', messages, max_tokens: 9, user: 'u' });
  });

  test('Azure is called at the deployment, with its own header and version', async () => {
    const sent = await sentBy(
      { kind: 'azure-openai', settings: { apiVersion: '2024-10-21', deployment: 'd1' } },
      chatAnswer,
      '/v1/chat/completions',
      {
        model: 'own/gpt-4o',
        messages,
      },
    );

    expect(sent.path).toBe('/openai/deployments/d1/chat/completions?api-version=2024-10-21');
    expect(sent.headers).toMatchObject({ 'api-key': 'provider-key' });
    expect(sent.headers['authorization']).toBeUndefined();
  });

  test('Claude on Vertex AI is named in the URL and versioned in the body', async () => {
    const sent = await sentBy({ kind: 'vertex-ai', settings: { project: 'p-1' }, regions: ['us-east5'] }, claudeAnswer, '/v1/messages', {
      model: 'own/claude-sonnet-4-5@20250929',
      max_tokens: 9,
      messages,
      x_unknown: 1,
    });

    expect(sent.path).toBe('/v1/projects/p-1/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5%4020250929:rawPredict');
    expect(sent.body).toEqual({ anthropic_version: 'vertex-2023-10-16', max_tokens: 9, messages, x_unknown: 1 });
    expect(sent.reply.json).toEqual(claudeAnswer);
  });

  test('a guardrail of the configuration goes with every chat call to Bedrock', async () => {
    const answer = { output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } }, stopReason: 'guardrail_intervened' };
    const config = { kind: 'bedrock' as const, settings: { guardrailId: 'g1', guardrailVersion: '2' }, regions: ['eu-west-1'] };
    const sent = await sentBy(config, answer, '/v1/chat/completions', { model: 'own/amazon.nova-micro-v1:0', messages });

    expect(sent.body.guardrailConfig).toEqual({ guardrailIdentifier: 'g1', guardrailVersion: '2', trace: 'enabled' });
    expect(sent.headers['authorization']).toBe('Bearer provider-key');
    expect(sent.reply.json.choices[0].finish_reason).toBe('content_filter');
  });
});

test('count_tokens is answered by a Google model, in advance', async () => {
  upstream.script(jsonReply({ totalTokens: 31 }));
  const body = { model: 'google/gemini-2.5-flash', system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }] };

  const reply = await gateway.call('/v1/messages/count_tokens', body);
  await gateway.settled();

  expect(reply.json).toEqual({ input_tokens: 31 });
  expect(upstream.requests[0]?.path).toBe('/v1beta/models/gemini-2.5-flash:countTokens');
  expect(JSON.parse(upstream.requests[0]?.body.toString() ?? '')).toEqual({
    generateContentRequest: {
      model: 'models/gemini-2.5-flash',
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
    },
  });
});

test('vectors asked for as base64 come as base64, although the server knows numbers only', async () => {
  const compatible = await startGateway({
    document: {
      providers: [{ id: 'own', kind: 'lm-studio', baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback', free: true }],
    },
  });
  upstream.script(
    jsonReply({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5, -1], extra: 1 }], model: 'm', x: 1 }),
  );

  const asked = await compatible.call('/v1/embeddings', { model: 'own/m', input: 'a', encoding_format: 'base64' });
  const plain = await compatible.call('/v1/embeddings', { model: 'own/m', input: 'a' });
  await compatible.settled();
  await compatible.close();

  const [vector] = asked.json.data;
  expect(vector).toMatchObject({ extra: 1, embedding: Buffer.from(new Float32Array([0.5, -1]).buffer).toString('base64') });
  expect(asked.json.x).toBe(1);
  expect(plain.json.data[0].embedding).toEqual([0.5, -1]);
});

test('tokens that Bedrock counts in a header alone are counted', async () => {
  upstream.script(jsonReply({ embeddings: [[1, 2]] }, 200, { 'x-amzn-bedrock-input-token-count': '3' }));

  const reply = await gateway.call('/v1/embeddings', { model: 'bedrock/cohere.embed-english-v3', input: 'a' });
  await gateway.settled();

  expect(reply.json.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  expect(gateway.records().at(-1)).toMatchObject({ usage: { inputTokens: 3 } });
});

test('several texts for Titan are refused by name before anything is sent', async () => {
  const reply = await gateway.call('/v1/embeddings', { model: 'bedrock/amazon.titan-embed-text-v2:0', input: ['a', 'b'] });
  await gateway.settled();

  expect(reply.status).toBe(400);
  expect(reply.json.error).toMatchObject({ type: 'invalid_request_error', param: 'input', code: 'unsupported_parameter' });
  expect(upstream.requests).toHaveLength(0);
});

test('what a provider cannot take is named in a header, what it cannot say is refused', async () => {
  const body = { model: 'bedrock/us.amazon.nova-micro-v1:0', messages: [{ role: 'user', content: 'Hi' }] };
  upstream.script(
    jsonReply({
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 1, outputTokens: 1 },
    }),
  );

  const kept = await gateway.call('/v1/chat/completions', { ...body, seed: 7 });
  const refused = await gateway.call('/v1/chat/completions', { ...body, n: 2 });
  await gateway.settled();

  expect(kept.headers['x-gateway-warnings']).toContain('seed');
  expect(refused.json.error).toMatchObject({ param: 'n', code: 'unsupported_parameter' });
});
