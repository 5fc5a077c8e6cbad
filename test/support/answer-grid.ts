import type { JsonObject } from '../../lambda/platform/json/value';
import type { DialectName } from '../../lambda/wire/dialects';
import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import { AwsEventStreamDecoder, toFrame } from '../../lambda/wire/framing/aws-event-stream';
import { SseParser } from '../../lambda/wire/framing/sse';
import type { StreamEvent } from '../../lambda/wire/model/response';
import type { Dialect, EncodeContext, Frame, Protocol } from '../../lambda/wire/protocols/protocol';
import { type CallerAnswer, readAnswer, readStream } from './answers';
import { checkWellFormed, sha256 } from './recorded';

/** Answers of any provider in the dialect of any caller: one set of checks for whatever answers are at hand. */

export const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropicMessages];

/** Of a caller who asks for everything. */
export const CONTEXT: EncodeContext = {
  requestId: 'req-1',
  originalModel: 'smart',
  createdAt: 1_700_000_000,
  wantsStreamUsage: true,
  request: { model: 'smart', messages: [], stream: true },
};

/** What every caller must be told, whatever the dialect. */
export interface ExpectedAnswer {
  /** The text, or its digest where only that is known. */
  readonly text: string | { readonly sha256: string | null };
  /** A refusal that some dialects tell apart from text; Messages has one kind of text. */
  readonly refusal?: string;
  /** The thinking, or its length in characters; absent: not looked at. */
  readonly reasoning?: string | number | undefined;
  readonly toolCalls: readonly { readonly name: string; readonly args: unknown }[];
  /** As each dialect says it. */
  readonly finish: Readonly<Record<DialectName, string>>;
  /** As the provider says it. */
  readonly finishRaw: string;
  /** All tokens of each side, cached and reasoning ones included; absent: none is reported. */
  readonly usage: { readonly input: number | undefined; readonly output: number | undefined };
}

/** One answer of a provider. */
export interface Scenario {
  readonly id: string;
  readonly protocol: Protocol;
  readonly streaming: boolean;
  readonly framing: 'json' | 'sse' | 'aws-event-stream' | 'json-lines';
  readonly bytes: () => Buffer;
  /** Absent for what ends in an error. */
  readonly expected?: ExpectedAnswer;
  /** How the provider's failure is told. */
  readonly error?: { readonly status: number; readonly shownCode: string };
}

/** Registers one test per scenario, or a skipped one where there is none. */
function each(name: string, scenarios: readonly Scenario[], check: (scenario: Scenario) => void): void {
  if (scenarios.length === 0) test.skip(name, () => undefined);
  for (const scenario of scenarios) test(name.replace('%s', scenario.id), () => check(scenario));
}

/** Registers the whole grid. */
export function describeAnswers(scenarios: readonly Scenario[]): void {
  const good = scenarios.filter(({ expected }) => expected !== undefined);
  const streams = good.filter(({ streaming }) => streaming);
  const sse = streams.filter(({ framing }) => framing === 'sse');
  for (const dialect of DIALECTS) {
    each(
      `%s answers a ${dialect.name} caller`,
      good.filter(({ streaming }) => !streaming),
      (scenario) => answers(scenario, dialect),
    );
    each(`%s streams to a ${dialect.name} caller`, streams, (scenario) => {
      const answer = readStream(dialect.name, encode(dialect, decode(scenario.protocol, framesOf(scenario))));
      expectAnswer(answer, scenario, dialect);
      expect(answer.terminals).toEqual([terminalOf(dialect, answer)]);
    });
    each(`E06 E21 %s cut at every frame ends in one error for a ${dialect.name} caller`, streams, (scenario) =>
      cutAtEveryFrame(scenario, dialect),
    );
  }
  each('E01 %s split at every byte gives the same events', sse, splitAtEveryByte);
  each('%s passed through keeps every byte', sse, keepsEveryByte);
  each('E03 %s with CRLF gives the same events', sse, (scenario) => {
    const text = scenario.bytes().toString('utf8');
    for (const end of ['\r\n', '\r']) expect(framesOf(scenario, Buffer.from(text.replaceAll('\n', end)))).toEqual(framesOf(scenario));
  });
  each(
    'E01 %s split at every byte gives the same messages',
    streams.filter(({ framing }) => framing === 'aws-event-stream'),
    splitMessages,
  );
  each(
    '%s passed through is metered as it is reported',
    streams.filter(({ protocol }) => protocol.streamMeter !== undefined),
    isMetered,
  );
  const failures = scenarios.filter(({ error }) => error !== undefined);
  each(
    'E11 %s ends in the error of its provider',
    failures.filter(({ streaming }) => streaming),
    endsInError,
  );
  each(
    'E09 %s is told as the error that it is',
    failures.filter(({ streaming }) => !streaming),
    ({ protocol, bytes, error }) => {
      expect(() => protocol.decodeResponse(JSON.parse(bytes().toString('utf8')) as JsonObject)).toThrow(expect.objectContaining(error));
    },
  );
}

