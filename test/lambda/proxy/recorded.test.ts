import { createHash } from 'node:crypto';
import type { ProviderConfig } from '../../../lib/private/contract';
import { startGateway, type TestGateway } from '../../support/gateway';
import { eachRecorded, type Recorded, recordings, responseBytes } from '../../support/recorded';
import { chunk, lastChunk, reply, type Step, startUpstream, streamHead, type Upstream } from '../../support/upstream';

const KINDS: Readonly<Record<string, Pick<ProviderConfig, 'kind' | 'settings' | 'regions'>>> = {
  'openai-chat': { kind: 'openai-compatible' },
  'openai-responses': { kind: 'openai-compatible', settings: { protocols: 'openai-responses' } },
  'anthropic-messages': { kind: 'anthropic-compatible' },
  'bedrock-converse': { kind: 'bedrock', regions: ['us-east-1'] },
  'gemini-generate-content': { kind: 'google-ai-studio' },
  'cohere-v2-chat': { kind: 'cohere' },
};
// biome-ignore lint/suspicious/noExplicitAny: answers of three dialects, looked into
type Any = any;

const recorded = recordings(...Object.keys(KINDS)).filter(({ status, facts }) => status === 200 && facts.finish !== 'failed');
const failed = recordings('openai-responses').filter(({ facts }) => facts.finish === 'failed');

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    awsCredentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
    document: {
      providers: Object.entries(KINDS).map(([id, config]) => ({
        id,
        ...config,
        baseUrl: { value: upstream.origin },
        network: 'loopback' as const,
        free: true,
      })),
    },
  });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

function answering(entry: Recorded): Step[] {
  const bytes = entry.framing.startsWith('json-lines') ? eventsOfLines(responseBytes(entry)) : responseBytes(entry);
  const type = entry.framing.startsWith('aws')
    ? 'application/vnd.amazon.eventstream'
    : entry.framing === 'json'
      ? 'application/json'
      : 'text/event-stream';
  if (!entry.streaming) return reply(200, { 'content-type': type }, bytes);
  const half = Math.floor(bytes.length / 2);
  return [streamHead({ 'content-type': type }), chunk(bytes.subarray(0, half)), chunk(bytes.subarray(half)), lastChunk];
}

/** Some recordings hold the data of the events alone. */
function eventsOfLines(bytes: Buffer): Buffer {
  const lines = bytes
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  return Buffer.from(
    lines
      .map((line) => {
        const { type } = JSON.parse(line) as { type?: string };
        return `${type === undefined ? '' : `event: ${type}\n`}data: ${line}\n\n`;
      })
      .join(''),
  );
}

/** Mistral's content may be a list of parts. */
function textOf(content: Any): string {
  if (!Array.isArray(content)) return content ?? '';
  return content.map(({ type, text }) => (type === 'text' ? text : '')).join('');
}

const messages = [{ role: 'user', content: 'x' }];
const events = (text: string): Any[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)));

interface Dialect {
  readonly path: string;
  readonly body: object;
  whole(answer: Any): string;
  streamed(all: Any[]): string;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  chat: {
    path: '/v1/chat/completions',
    body: { messages, max_tokens: 100_000 },
    whole: (answer) => textOf(answer.choices[0].message.content),
    streamed: (all) => all.map(({ choices }) => textOf(choices?.[0]?.delta?.content)).join(''),
  },
  responses: {
    path: '/v1/responses',
    body: { input: 'x', max_output_tokens: 100_000 },
    whole: (answer) =>
      answer.output
        .flatMap(({ content }: Any) => content ?? [])
        .map(({ type, text }: Any) => (type === 'output_text' ? text : ''))
        .join(''),
    streamed: (all) => all.map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : '')).join(''),
  },
  messages: {
    path: '/v1/messages',
    body: { messages, max_tokens: 100_000 },
    whole: (answer) => answer.content.map(({ type, text }: Any) => (type === 'text' ? text : '')).join(''),
    streamed: (all) => all.map(({ delta }) => (delta?.type === 'text_delta' ? delta.text : '')).join(''),
  },
};

for (const [name, dialect] of Object.entries(DIALECTS)) {
  eachRecorded(`%s served over a socket reaches a ${name} caller with its text`, recorded, async (entry) => {
    upstream.script(answering(entry));

    const answer = await gateway.call(dialect.path, { ...dialect.body, model: `${entry.wireFormat}/${'model'}`, stream: entry.streaming });
    await gateway.settled();

    expect(answer.status).toBe(200);
    const text = entry.streaming ? dialect.streamed(events(answer.text)) : dialect.whole(answer.json);
    if (entry.facts.text_sha256 !== null) expect(createHash('sha256').update(text).digest('hex')).toBe(entry.facts.text_sha256);
    const record = gateway.records().find(({ id }) => id === answer.headers['x-gateway-request-id']);
    expect(record).toMatchObject({ state: 'settled' });
    if (record?.outcome === 'ok' && entry.facts.usage !== null) expect(record.usage?.estimated).toBeUndefined();
  });
}

eachRecorded('%s before any content is an error with a status, and costs nothing', failed, async (entry) => {
  upstream.script(answering(entry));

  const answer = await gateway.call('/v1/responses', { model: 'openai-responses/model', input: 'x', stream: true });
  await gateway.settled();

  expect([answer.status, answer.json.error.code]).toEqual([503, 'upstream_quota']);
  expect(gateway.records().find(({ id }) => id === answer.headers['x-gateway-request-id'])).toMatchObject({ state: 'settled' });
});
