import { type AddressInfo, createServer } from 'node:net';
import type { KeptRecord } from '../../../../lambda/money/ports';
import { createPriceBook } from '../../../../lambda/money/pricing';
import { parseUsd } from '../../../../lambda/money/pricing/money';
import type { DialectName } from '../../../../lambda/wire/dialects';
import type { ProviderConfig, RouteConfig } from '../../../../lib/private/contract';
import { USAGE } from '../../../clients/upstreams/turn';
import { type CallerAnswer, readAnswer, readStream } from '../../../support/answers';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import {
  answered,
  EARLY_FAULTS,
  type Fault,
  LATE_FAULTS,
  SAID,
  SPEAKERS,
  type Speaker,
  type SpeakerName,
  unmeasured,
} from '../../../support/faults';
import { startGateway, type TestGateway, type TestReply } from '../../../support/gateway';
import { type SeenRequest, startUpstream, type Upstream } from '../../../support/upstream';

/**
 * Every row of the fault matrix that a provider can play, for callers of every dialect, streamed and not, at providers that speak the
 * caller's wire format and at others.
 */

interface Pair {
  readonly dialect: DialectName;
  readonly speaker: SpeakerName;
}

const PAIRS: readonly Pair[] = [
  { dialect: 'openai-chat', speaker: 'chat' },
  { dialect: 'openai-chat', speaker: 'messages' },
  { dialect: 'openai-chat', speaker: 'gemini' },
  { dialect: 'openai-responses', speaker: 'responses' },
  { dialect: 'openai-responses', speaker: 'converse' },
  { dialect: 'anthropic-messages', speaker: 'messages' },
  { dialect: 'anthropic-messages', speaker: 'chat' },
  { dialect: 'anthropic-messages', speaker: 'converse' },
];

const KINDS: Readonly<Record<SpeakerName, ProviderConfig['kind']>> = {
  chat: 'openai-compatible',
  responses: 'openai',
  messages: 'anthropic-compatible',
  converse: 'bedrock',
  gemini: 'google-ai-studio',
};
/** Nano-USD a token: what a usage and an estimate cost. */
const INPUT_NANO_USD = 1_000n;
const OUTPUT_NANO_USD = 2_000n;

let broken: Upstream;
let spare: Upstream;
let gateway: TestGateway | undefined;

beforeAll(async () => {
  [broken, spare] = await Promise.all([startUpstream(), startUpstream()]);
  spare.script(({ body }) => answered(SPEAKERS.chat, JSON.parse(body.toString()).stream === true));
});
afterEach(() => gateway?.close());
afterAll(() => Promise.all([broken.close(), spare.close()]));

function providerOf(id: string, speaker: SpeakerName, origin: string): ProviderConfig {
  const path = { chat: '/v1', responses: '/v1', messages: '', converse: '', gemini: '/v1beta' }[speaker];
  return {
    id,
    kind: KINDS[speaker],
    baseUrl: { value: `${origin}${path}` },
    network: 'loopback',
    ...(speaker === 'converse' ? { regions: ['us-east-1'] } : { credential: { secretArn: { value: 'arn:key' } } }),
  };
}

function routes(): RouteConfig[] {
  return (Object.keys(SPEAKERS) as SpeakerName[]).flatMap((speaker) => [
    {
      alias: `${speaker}-both-*`,
      targets: [
        { provider: speaker, model: '*' },
        { provider: 'spare', model: '*' },
      ],
    },
    { alias: `${speaker}-alone-*`, targets: [{ provider: speaker, model: '*' }] },
  ]);
}

/** For what is no matter of time. */
const PATIENT = { firstEventMs: 20_000, idleMs: 20_000, totalMs: 30_000 };

interface Setting {
  readonly origin?: string;
  readonly network?: ProviderConfig['network'];
  readonly deadlines?: object;
}