function answers(scenario: Scenario, dialect: Dialect): void {
  const response = scenario.protocol.decodeResponse(JSON.parse(scenario.bytes().toString('utf8')) as JsonObject);
  const body = JSON.parse(JSON.stringify(dialect.encodeResponse(response, CONTEXT))) as JsonObject;
  expectAnswer(readAnswer(dialect.name, body), scenario, dialect);
}

function cutAtEveryFrame(scenario: Scenario, dialect: Dialect): void {
  const frames = framesOf(scenario);
  const whole = decode(scenario.protocol, frames);
  for (let count = 0; count < frames.length; count += 1) {
    const events = decode(scenario.protocol, frames.slice(0, count));
    if (events.at(-1)?.type === 'end') {
      expect(withoutUsage(events)).toEqual(withoutUsage(whole));
      continue;
    }
    expect(readStream(dialect.name, encode(dialect, events)).terminals).toEqual(['error']);
    expect(events.at(-1)).toMatchObject({ error: { code: 'upstream_incomplete', status: 502 } });
  }
}

/** Between two events the parser holds nothing, so each event can be cut on its own. */
function splitAtEveryByte(scenario: Scenario): void {
  for (const { event, data, raw } of new SseParser().push(scenario.bytes())) {
    for (let cut = 1; cut < raw.length; cut += 1) {
      const parser = new SseParser();
      const [first, ...others] = [...parser.push(raw.subarray(0, cut)), ...parser.push(raw.subarray(cut))];
      if (first?.event !== event || first.data !== data || others.length > 0) throw new Error(`another event when cut at byte ${cut}`);
    }
  }
}

/** As with events: nothing is held between two messages. */
function splitMessages(scenario: Scenario): void {
  const bytes = scenario.bytes();
  let start = 0;
  for (const { event, data } of framesOf(scenario)) {
    const message = bytes.subarray(start, start + bytes.readUInt32BE(start));
    start += message.length;
    for (let cut = 1; cut < message.length; cut += 1) {
      const decoder = new AwsEventStreamDecoder();
      const frames = [...decoder.push(message.subarray(0, cut)), ...decoder.push(message.subarray(cut))].map(toFrame);
      if (frames.length !== 1 || frames[0]?.event !== event || frames[0].data !== data)
        throw new Error(`other messages when cut at byte ${cut}`);
    }
  }
}

function keepsEveryByte(scenario: Scenario): void {
  const bytes = scenario.bytes();
  const parser = new SseParser();
  const raw = Buffer.concat([...parser.push(bytes), ...[parser.finish() ?? []].flat()].map((event) => event.raw));
  expect(raw.equals(bytes)).toBe(true);
}

function isMetered(scenario: Scenario): void {
  const { protocol, expected } = scenario;
  const meter = protocol.streamMeter?.({ hideUsage: true });
  if (meter === undefined || expected === undefined) throw new Error('no meter');

  const verdicts = framesOf(scenario).map((frame) => meter.observe(withName(protocol, frame)).kind);

  expect(verdicts).not.toContain('error');
  expect(meter.complete).toBe(true);
  expect(meter.finishReason?.raw).toBe(expected.finishRaw);
  expect(meter.usage?.inputTokens).toBe(expected.usage.input);
  expect(meter.usage?.outputTokens).toBe(expected.usage.output);
  if (typeof expected.text === 'string') expect(meter.written.characters).toBeGreaterThanOrEqual(expected.text.length);
}

