import { EventStreamCodec } from '@smithy/eventstream-codec';
import { anthropicMessages } from '../clients/upstreams/anthropic-messages';
import { bedrockConverse } from '../clients/upstreams/bedrock-converse';
import { gemini } from '../clients/upstreams/gemini';
import { openAiChat } from '../clients/upstreams/openai-chat';
import { openAiResponses } from '../clients/upstreams/openai-responses';
import { type SpokenTurn, sse, type Wire } from '../clients/upstreams/turn';
import { chunk, jsonReply, lastChunk, reply, type Step, streamHead } from './upstream';

/** How a provider of one wire format answers, and fails: what `FAULTS` is made of for each. */
export interface Speaker {
  readonly wire: Wire;
  /** Frames of a stream before the model says anything. */
  readonly preamble: number;
  /** An error answer's body, and its headers. */
  error(status: number, code: string): { readonly body: object; readonly headers?: Readonly<Record<string, string>> };
  /** An error in the midst of a stream. */
  readonly errorEvent: Buffer;
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => new Uint8Array(Buffer.from(text, 'utf8')),
);
const text = (value: string) => ({ type: 'string' as const, value });
const EXCEPTION = Buffer.from(
  codec.encode({
    headers: {
      ':exception-type': text('serviceUnavailableException'),
      ':content-type': text('application/json'),
      ':message-type': text('exception'),
    },
    body: Buffer.from('{"message":"broken"}'),
  }),
);
const openAiError = (status: number, code: string) => ({ body: { error: { message: `broken ${status}`, type: code, code } } });
const NAMES: Readonly<Record<number, string>> = { 401: 'AccessDeniedException', 403: 'AccessDeniedException', 429: 'ThrottlingException' };

export const SPEAKERS = {
  chat: { wire: openAiChat, preamble: 1, error: openAiError, errorEvent: sse({ error: { message: 'broken', type: 'server_error' } }) },
  responses: {
    wire: openAiResponses,
    preamble: 2,
    error: openAiError,
    errorEvent: sse({ type: 'error', code: 'server_error', message: 'broken', param: null, sequence_number: 9 }, 'error'),
  },
  messages: {
    wire: anthropicMessages,
    preamble: 2,
    error: (status, code) => ({ body: { type: 'error', error: { type: code, message: `broken ${status}` } } }),
    errorEvent: sse({ type: 'error', error: { type: 'overloaded_error', message: 'broken' } }, 'error'),
  },
  converse: {
    wire: bedrockConverse,
    preamble: 1,
    error: (status) => ({
      body: { message: `broken ${status}` },
      ...(NAMES[status] === undefined ? {} : { headers: { 'x-amzn-errortype': NAMES[status] } }),
    }),
    errorEvent: EXCEPTION,
  },
  gemini: {
    wire: gemini,
    preamble: 0,
    error: (status) => ({ body: { error: { code: status, message: `broken ${status}`, status: 'UNKNOWN' } } }),
    errorEvent: sse({ error: { code: 503, message: 'broken', status: 'UNAVAILABLE' } }),
  },
} as const satisfies Readonly<Record<string, Speaker>>;

export type SpeakerName = keyof typeof SPEAKERS;

const TURN: SpokenTurn = { text: 'Hello, caller of mine.', number: 1, signed: true };
export const SAID = TURN.text as string;

/** A good answer. */
export function answered({ wire }: Speaker, stream: boolean): Step[] {
  return stream ? [head(wire), ...wire.frames(TURN).map(chunk), lastChunk] : jsonReply(wire.whole(TURN));
}

function head({ contentType }: Wire): Step {
  return streamHead({ 'content-type': contentType });
}

/** The same, without a word of what it took. */
export function unmeasured(speaker: Speaker, stream: boolean): Step[] {
  const { wire } = speaker;
  if (!stream) return jsonReply(withoutUsage(wire.whole(TURN)));
  const frames = wire.frames(TURN).flatMap((frame) => {
    // Bedrock's usage is a message of its own.
    if (wire === bedrockConverse) return frame.includes('"usage"') ? [] : [frame];
    const text = frame
      .toString()
      .replace(/^data: (\{.*)$/gm, (_line, json: string) => `data: ${JSON.stringify(withoutUsage(JSON.parse(json)))}`);
    return [Buffer.from(text)];
  });
  return [head(wire), ...frames.map(chunk), lastChunk];
}

function withoutUsage(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, inner) => (/^usage(Metadata)?$/.test(name) ? undefined : inner)));
}