async function start(
  fault: Pick<Fault, 'steps'>,
  { origin = broken.origin, network = 'loopback', deadlines }: Setting = {},
): Promise<TestGateway> {
  const speakers = Object.keys(SPEAKERS) as SpeakerName[];
  const prices = { input: '1', output: '2' };
  broken.script((request) => {
    const { speaker, stream } = askedOf(request);
    return fault.steps(speaker, stream);
  });
  gateway = await startGateway({
    priceBook: createPriceBook({ version: 'test', date: '2026-11-29', lists: {} }),
    secrets: { 'arn:key': 'k' },
    awsCredentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 's' }),
    document: {
      providers: [
        ...speakers.map((speaker) => ({ ...providerOf(speaker, speaker, origin), network })),
        providerOf('spare', 'chat', spare.origin),
      ],
      routes: routes(),
      models: [{ id: '*', usd_per_million_tokens: prices, capabilities: { max_output_tokens: 100 } }],
      deadlines: { firstEventMs: 1_500, idleMs: 1_500, totalMs: 4_000, ...deadlines } as never,
    },
  });
  return gateway;
}

/** The model's name says who speaks; Bedrock's and Google's stand in the path. */
function askedOf({ path, body }: SeenRequest): { speaker: Speaker; stream: boolean } {
  const asked = JSON.parse(body.toString()) as { model?: string; stream?: boolean };
  const name = /(chat|responses|messages|converse|gemini)-(?:both|alone)-/.exec(`${asked.model ?? ''} ${path}`)?.[1] as SpeakerName;
  return { speaker: SPEAKERS[name], stream: asked.stream === true || /stream/i.test(path) };
}

interface Outcome {
  readonly reply: TestReply;
  readonly record: KeptRecord | undefined;
  readonly records: number;
}

let calls = 0;

async function ask({ dialect, speaker }: Pair, stream: boolean, way: 'both' | 'alone'): Promise<Outcome> {
  const running = gateway as TestGateway;
  calls += 1;
  const model = `${speaker}-${way}-${calls}`;
  const { path, body } = DIALECT_CALLS[dialect](stream);
  const reply = await running.call(path, { ...body, model });
  await running.settled();
  const records = running.records().filter(({ originalModel }) => originalModel === model);
  return { reply, record: records[0], records: records.length };
}

const streamsOf = ({ only }: Fault): boolean[] => (only === undefined ? [false, true] : [only === 'stream']);
const read = (dialect: DialectName, stream: boolean, reply: TestReply): CallerAnswer =>
  stream ? readStream(dialect, reply.text) : readAnswer(dialect, reply.json);
const codes = ({ alone }: Fault): readonly string[] => (typeof alone === 'string' ? [alone] : alone);

/** The answer of the spare provider, and what the attempts before it may have cost. */
function costOf({ attempts = [] }: KeptRecord): bigint {
  const lost = attempts.reduce((sum, { estimatedCostUsd = '0' }) => sum + (parseUsd(estimatedCostUsd) as bigint), 0n);
  return BigInt(USAGE.input) * INPUT_NANO_USD + BigInt(USAGE.output) * OUTPUT_NANO_USD + lost;
}

function expectUnseen(pair: Pair, stream: boolean, { reply, record, records }: Outcome): void {
  const where = `${pair.dialect} ${pair.speaker} ${stream}`;
  expect([where, reply.status, reply.headers['x-gateway-provider']]).toEqual([where, 200, 'spare']);
  expect([where, reply.text.includes('broken')]).toEqual([where, false]);
  const answer = read(pair.dialect, stream, reply);
  expect([where, answer.text, answer.error]).toEqual([where, SAID, undefined]);
  if (stream) expect([where, answer.terminals.length]).toEqual([where, 1]);
  expect([where, records]).toEqual([where, 1]);
  expect(record).toMatchObject({ state: 'settled', outcome: 'ok', provider: 'spare' });
  const attempts = record?.attempts ?? [];
  expect([where, attempts.at(-1)?.outcome, attempts.length >= 2]).toEqual([where, 'ok', true]);
  expect([where, reply.headers['x-gateway-attempts']]).toEqual([where, String(attempts.length)]);
  expect([where, record?.costNanoUsd]).toEqual([where, costOf(record as KeptRecord)]);
}