function endsInError(scenario: Scenario): void {
  const { protocol, error } = scenario;
  const events = decode(protocol, framesOf(scenario));
  expect(events.at(-1)).toMatchObject({ type: 'error', error });
  checkBlocks(events);
  for (const dialect of DIALECTS) expect(readStream(dialect.name, encode(dialect, events)).terminals).toEqual(['error']);

  const meter = protocol.streamMeter?.({ hideUsage: false });
  const verdicts = framesOf(scenario).map((frame) => meter?.observe(withName(protocol, frame)));
  if (meter !== undefined) expect(verdicts.filter((verdict) => verdict?.kind === 'error')[0]).toMatchObject({ kind: 'error', error });
}

export function framesOf(scenario: Scenario, bytes: Buffer = scenario.bytes()): Frame[] {
  if (scenario.framing === 'json-lines') {
    const lines = bytes.toString('utf8').split('\n');
    return lines.filter((line) => line.trim() !== '').map((data) => ({ event: 'message', data }));
  }
  if (scenario.framing === 'aws-event-stream') return new AwsEventStreamDecoder().push(bytes).map(toFrame);
  return new SseParser().push(bytes).map(({ event, data }) => ({ event, data }));
}

export function decode(protocol: Protocol, frames: readonly Frame[]): StreamEvent[] {
  const decoder = protocol.streamDecoder();
  return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

export function encode(dialect: Dialect, events: readonly StreamEvent[]): string {
  const encoder = dialect.streamEncoder(CONTEXT);
  return events.map((event) => encoder.encode(event)).join('');
}

/** The blocks of each choice are well formed on their own. */
export function checkBlocks(events: readonly StreamEvent[]): void {
  const choices = new Set(events.flatMap((event) => ('choice' in event ? [event.choice] : [])));
  for (const choice of choices.size === 0 ? [0] : choices) {
    checkWellFormed(events.filter((event) => !('choice' in event) || event.choice === choice));
  }
}

function terminalOf(dialect: Dialect, answer: CallerAnswer): string {
  if (dialect.name === 'openai-responses') return answer.finish === 'completed' ? 'response.completed' : 'response.incomplete';
  return dialect.name === 'openai-chat' ? '[DONE]' : 'message_stop';
}

function withoutUsage(events: readonly StreamEvent[]): StreamEvent[] {
  return events.filter((event) => event.type !== 'usage');
}

/** Streams that lost their event names get them back, as Anthropic's meter relies on them. */
function withName(protocol: Protocol, frame: Frame): Frame {
  if (protocol !== anthropicMessages || frame.event !== 'message') return frame;
  return { ...frame, event: (JSON.parse(frame.data) as { type: string }).type };
}

/** Checks what a caller of the dialect was told. */
export function expectAnswer(answer: CallerAnswer, { expected }: Pick<Scenario, 'expected'>, dialect: Pick<Dialect, 'name'>): void {
  if (expected === undefined) throw new Error('nothing is expected');
  const { text, reasoning, usage } = expected;
  const refusal = expected.refusal ?? '';
  if (typeof text === 'string') expect(answer.text).toBe(dialect.name === 'anthropic-messages' ? text + refusal : text);
  else expect(sha256(answer.text)).toBe(text.sha256);
  if (dialect.name !== 'anthropic-messages' && expected.refusal !== undefined) expect(answer.refusal).toBe(refusal);
  if (typeof reasoning === 'string') expect(answer.reasoning).toBe(reasoning);
  else if (reasoning !== undefined) expect([...answer.reasoning].length).toBe(reasoning);
  expect(answer.toolCalls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown }))).toEqual(expected.toolCalls);
  expect(answer.finish).toBe(expected.finish[dialect.name as DialectName]);
  const count = (name: string) => answer.usage?.[name] as number | undefined;
  switch (dialect.name) {
    case 'openai-chat':
      expect([count('prompt_tokens'), count('completion_tokens')]).toEqual([usage.input, usage.output]);
      break;
    case 'openai-responses':
      expect([count('input_tokens'), count('output_tokens')]).toEqual([usage.input, usage.output]);
      break;
    case 'anthropic-messages': {
      const cached = (count('cache_read_input_tokens') ?? 0) + (count('cache_creation_input_tokens') ?? 0);
      expect((count('input_tokens') ?? 0) + cached).toBe(usage.input ?? 0);
      expect(count('output_tokens') ?? 0).toBe(usage.output ?? 0);
    }
  }
}