/** One way in which a provider fails. */
export interface Fault {
  /** The row of the matrix. */
  readonly id: string;
  readonly name: string;
  /** Only in streams, or only in whole answers. */
  readonly only?: 'stream' | 'whole';
  steps(speaker: Speaker, stream: boolean): readonly Step[];
  /** What the usage record says of it where there is no other provider. */
  readonly alone: string | readonly string[];
  /** Nothing was sent that a provider could bill, so it costs nothing. */
  readonly free?: boolean;
}

const refused =
  (status: number, code = 'server_error', headers: Readonly<Record<string, string>> = {}) =>
  (speaker: Speaker): readonly Step[] => {
    const error = speaker.error(status, code);
    return jsonReply(error.body, status, { ...error.headers, ...headers });
  };
const soon = { waitMs: 5 } as const;
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const CUT = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"id":"x","choi';
const status = (id: string, code: number, alone: Fault['alone'], word?: string): Fault => ({
  id,
  name: `a ${code}`,
  steps: refused(code, word),
  alone,
  free: true,
});
const wait = (name: string, headers: Readonly<Record<string, string>>): Fault => ({
  id: 'F04',
  name: `a 429 with ${name}`,
  steps: refused(429, 'rate_limit_error', headers),
  alone: 'rate_limit_exceeded',
  free: true,
});
const inStream = (id: string, name: string, alone: Fault['alone'], steps: (speaker: Speaker) => readonly Step[]): Fault => ({
  id,
  name,
  only: 'stream',
  steps,
  alone,
});

