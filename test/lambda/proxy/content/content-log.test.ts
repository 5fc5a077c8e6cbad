import { gunzipSync } from 'node:zlib';
import { factsOfContent } from '../../../../lambda/archive';
import { parsePeppers } from '../../../../lambda/identity';
import { createContentLog } from '../../../../lambda/proxy/content';
import type { ContentLevel, ContentLogConfig } from '../../../../lib/private/contract';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, PEPPER, startGateway, type TestGateway } from '../../../support/gateway';
import { createMemoryBucket, type MemoryBucket } from '../../../support/memory-bucket';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../../support/upstream';

/** What is kept of contents is what levels and callers want, within what the deployment allows, and stands nowhere else. */

const SECRETS = ['jane.doe@example.com', '4111 1111 1111 1111', 'DE89370400440532013000'];

let upstream: Upstream;
let gateway: TestGateway;
let bucket: MemoryBucket;

beforeEach(async () => {
  bucket = createMemoryBucket();
  upstream = await startUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function start(contentLog: ContentLogConfig, pieceBytes?: number): Promise<void> {
  const peppers = async () => parsePeppers(JSON.stringify({ version: '1', '1': PEPPER }));
  const clock = { now: () => Date.parse('2026-11-30T12:00:00Z') };
  gateway = await startGateway({
    taps: [createContentLog({ objects: bucket, peppers, clock, ...(pieceBytes === undefined ? {} : { pieceBytes }) })],
    document: { contentLog, providers: [compatible('up', upstream.origin)] },
  });
}

const ALL: ContentLogConfig = { level: 'full', most: 'full', callers: { least: 'off', most: 'full' } };
const kept = (): Record<string, unknown>[] =>
  [...bucket.objects].filter(([key]) => !/~\d{4}$/.test(key)).map(([, bytes]) => JSON.parse(gunzipSync(bytes).toString()));

const event = (value: object | string): Step => chunk(`data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`);
const said = (content: string): Step => event({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const streamOf = (...texts: string[]): Step[] => [
  streamHead(),
  ...texts.map(said),
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event('[DONE]'),
  lastChunk,
];
const wholeOf = (content: string): Step[] =>
  jsonReply({ id: 'c', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] });

const { path, body } = DIALECT_CALLS['openai-chat'](true);
const asking = (content: string, stream: boolean) => ({ ...body, model: 'up/m', stream, messages: [{ role: 'user', content }] });

async function ask(content: string, stream = false, headers: Record<string, string> = {}, key = gateway.key) {
  upstream.script(stream ? streamOf('an', 'swer') : wholeOf('answer'));
  const answer = await gateway.call(path, asking(content, stream), { authorization: `Bearer ${key}`, ...headers });
  await gateway.settled();
  return answer;
}

test.each([true, false])('in full, request and answer are kept byte by byte (streamed: %s)', async (stream) => {
  await start(ALL);

  const answer = await ask('CANARY wörds', stream, { 'x-gateway-tags': 'customer=c1' });

  expect(answer.status).toBe(200);
  expect(kept()).toEqual([
    expect.objectContaining({
      id: answer.headers['x-gateway-request-id'],
      level: 'full',
      status: 200,
      outcome: 'ok',
      labels: { customer: 'c1' },
      request: JSON.stringify(asking('CANARY wörds', stream)),
      answer: answer.text,
    }),
  ]);
  expect([...bucket.objects.keys()].join()).not.toMatch(/customer|c1|CANARY/);
  expect(JSON.stringify(gateway.log)).not.toContain('CANARY');
});

test('a long answer is written in pieces while it comes, and all of them are the answer', async () => {
  await start(ALL, 1_000);
  const texts = Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(200)}`);
  upstream.script(streamOf(...texts));

  const answer = await gateway.call(path, asking('q', true));
  await gateway.settled();

  const pieces = [...bucket.objects].filter(([key]) => /~\d{4}$/.test(key)).sort(([one], [other]) => (one < other ? -1 : 1));
  const [told] = kept();
  expect(pieces.length).toBeGreaterThan(3);
  expect(told?.['pieces']).toBe(pieces.length);
  expect(pieces.map(([, bytes]) => gunzipSync(bytes).toString()).join('') + told?.['answer']).toBe(answer.text);
});

test('whom a call was made for is found by its key, without being readable in it', async () => {
  await start(ALL, 1_000);
  const texts = Array.from({ length: 20 }, (_, index) => `${index} ${'x'.repeat(200)}`);
  for (const more of [{}, { user: 'erika' }]) {
    upstream.script(streamOf(...texts));
    await gateway.call(path, { ...asking('q', true), ...more });
    await gateway.settled();
  }

  const facts = [...bucket.objects.keys()].map((key) => factsOfContent(key));
  const least = Math.min(...facts.map(({ length }) => length));
  const ofErika = facts.filter(({ length }) => length > least);
  expect(ofErika.length).toBe(facts.length / 2);
  expect(new Set(ofErika.map(String)).size).toBe(1);
  expect(kept()).toContainEqual(expect.objectContaining({ end_user: 'erika' }));
  expect([...bucket.objects.keys()].join()).not.toContain('erika');
});

test('metadata has no word of request and answer', async () => {
  await start({ level: 'metadata', most: 'full' });

  await ask('CANARY');

  expect(kept()).toEqual([expect.objectContaining({ level: 'metadata', outcome: 'ok', request_bytes: expect.any(Number) })]);
  expect(JSON.stringify(kept())).not.toMatch(/CANARY|"answer"/);
});

test('redacted, none of what detectors find is kept, though it be cut into frames anywhere', async () => {
  await start({ level: 'redacted', most: 'redacted' });
  for (const secret of SECRETS) {
    for (const at of [1, 4, secret.length - 2]) {
      bucket.objects.clear();
      upstream.script(streamOf(`It is ${secret.slice(0, at)}`, secret.slice(at), ' as you said.'));

      const answer = await gateway.call(path, asking(`Mine is ${secret}, keep it.`, true));
      await gateway.settled();

      expect(answer.text).not.toBe('');
      const text = JSON.stringify(kept());
      expect(text).toMatch(/\[[A-Z_]+_1\]/);
      expect(text).toContain('as you said.');
      expect(text).not.toContain(secret);
    }
  }
});

test('off is nothing', async () => {
  await start({ level: 'off', most: 'full' });

  await ask('CANARY');

  expect(bucket.objects.size).toBe(0);
});

test('the nearest level that says something counts, from the next request on, and never beyond the most', async () => {
  await start({ level: 'off', most: 'metadata' });

  await gateway.changeKey(gateway.key, { contentLog: 'full' });
  await ask('CANARY');

  expect(kept()).toEqual([expect.objectContaining({ level: 'metadata' })]);
});

test.each<[ContentLevel, string, number, string | undefined]>([
  ['metadata', 'full', 200, 'full'],
  ['full', 'metadata', 200, 'metadata'],
  ['metadata', 'off', 403, undefined],
  ['metadata', 'everything', 400, undefined],
])('a caller whose level is %s and who asks for %s is answered %i', async (level, wanted, status, level2) => {
  await start({ level, most: 'full', callers: { least: 'metadata', most: 'full' } });

  const answer = await ask('CANARY', false, { 'x-gateway-log': wanted });

  expect(answer.status).toBe(status);
  expect(upstream.requests.length).toBe(status === 200 ? 1 : 0);
  if (level2 !== undefined) expect(kept()).toEqual([expect.objectContaining({ level: level2 })]);
  for (const { headers } of upstream.requests) expect(headers).not.toHaveProperty('x-gateway-log');
});

test('refused and failed calls are kept too, and nothing of callers who are not known', async () => {
  await start(ALL);
  upstream.script(jsonReply({ error: { message: 'no' } }, 400));
  await gateway.call(path, asking('CANARY', false));
  await gateway.call(path, { ...asking('CANARY', false), model: 'nobody/m' });
  await gateway.settled();
  expect(
    kept()
      .map(({ status }) => status)
      .sort(),
  ).toEqual([400, 404]);

  bucket.objects.clear();
  await ask('CANARY', false, {}, 'sk-gw-nobody');
  expect(bucket.objects.size).toBe(0);
});

test('a bucket that is down harms no call, and the log says so without a word of it', async () => {
  await start(ALL);
  bucket.weather = () => {
    throw new Error('down CANARY');
  };

  expect((await ask('CANARY')).status).toBe(200);

  expect(gateway.log.filter(({ event: name }) => name === 'tap-failed')).toHaveLength(1);
  expect(JSON.stringify(gateway.log)).not.toContain('CANARY');
});