/** One error in the caller's dialect, one record; nothing is charged that nobody bills. */
function expectTold(fault: Fault, pair: Pair, stream: boolean, { reply, record, records }: Outcome): void {
  const where = `${pair.dialect} ${pair.speaker} ${stream}`;
  expect([where, reply.status >= 400, reply.status === 401, reply.text.includes('broken')]).toEqual([where, true, false, false]);
  const { error, type } = reply.json;
  expect([where, typeof error.message, type]).toEqual([where, 'string', pair.dialect === 'anthropic-messages' ? 'error' : undefined]);
  expect(codes(fault)).toContain(record?.outcome);
  expect([where, records, record?.attempts?.length !== 0]).toEqual([where, 1, true]);
  if (fault.free === true) expect([where, record?.costNanoUsd]).toEqual([where, 0n]);
}

/** Where bytes pass as they are nobody numbers events on, and the drip repeats one. */
function numbered(text: string): string {
  let number = 0;
  return text.replace(/"sequence_number":\d+/g, () => `"sequence_number":${number++}`);
}

const named = (faults: readonly Fault[]) => faults.map((fault) => [`${fault.id} ${fault.name}`, fault] as const);

test.each(named(EARLY_FAULTS))(
  'I15 %s is seen by nobody where another provider is well, and is one record and one charge',
  async (_name, fault) => {
    for (const stream of streamsOf(fault)) {
      await start(fault);
      const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, 'both')));

      for (const [index, outcome] of outcomes.entries()) expectUnseen(PAIRS[index] as Pair, stream, outcome);
      await gateway?.close();
    }
  },
);

test.each(named(EARLY_FAULTS))('I24 %s alone is told once, in every dialect', async (_name, fault) => {
  for (const stream of streamsOf(fault)) {
    await start(fault);
    const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, 'alone')));

    for (const [index, outcome] of outcomes.entries()) expectTold(fault, PAIRS[index] as Pair, stream, outcome);
    await gateway?.close();
  }
});

test.each(named(LATE_FAULTS))('I14 %s ends the stream in one error, and nobody else answers', async (_name, fault) => {
  await start(fault, fault.id === 'E15' ? { deadlines: PATIENT } : {});
  const before = spare.requests.length;
  const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, true, 'both')));

  for (const [index, { reply, record, records }] of outcomes.entries()) {
    const { dialect, speaker } = PAIRS[index] as Pair;
    const where = `${dialect} ${speaker}`;
    const answer = readStream(dialect, numbered(reply.text));
    expect([where, reply.status, answer.terminals]).toEqual([where, 200, ['error']]);
    expect([where, reply.text.includes(SAID.slice(0, 5)), reply.text.includes('spare')]).toEqual([where, true, false]);
    expect([where, records]).toEqual([where, 1]);
    expect(record).toMatchObject({ state: 'settled', provider: speaker, incomplete: true });
    expect(codes(fault)).toContain(record?.outcome);
    expect(record?.costNanoUsd).toBeGreaterThan(0n);
  }
  expect(spare.requests.length).toBe(before);
});

test('F07 a provider that cannot be reached is seen by nobody where another one is well, and is one record and one charge', async () => {
  const gone = await startUpstream();
  await gone.close();
  for (const stream of [false, true]) {
    await start(EARLY_FAULTS[0] as Fault, { origin: gone.origin });
    const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, 'both')));

    for (const [index, outcome] of outcomes.entries()) expectUnseen(PAIRS[index] as Pair, stream, outcome);
    await gateway?.close();
  }
});

