import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../lambda/platform/json/value';
import { AwsEventStreamDecoder, toFrame } from '../../lambda/wire/framing/aws-event-stream';
import { SseParser } from '../../lambda/wire/framing/sse';
import type { ModelResponse, StreamEvent } from '../../lambda/wire/model/response';
import type { Usage } from '../../lambda/wire/model/usage';
import type { Frame, Protocol } from '../../lambda/wire/protocols/protocol';

const FOLDER = join(__dirname, '../../../shared/fixtures');

/** What the index says of one recorded exchange. */
export interface Recorded {
  readonly id: string;
  readonly provider: string;
  readonly wireFormat: string;
  readonly status: number;
  readonly streaming: boolean;
  readonly framing: string;
  readonly requestFile: string | null;
  readonly responseFile: string;
  readonly facts: {
    readonly finish: string;
    readonly text_chars: number;
    readonly text_sha256: string | null;
    readonly reasoning_chars: number;
    readonly tool_calls: readonly { id: string | null; name: string; args: string }[];
    readonly usage: JsonObject | null;
  };
}

/** Recorded exchanges of some wire formats; empty, with a message, where the recordings are not at hand. */
export function recordings(...wireFormats: string[]): Recorded[] {
  const index = join(FOLDER, 'index.json');
  if (!existsSync(index)) {
    console.warn(`no recorded exchanges at ${FOLDER}: the tests that replay them are skipped`);
    return [];
  }
  const { entries } = JSON.parse(readFileSync(index, 'utf8')) as { entries: Recorded[] };
  return entries.filter((entry) => wireFormats.includes(entry.wireFormat));
}

/** `test.each` that leaves out a table without rows, as jest refuses one. */
export function eachRecorded(name: string, rows: readonly Recorded[], check: (entry: Recorded) => void | Promise<void>): void {
  if (rows.length === 0) test.skip(name, () => undefined);
  for (const row of rows) test(name.replace('%s', row.id), async () => check(row));
}

export function responseBytes(entry: Recorded): Buffer {
  return readFileSync(join(FOLDER, entry.responseFile));
}

export function responseBody(entry: Recorded): JsonObject {
  return JSON.parse(responseBytes(entry).toString('utf8')) as JsonObject;
}

/** The body of the call, for entries that have one. */
export function requestBody(entry: Recorded): JsonObject {
  return JSON.parse(readFileSync(join(FOLDER, entry.requestFile ?? ''), 'utf8')) as JsonObject;
}

/** Frames of a stream, from bytes cut at the given places. */
export function framesOf(entry: Recorded, bytes: Buffer = responseBytes(entry), cuts: readonly number[] = []): Frame[] {
  if (entry.framing.startsWith('json-lines')) {
    const lines = bytes.toString('utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((data) => ({ event: 'message', data }));
  }
  const edges = [0, ...cuts, bytes.length];
  const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
  if (entry.framing.startsWith('aws')) {
    const decoder = new AwsEventStreamDecoder();
    return chunks.flatMap((chunk) => decoder.push(chunk)).map(toFrame);
  }
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk)).map(({ event, data }) => ({ event, data }));
}

/** Everything that a protocol makes of a stream's frames, its end included. */
export function decodeFrames(protocol: Protocol, frames: readonly Frame[]): StreamEvent[] {
  const decoder = protocol.streamDecoder();
  return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

/** What an answer says, in terms that the index uses. */
export interface AnswerFacts {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { id: string; name: string; args: unknown }[];
  readonly finish: string | undefined;
  readonly usage: Usage | undefined;
}

export function sha256(text: string): string | null {
  return text === '' ? null : createHash('sha256').update(text).digest('hex');
}

export function factsOfResponse(response: ModelResponse): AnswerFacts {
  const content = response.choices[0]?.content ?? [];
  return {
    text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    reasoning: content.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    toolCalls: content.flatMap((part) =>
      part.type === 'tool-call' ? [{ id: part.id, name: part.name, args: JSON.parse(part.arguments) as unknown }] : [],
    ),
    finish: response.choices[0]?.finishReason.raw,
    usage: response.usage,
  };
}

/** Facts of a complete stream; throws when its events are not well formed. */
export function factsOfEvents(events: readonly StreamEvent[]): AnswerFacts {
  checkWellFormed(events);
  const calls = new Map<number, { id: string; name: string; text: string }>();
  let text = '';
  let reasoning = '';
  let finish: string | undefined;
  let usage: Usage | undefined;
  for (const event of events) {
    if (event.type === 'text-delta') text += event.text;
    if (event.type === 'reasoning-delta') reasoning += event.text;
    if (event.type === 'tool-call-start') calls.set(event.block, { id: event.id, name: event.name, text: '' });
    if (event.type === 'tool-call-delta') (calls.get(event.block) as { text: string }).text += event.text;
    if (event.type === 'finish') finish = event.reason.raw;
    if (event.type === 'usage') usage = event.usage;
  }
  const toolCalls = [...calls.values()].map(({ id, name, text: json }) => ({ id, name, args: JSON.parse(json) as unknown }));
  return { text, reasoning, toolCalls, finish, usage };
}

/** Every block starts once, ends once, and nothing else happens in between; `end` or `error` comes last and once. */
export function checkWellFormed(events: readonly StreamEvent[]): void {
  let open: number | undefined;
  let next = 0;
  events.forEach((event, index) => {
    const where = `event ${index} (${event.type})`;
    if (index === 0 && event.type !== 'start' && event.type !== 'error') throw new Error(`${where}: the stream begins without a start`);
    if ((event.type === 'end' || event.type === 'error') !== (index === events.length - 1))
      throw new Error(`${where}: not one terminal event`);
    if (!('block' in event)) {
      if (open !== undefined && event.type !== 'error' && event.type !== 'usage') throw new Error(`${where}: block ${open} is open`);
      return;
    }
    if (event.type === 'image') {
      if (open !== undefined || event.block !== next) throw new Error(`${where}: block ${event.block} comes out of turn`);
      next += 1;
      return;
    }
    if (event.type.endsWith('-start')) {
      if (open !== undefined || event.block !== next) throw new Error(`${where}: block ${event.block} starts out of turn`);
      open = event.block;
      next += 1;
    } else if (event.block !== open) throw new Error(`${where}: block ${event.block} is not open`);
    if (event.type.endsWith('-end')) open = undefined;
  });
}