/** Before the first byte of an answer: with another provider that is well, nobody sees any of them. */
export const EARLY_FAULTS: readonly Fault[] = [
  { id: 'C06', name: 'a redirect', steps: () => reply(302, { location: 'http://127.0.0.1:1/' }, ''), alone: 'upstream_redirect' },
  {
    id: 'E09',
    name: 'an error under a good status',
    only: 'stream',
    steps: (speaker) => jsonReply(speaker.error(503, 'server_error').body),
    alone: ['upstream_error', 'upstream_overloaded', 'upstream_invalid_response'],
  },
  inStream('E10', 'a first event that is an error', ['upstream_error', 'upstream_overloaded'], ({ wire, errorEvent }) => [
    head(wire),
    chunk(errorEvent),
    lastChunk,
  ]),
  inStream('E12', 'headers and then silence', 'upstream_timeout', ({ wire }) => [head(wire), { hang: true }]),
  { id: 'E12', name: 'silence', steps: () => [{ hang: true }], alone: 'upstream_timeout' },
  inStream('E26', 'a preamble and then an error', ['upstream_error', 'upstream_overloaded'], ({ wire, preamble, errorEvent }) => [
    head(wire),
    ...wire.frames(TURN).slice(0, preamble).map(chunk),
    soon,
    chunk(errorEvent),
    lastChunk,
  ]),
  inStream('E26', 'a preamble and then a reset', 'upstream_incomplete', ({ wire, preamble }) => [
    head(wire),
    ...wire.frames(TURN).slice(0, preamble).map(chunk),
    soon,
    { reset: true },
  ]),
  inStream('E26', 'a preamble and then the end', 'upstream_incomplete', ({ wire, preamble }) => [
    head(wire),
    ...wire.frames(TURN).slice(0, preamble).map(chunk),
    lastChunk,
  ]),
  inStream('E26', 'a preamble and then silence', 'upstream_timeout', ({ wire, preamble }) => [
    head(wire),
    ...wire.frames(TURN).slice(0, preamble).map(chunk),
    { hang: true },
  ]),
  { id: 'E27', name: 'a web page', steps: () => reply(200, { 'content-type': 'text/html' }, '<html>'), alone: 'upstream_invalid_response' },
  {
    id: 'E24',
    name: 'an encoding that was not asked for',
    steps: () => reply(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'x'),
    alone: 'upstream_encoded',
  },
  {
    id: 'E07',
    name: 'a body that is cut',
    only: 'whole',
    steps: () => [{ send: CUT }, soon, { reset: true }],
    alone: ['upstream_incomplete', 'upstream_reset'],
  },
  {
    id: 'E09',
    name: 'a body that is no JSON',
    only: 'whole',
    steps: () => reply(200, JSON_TYPE, '{"a"'),
    alone: 'upstream_invalid_response',
  },
  status('F02', 401, 'upstream_auth', 'authentication_error'),
  status('F02', 403, 'upstream_auth', 'permission_error'),
  status('F03', 404, 'model_not_found', 'not_found_error'),
  status('F03', 408, 'upstream_timeout'),
  status('F03', 409, 'upstream_conflict'),
  wait('retry-after: 30', { 'retry-after': '30' }),
  wait('retry-after: 1.5', { 'retry-after': '1.5' }),
  wait('a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', date: 'Wed, 21 Oct 2026 07:27:30 GMT' }),
  wait('a date that has passed', { 'retry-after': new Date(0).toUTCString() }),
  wait('retry-after: -5', { 'retry-after': '-5' }),
  wait('retry-after: abc', { 'retry-after': 'abc' }),
  wait('retry-after: 1e9', { 'retry-after': '1e9' }),
  wait('retry-after-ms', { 'retry-after-ms': '20' }),
  wait('nothing', {}),
  {
    id: 'F05',
    name: 'a quota that is used up',
    steps: (speaker) => jsonReply(speaker.error(402, 'insufficient_quota').body, 402),
    alone: 'upstream_quota',
    free: true,
  },
  status('F06', 500, 'upstream_error'),
  status('F06', 502, 'upstream_error'),
  status('F06', 503, 'upstream_overloaded', 'overloaded_error'),
  status('F06', 504, 'upstream_timeout'),
  status('F06', 529, 'upstream_overloaded', 'overloaded_error'),
  { id: 'F08', name: 'a reset after the body was sent', steps: () => [{ reset: true }], alone: 'upstream_reset' },
  { id: 'F08', name: 'an end without an answer', steps: () => [{ end: true }], alone: 'upstream_reset' },
  { id: 'F07', name: 'what is no HTTP', steps: () => [{ send: 'SSH-2.0-x\r\n' }, { end: true }], alone: 'upstream_invalid_response' },
  {
    id: 'F14',
    name: 'a 503 that says not to try again',
    steps: refused(503, 'overloaded_error', { 'x-should-retry': 'false' }),
    alone: 'upstream_overloaded',
    free: true,
  },
];

/** After content: nobody else may answer, and the caller is told that the answer is not whole. */
export const LATE_FAULTS: readonly Fault[] = [
  late('E06', 'the end', 'upstream_incomplete', () => [lastChunk]),
  late('E07', 'a reset', 'upstream_incomplete', () => [{ waitMs: 30 }, { reset: true }]),
  late('E11', 'an error', ['upstream_error', 'upstream_overloaded'], ({ errorEvent }) => [chunk(errorEvent), lastChunk]),
  late('E13', 'silence', 'upstream_timeout', () => [{ hang: true }]),
  late('E15', 'no end, far beyond the cap', 'upstream_runaway', ({ wire, preamble }) => {
    const more = wire.frames(TURN)[preamble + 2] as Buffer;
    return [chunk(Buffer.concat(Array.from({ length: 3_000 }, () => more))), { hang: true }];
  }),
  late('E14 G06', 'a slow drip', 'upstream_timeout', ({ wire, preamble }) => {
    const drip = chunk(wire.frames(TURN)[preamble + 2] as Buffer);
    return Array.from({ length: 200 }, () => [drip, { waitMs: 30 }]).flat();
  }),
];

function late(id: string, name: string, alone: Fault['alone'], rest: (speaker: Speaker) => readonly Step[]): Fault {
  return inStream(id, `content and then ${name}`, alone, (speaker) => {
    const { wire, preamble } = speaker;
    const frames = wire.frames(TURN);
    return [head(wire), ...frames.slice(0, preamble + 3).map(chunk), soon, ...rest(speaker)];
  });
}
