import { GatewayError } from '../../../lambda/platform/error';
import type { JsonObject, JsonValue } from '../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../lambda/wire/dialects/openai-responses';
import type { StreamEvent } from '../../../lambda/wire/model/response';
import type { Dialect, EncodeContext, Frame, Protocol } from '../../../lambda/wire/protocols/protocol';
import { fixtures, PROTOCOLS } from '../../support/fixtures';
import { check, type Reader, refusedOr } from '../reader';

const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropicMessages];
const dialectNames = new Set<string>(DIALECTS.map(({ name }) => name));
const CONTEXT: EncodeContext = {
  requestId: 'req-1',
  originalModel: 'smart',
  createdAt: 1_700_000_000,
  wantsStreamUsage: true,
  request: { model: 'smart', messages: [], stream: true },
};
const SHARED = ['lambda/wire/protocols/lenient.ts', 'lambda/wire/protocols/block-writer.ts', 'lambda/wire/protocols/provider-error.ts'];

/** One input: how it is answered, and the answer: a body, or the frames of a stream. */
interface Told {
  readonly status: number;
  readonly answer: JsonValue;
}

/** What providers answer, by wire format: whole, streamed, failed; each is also told to a caller of some dialect. */
export const answerReaders: readonly Reader[] = Object.entries(PROTOCOLS).map(([name, protocol]) => ({
  name: `answer-${name}`,
  about: `answers of providers that speak ${name}`,
  files: [`lambda/wire/${dialectNames.has(name) ? 'dialects' : 'protocols'}/${name}/`, ...SHARED],
  isJson: true,
  samples: () =>
    fixtures()
      .filter(({ wireFormat }) => wireFormat === name)
      .map(({ status, response }) => JSON.stringify({ status, answer: Array.isArray(response) ? response.slice(0, 12) : response }))
      .filter((text) => text.length < 4_096),
  read(input, random) {
    const told = readTold(input);
    if (told === undefined) return;
    if (Array.isArray(told.answer)) readStream(protocol, told.answer, random.pick(DIALECTS));
    else readWhole(protocol, told.status, told.answer, random.pick(DIALECTS));
  },
}));

function readTold(input: Buffer): Told | undefined {
  try {
    const value: unknown = JSON.parse(input.toString('utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { status, answer } = value as Partial<Told>;
    return { status: typeof status === 'number' ? status : 200, answer: answer ?? null };
  } catch {
    return undefined;
  }
}

function readWhole(protocol: Protocol, status: number, answer: JsonValue, dialect: Dialect): void {
  const body = typeof answer === 'object' && !Array.isArray(answer) ? (answer ?? undefined) : undefined;
  const failure = protocol.decodeError(status, body, { 'retry-after': String(status), date: 'Mon, 01 Jan 2026 00:00:00 GMT' });
  check(failure.error.status >= 400 && failure.error.status <= 599, `an error of status ${failure.error.status}`);
  if (body === undefined) return;
  const usage = refusedOr([GatewayError], () => protocol.usage(body));
  for (const count of Object.values(usage ?? {})) if (typeof count === 'number') check(count >= 0, 'a negative count');
  const response = refusedOr([GatewayError], () => protocol.decodeResponse(body));
  if (response === undefined) return;
  JSON.stringify(dialect.encodeResponse(response, CONTEXT));
}

function readStream(protocol: Protocol, frames: readonly JsonValue[], dialect: Dialect): void {
  const decoder = protocol.streamDecoder();
  const meter = protocol.streamMeter?.({ hideUsage: true });
  const events: StreamEvent[] = [];
  let over = false;
  for (const item of frames) {
    const frame = frameOf(item);
    meter?.observe(frame);
    if (!over) events.push(...decoder.decode(frame));
    over ||= events.at(-1)?.type === 'error';
  }
  if (!over) events.push(...decoder.end());
  check(['end', 'error'].includes(events.at(-1)?.type ?? ''), 'a stream without an end');
  check(isWellFormed(events), 'blocks that overlap or do not end');
  if (meter !== undefined) check(meter.written.tokens >= 0, 'less than no text');
  const encoder = dialect.streamEncoder(CONTEXT);
  for (const event of events) encoder.encode(event);
}

/** A text is an event as it is written; an object is its data, by Bedrock under the event's name. */
function frameOf(item: JsonValue): Frame {
  if (typeof item === 'string') {
    const data = /^data: ?(.*)$/m.exec(item)?.[1] ?? item;
    return { event: /^event: ?(.*)$/m.exec(item)?.[1] ?? 'message', data };
  }
  const object: JsonObject = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : {};
  if (object['exception'] !== undefined) {
    return { event: String(object['exception']), data: JSON.stringify(object['payload'] ?? {}), exception: true };
  }
  const [[first = 'message', payload] = []] = Object.entries(object);
  const isNamed = Object.keys(object).length === 1 && typeof payload === 'object';
  if (isNamed) return { event: first, data: JSON.stringify(payload) };
  return { event: typeof object['type'] === 'string' ? object['type'] : 'message', data: JSON.stringify(item) };
}

/** Each block starts once and ends once, the next after it; an error may cut the last one short. */
function isWellFormed(events: readonly StreamEvent[]): boolean {
  const open = new Map<number, number>();
  for (const event of events) {
    if (event.type === 'error') return true;
    if (!('block' in event)) continue;
    const { choice, block, type } = event;
    // A picture is a block of one event.
    if (type === 'image') {
      if (open.has(choice)) return false;
    } else if (type.endsWith('-start')) {
      if (open.has(choice)) return false;
      open.set(choice, block);
    } else if (open.get(choice) !== block) return false;
    else if (type.endsWith('-end')) open.delete(choice);
  }
  return open.size === 0;
}
