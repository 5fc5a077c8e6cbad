import type { JsonObject, JsonValue } from '../../../../lambda/platform/json/value';
import type { DialectName } from '../../../../lambda/wire/dialects';
import { eventMessage } from '../../../support/event-message';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import type { TestGateway, TestReply } from '../../../support/gateway';
import { type Said, spoken, WIRE_FORMATS, type WireFormat } from '../../../support/spoken';
import { chunk, jsonReply, lastChunk, type Step, startUpstream, streamHead, type Upstream } from '../../../support/upstream';
import { guardedGateway, sayingOf } from './support';

/**
 * A search for leaks: whatever a provider answers holds the forbidden text in one place at a time, in every place that its wire format has and
 * in some that it does not know. No byte that leaves for the caller may tell it, in the head or the body, streamed or not, in any dialect.
 */

let upstream: Upstream;
const gateways = new Map<string, TestGateway>();

beforeAll(async () => {
  upstream = await startUpstream();
  for (const action of ['mask', 'block'] as const)
    gateways.set(
      action,
      await guardedGateway(upstream, [{ id: 'p', rules: [{ name: 'titan', deny: [SECRET], direction: 'output', action }] }]),
    );
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close();
  await upstream.close();
});

const SECRET = 'titan moon';
const SAID: Said = { reasoning: ['let me ', 'think'], text: ['here ', 'it is'], args: ['{"to": "a', 'b", "n": 1}'] };
const LOGPROBS = { token: 'it', logprob: -0.5, bytes: [1], top_logprobs: [{ token: 'its', logprob: -2, bytes: [1] }] };

/** What answers have beside what was said. */
const MORE: Readonly<Record<WireFormat, JsonObject>> = {
  'openai-chat': {
    system_fingerprint: 'fp',
    service_tier: 'default',
    extra: 'more',
    citations: ['https://a.example'],
    choices: {
      logprobs: { content: [LOGPROBS], refusal: [LOGPROBS], reasoning_content: [LOGPROBS] },
      stop_reason: 'stop',
      message: {
        refusal: 'no',
        audio: { id: 'au', data: 'AAAA', expires_at: 1, transcript: 'words' },
        annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example', title: 'title', start_index: 0, end_index: 2 } }],
        reasoning_details: [{ type: 'reasoning.text', text: 'thought', signature: 'sign', format: 'anthropic-claude-v1', index: 0 }],
        extra: 'more',
      },
    },
    usage: { note: 'more' },
  },
  'openai-responses': { metadata: { a: 'b' }, instructions: 'be good', user: 'u', incomplete_details: { reason: 'r' }, extra: 'more' },
  'anthropic-messages': { stop_sequence: 'stop', container: { id: 'c' }, extra: 'more', usage: { service_tier: 'standard', note: 'more' } },
  'bedrock-converse': {
    additionalModelResponseFields: { stop_sequence: 'stop' },
    trace: { guardrail: { modelOutput: ['words'] }, promptRouter: { invokedModelId: 'm' } },
    extra: 'more',
  },
  gemini: {
    responseId: 'r',
    promptFeedback: { blockReasonMessage: 'because' },
    candidates: {
      finishMessage: 'because',
      citationMetadata: { citationSources: [{ uri: 'https://a.example', title: 'title', license: 'mit' }] },
      groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example', title: 'title' } }], webSearchQueries: ['query'] },
      logprobsResult: { chosenCandidates: [{ token: 'it', logProbability: -1 }] },
      avgLogprobs: -1,
    },
    extra: 'more',
  },
  'cohere-v2': {
    logprobs: [{ text: 'it', token_ids: [1], logprobs: [-1] }],
    message: {
      tool_plan: 'plan',
      citations: [
        { start: 0, end: 2, text: 'he', type: 'TEXT_CONTENT', sources: [{ type: 'document', id: 'd', document: { title: 't' } }] },
      ],
    },
    extra: 'more',
  },
};