test.each<[string, Setting]>([
  ['C05 an address that may not be called', { network: 'public' }],
  ['C09 a handshake that is broken off', { origin: 'https' }],
])(
  '%s is seen by nobody where another provider is well, alone it is told once, and nothing of the call is sent',
  async (_name, setting) => {
    const bytes: Buffer[] = [];
    const cutter = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        bytes.push(data);
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((done) => cutter.listen(0, '127.0.0.1', done));
    const origin = setting.origin === undefined ? broken.origin : `https://127.0.0.1:${(cutter.address() as AddressInfo).port}`;
    const before = broken.requests.length;
    for (const stream of [false, true]) {
      const fault: Fault = { id: 'C', name: '', steps: () => [], alone: ['egress_denied', 'upstream_tls'], free: true };
      for (const way of ['both', 'alone'] as const) {
        await start(fault, { ...setting, origin });
        const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, way)));
        for (const [index, outcome] of outcomes.entries()) {
          if (way === 'both') expectUnseen(PAIRS[index] as Pair, stream, outcome);
          else expectTold(fault, PAIRS[index] as Pair, stream, outcome);
        }
        await gateway?.close();
      }
    }
    await new Promise((done) => cutter.close(done));
    expect(broken.requests.length).toBe(before);
    expect(Buffer.concat(bytes).includes('"role"')).toBe(false);
  },
);

test.each([false, true])(
  'F09 a kept connection that has died is replaced, in one attempt and for one charge; streamed: %s',
  async (stream) => {
    const served = new Set<number>();
    await start({ steps: () => [] }, { deadlines: PATIENT });
    broken.script((request) => {
      const { speaker, stream: streams } = askedOf(request);
      if (served.has(request.connection)) return [{ reset: true }];
      served.add(request.connection);
      return answered(speaker, streams);
    });

    for (const pair of PAIRS) {
      for (let count = 0; count < 2; count++) {
        const { reply, record, records } = await ask(pair, stream, 'alone');
        const where = `${pair.dialect} ${pair.speaker} ${count}`;
        expect([where, reply.status, read(pair.dialect, stream, reply).text, records]).toEqual([where, 200, SAID, 1]);
        expect([where, record?.attempts?.length, record?.costNanoUsd]).toEqual([where, 1, costOf(record as KeptRecord)]);
      }
    }
  },
);

test.each([false, true])(
  'E16 an answer that says nothing of what it took is whole, and charged by estimate; streamed: %s',
  async (stream) => {
    await start({ steps: unmeasured }, { deadlines: PATIENT });
    const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, 'alone')));

    for (const [index, { reply, record, records }] of outcomes.entries()) {
      const { dialect, speaker } = PAIRS[index] as Pair;
      const where = `${dialect} ${speaker}`;
      expect([where, reply.status, read(dialect, stream, reply).text, records]).toEqual([where, 200, SAID, 1]);
      expect([where, record?.state, record?.outcome, record?.usage?.estimated]).toEqual([where, 'settled', 'ok', true]);
      expect(record?.costNanoUsd).toBeGreaterThan(0n);
    }
  },
);

test.each([false, true])('G05 a model that is silent for long is waited for, and its caller kept on; streamed: %s', async (stream) => {
  const steps = (speaker: Speaker, streams: boolean) => [{ waitMs: 500 }, ...answered(speaker, streams)];
  await start({ steps }, { deadlines: { ...PATIENT, streamCommitMs: 60, jsonCommitMs: 60, heartbeatMs: 60 } });
  const outcomes = await Promise.all(PAIRS.map((pair) => ask(pair, stream, 'alone')));

  for (const [index, { reply, record, records }] of outcomes.entries()) {
    const { dialect, speaker } = PAIRS[index] as Pair;
    const where = `${dialect} ${speaker}`;
    const kept = !stream ? /^ +\{/ : dialect === 'anthropic-messages' ? /^(?:event: ping\ndata: [^\n]+\n\n)+/ : /^(?:: keep-alive\n\n)+/;
    expect([where, kept.test(reply.text), reply.status, read(dialect, stream, reply).text]).toEqual([where, true, 200, SAID]);
    expect([where, records, record?.outcome, record?.costNanoUsd]).toEqual([where, 1, 'ok', costOf(record as KeptRecord)]);
  }
});

test('I18 nothing is sent anywhere but to the providers that are configured', async () => {
  const hosts = new Set([...broken.requests, ...spare.requests].map(({ headers }) => headers['host']));

  expect([...hosts].every((host) => host === new URL(broken.origin).host || host === new URL(spare.origin).host)).toBe(true);
});