/** One object laid over another; over a list, over its first item. */
function laidOver(value: JsonValue | undefined, more: JsonValue): JsonValue {
  if (Array.isArray(value) && !Array.isArray(more)) return [laidOver(value[0], more), ...value.slice(1)];
  if (!isObject(value) || !isObject(more)) return more;
  return {
    ...value,
    ...Object.fromEntries(Object.entries(more).map(([name, each]) => [name, each === undefined ? null : laidOver(value[name], each)])),
  };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value once for each text in it, with the forbidden one behind that text, and once more with it in place of that text. */
function poisoned(value: JsonValue): { readonly where: string; readonly value: JsonValue }[] {
  if (typeof value === 'string') return [`${value} ${SECRET} `, `.${SECRET}.`].map((text) => ({ where: '', value: text }));
  if (Array.isArray(value))
    return value.flatMap((item, index) =>
      poisoned(item).map((one) => ({ where: `[${index}]${one.where}`, value: value.map((each, at) => (at === index ? one.value : each)) })),
    );
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    each === undefined ? [] : poisoned(each).map((one) => ({ where: `.${name}${one.where}`, value: { ...value, [name]: one.value } })),
  );
}

interface Poisoned {
  readonly where: string;
  readonly steps: Step[];
}

const SIZES = /^[0-9a-f]+\r\n/;

/** The pieces of a stream, each with its JSON where it has one. */
function piecesOf(wireFormat: WireFormat): { readonly event: string; readonly json: JsonValue | undefined; readonly raw: string }[] {
  return spoken(wireFormat, SAID, true)
    .slice(1, -1)
    .map((step) => {
      const bytes = Buffer.from((step as { send: Buffer }).send);
      const body = bytes.subarray((SIZES.exec(bytes.toString('latin1')) as RegExpExecArray)[0].length, -2);
      if (wireFormat === 'bedrock-converse') {
        const headers = body.readUInt32BE(4);
        const event = /:event-type...(\w+?).:content/s.exec(body.toString('latin1', 12, 12 + headers))?.[1] ?? '';
        return { event, json: JSON.parse(body.toString('utf8', 12 + headers, body.length - 4)) as JsonValue, raw: '' };
      }
      const raw = body.toString('utf8');
      return { event: '', json: undefined, raw };
    });
}

function poisonedStreams(wireFormat: WireFormat): Poisoned[] {
  const pieces = piecesOf(wireFormat);
  const stepsWith = (index: number, bytes: Buffer | string): Step[] => [
    streamHead(wireFormat === 'bedrock-converse' ? { 'content-type': 'application/vnd.amazon.eventstream' } : {}),
    ...pieces.map(({ event, json, raw }, at) =>
      chunk(at === index ? bytes : json === undefined ? raw : eventMessage(event, json as object)),
    ),
    lastChunk,
  ];
  return pieces.flatMap(({ event, json, raw }, index) => {
    if (json !== undefined)
      return poisoned(json).map(({ where, value }) => ({
        where: `${event}${where}`,
        steps: stepsWith(index, eventMessage(event, value as object)),
      }));
    // Several events may come in one piece.
    return [...raw.matchAll(/^data: (\{.*\})$/gm)].flatMap((line) =>
      poisoned(JSON.parse(line[1] as string) as JsonValue).map(({ where, value }) => ({
        where: `${index}${where}`,
        steps: stepsWith(
          index,
          raw.replace(line[0], () => `data: ${JSON.stringify(value)}`),
        ),
      })),
    );
  });
}

function wholeAnswer(wireFormat: WireFormat): JsonValue {
  const bytes = (spoken(wireFormat, SAID, false)[0] as { send: Buffer }).send.toString('utf8');
  return laidOver(JSON.parse(bytes.slice(bytes.indexOf('\r\n\r\n') + 4)) as JsonValue, MORE[wireFormat]);
}

const ERRORS: readonly JsonObject[] = [
  {
    error: {
      message: 'bad thing',
      type: 'invalid_request_error',
      code: 'invalid_value',
      param: 'messages',
      status: 'INVALID_ARGUMENT',
      metadata: { raw: 'x' },
    },
  },
  { type: 'error', error: { type: 'invalid_request_error', message: 'bad thing' }, request_id: 'r' },
  { message: 'bad thing', __type: 'ValidationException', code: 'x' },
  { error: { message: 'This is longer than the maximum context length', type: 'invalid_request_error', code: 'context_length_exceeded' } },
];

const PAIRS = DIALECTS.flatMap((dialect) => WIRE_FORMATS.map((wireFormat) => [dialect, wireFormat] as const));

describe.each(PAIRS)('R21 what %s is told of an answer from %s', (dialect: DialectName, wireFormat: WireFormat) => {
  const ask = async (action: string, steps: Step[], stream: boolean): Promise<TestReply> => {
    const gateway = gateways.get(action) as TestGateway;
    upstream.script(steps);
    const { path, body } = sayingOf(dialect, MODELS[wireFormat], 'Hi', stream);
    const reply = await gateway.call(path, body);
    await gateway.settled();
    return reply;
  };
  const leaksOf = async (all: readonly Poisoned[], stream: boolean): Promise<string[]> => {
    const leaks: string[] = [];
    for (const [index, { where, steps }] of all.entries()) {
      const action = index % 3 === 2 ? 'block' : 'mask';
      const reply = await ask(action, steps, stream);
      if (/titan|moon/.test(`${reply.text}${JSON.stringify(reply.headers)}`)) leaks.push(`${action} ${where}: ${reply.status}`);
    }
    return leaks;
  };

  test('whole: nothing of it, wherever the provider puts it', async () => {
    const all = poisoned(wholeAnswer(wireFormat)).map(({ where, value }) => ({ where, steps: jsonReply(value) }));

    expect(all.length).toBeGreaterThan(10);
    expect(await leaksOf(all, false)).toEqual([]);
  });

  test('streamed: nothing of it, wherever the provider puts it', async () => {
    const all = poisonedStreams(wireFormat);

    expect(all.length).toBeGreaterThan(10);
    expect(await leaksOf(all, true)).toEqual([]);
  });

  test('nothing of it, where the provider fails', async () => {
    const failures = ERRORS.flatMap((error) => poisoned(error).map(({ where, value }) => ({ where, value })));
    const whole = failures.flatMap(({ where, value }) =>
      [400, 413, 500, 200].map((status) => ({ where: `${status} ${where}`, steps: jsonReply(value, status) })),
    );
    expect(
      await leaksOf(
        whole.filter((_, index) => index % 2 === 0),
        false,
      ),
    ).toEqual([]);
    expect(
      await leaksOf(
        whole.filter((_, index) => index % 2 === 1),
        true,
      ),
    ).toEqual([]);

    const head = [
      'request-id',
      'x-request-id',
      'openai-organization',
      'openai-version',
      'anthropic-organization-id',
      'openai-processing-ms',
    ];
    const headers = head.map((name) => ({ where: name, steps: jsonReply(wholeAnswer(wireFormat), 200, { [name]: SECRET }) }));
    expect(await leaksOf(headers, false)).toEqual([]);
  });

  test('nothing of it, where a stream breaks off with an error', async () => {
    if (wireFormat === 'bedrock-converse') return;
    const said = piecesOf(wireFormat)
      .slice(0, 4)
      .map(({ raw }) => chunk(raw));
    const broken = ERRORS.flatMap((error) =>
      poisoned(error).flatMap(({ where, value }) =>
        ['data: ', 'event: error\ndata: '].map((prefix) => ({
          where,
          steps: [streamHead(), ...said, chunk(`${prefix}${JSON.stringify(value)}\n\n`), lastChunk],
        })),
      ),
    );
    expect(await leaksOf(broken, true)).toEqual([]);
  });
});
