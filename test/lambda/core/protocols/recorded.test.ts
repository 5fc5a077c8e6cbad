import { SseParser } from '../../../../lambda/core/framing/sse';
import type { JsonObject } from '../../../../lambda/core/model/json';
import type { StreamEvent } from '../../../../lambda/core/model/response';
import { anthropicMessages } from '../../../../lambda/core/protocols/anthropic-messages';
import { bedrockConverse } from '../../../../lambda/core/protocols/bedrock-converse';
import { cohereV2 } from '../../../../lambda/core/protocols/cohere-v2';
import { gemini } from '../../../../lambda/core/protocols/gemini';
import { openAiChat } from '../../../../lambda/core/protocols/openai-chat';
import { openAiResponses } from '../../../../lambda/core/protocols/openai-responses';
import type { Dialect, EncodeContext, Frame, Protocol } from '../../../../lambda/core/protocols/protocol';
import { type CallerAnswer, readAnswer, readStream } from '../../../support/answers';
import { eachRecorded, framesOf, type Recorded, recordings, responseBody, responseBytes, sha256 } from '../../../support/recorded';

/** Whole answers of any provider, in the dialect of any caller: what they say is what the recordings' index says. */

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  'gemini-generate-content': gemini,
  'cohere-v2-chat': cohereV2,
};
const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropicMessages];

const CONTEXT: EncodeContext = {
  requestId: 'req-1',
  originalModel: 'smart',
  createdAt: 1_700_000_000,
  wantsStreamUsage: true,
  request: { model: 'smart', messages: [], stream: true },
};

const good = recordings(...Object.keys(PROTOCOLS)).filter((entry) => entry.status === 200);
const answers = good.filter((entry) => !entry.streaming);
const streams = good.filter((entry) => entry.streaming && !endsInError(entry));

for (const dialect of DIALECTS) {
  eachRecorded(`%s answers a ${dialect.name} caller`, answers, (entry) => {
    const response = protocolOf(entry).decodeResponse(responseBody(entry));

    const answer = readAnswer(dialect.name, JSON.parse(JSON.stringify(dialect.encodeResponse(response, CONTEXT))) as JsonObject);

    expectFacts(answer, entry, dialect);
  });

  eachRecorded(`%s streams to a ${dialect.name} caller`, streams, (entry) => {
    const answer = readStream(dialect.name, encode(dialect, decode(entry, framesOf(entry))));

    expectFacts(answer, entry, dialect);
    expect(answer.terminals).toEqual([terminalOf(dialect, answer)]);
  });

  eachRecorded(`E06 E21 %s cut at every frame ends in one error for a ${dialect.name} caller`, streams, (entry) => {
    const frames = framesOf(entry);
    const whole = decode(entry, frames);
    for (let count = 0; count < frames.length; count += 1) {
      const events = decode(entry, frames.slice(0, count));
      if (events.at(-1)?.type === 'end') {
        expect(withoutUsage(events)).toEqual(withoutUsage(whole));
        continue;
      }

      const answer = readStream(dialect.name, encode(dialect, events));

      expect(answer.terminals).toEqual(['error']);
      expect(events.at(-1)).toMatchObject({ error: { code: 'upstream_incomplete', status: 502 } });
    }
  });
}

/** Between two events the parser holds nothing, so each event can be cut on its own. */
eachRecorded(
  'E01 %s split at every byte gives the same events',
  streams.filter((entry) => entry.framing === 'sse'),
  (entry) => {
    const whole = new SseParser().push(responseBytes(entry));

    for (const { event, data, raw } of whole) {
      for (let cut = 1; cut < raw.length; cut += 1) {
        const parser = new SseParser();
        const [first, ...others] = [...parser.push(raw.subarray(0, cut)), ...parser.push(raw.subarray(cut))];
        if (first?.event !== event || first.data !== data || others.length > 0) throw new Error(`another event when cut at byte ${cut}`);
      }
    }
  },
);

eachRecorded(
  '%s passed through keeps every byte',
  streams.filter((entry) => entry.framing === 'sse'),
  (entry) => {
    const bytes = responseBytes(entry);
    const parser = new SseParser();

    const raw = Buffer.concat([...parser.push(bytes), ...[parser.finish() ?? []].flat()].map((event) => event.raw));

    expect(raw.equals(bytes)).toBe(true);
  },
);

eachRecorded(
  'E03 %s with CRLF gives the same events',
  streams.filter((entry) => entry.framing === 'sse'),
  (entry) => {
    const text = responseBytes(entry).toString('utf8');

    for (const end of ['\r\n', '\r']) expect(framesOf(entry, Buffer.from(text.replaceAll('\n', end)))).toEqual(framesOf(entry));
  },
);

eachRecorded(
  '%s passed through is metered as it is reported',
  streams.filter((entry) => ['openai-chat', 'openai-responses', 'anthropic-messages'].includes(entry.wireFormat)),
  (entry) => {
    const meter = protocolOf(entry).streamMeter?.({ hideUsage: true });
    if (meter === undefined) throw new Error('no meter');

    const verdicts = framesOf(entry).map((frame) => meter.observe(withName(entry, frame)).kind);

    expect(verdicts).not.toContain('error');
    expect(meter.complete).toBe(true);
    expect(meter.finishReason?.raw).toBe(entry.facts.finish);
    expect(meter.usage?.inputTokens).toBe(expectedUsage(entry).input);
    expect(meter.usage?.outputTokens).toBe(expectedUsage(entry).output);
    expect(meter.outputCharacters).toBeGreaterThanOrEqual(entry.facts.text_chars);
  },
);

eachRecorded(
  'E11 %s ends in the error of its provider',
  good.filter((entry) => entry.streaming && endsInError(entry)),
  (entry) => {
    const events = decode(entry, framesOf(entry));
    const meter = protocolOf(entry).streamMeter?.({ hideUsage: false });
    const verdicts = framesOf(entry).map((frame) => meter?.observe(frame));

    const error = entry.provider === 'groq' ? { status: 400, code: 'tool_use_failed' } : { status: 503, code: 'upstream_quota' };
    expect(events.at(-1)).toMatchObject({ type: 'error', error });
    expect(verdicts.at(-1)).toMatchObject({ kind: 'error', error });
    for (const dialect of DIALECTS) expect(readStream(dialect.name, encode(dialect, events)).terminals).toEqual(['error']);
  },
);

function endsInError({ facts }: Recorded): boolean {
  return facts.finish === null || facts.finish === 'failed';
}

function protocolOf(entry: Recorded): Protocol {
  const protocol = PROTOCOLS[entry.wireFormat];
  if (protocol === undefined) throw new Error(`no protocol for ${entry.wireFormat}`);
  return protocol;
}

function decode(entry: Recorded, frames: readonly Frame[]): StreamEvent[] {
  const decoder = protocolOf(entry).streamDecoder();
  return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

function encode(dialect: Dialect, events: readonly StreamEvent[]): string {
  const encoder = dialect.streamEncoder(CONTEXT);
  return events.map((event) => encoder.encode(event)).join('');
}

function terminalOf(dialect: Dialect, answer: CallerAnswer): string {
  if (dialect.name === 'openai-responses') return answer.finish === 'completed' ? 'response.completed' : 'response.incomplete';
  return dialect.name === 'openai-chat' ? '[DONE]' : 'message_stop';
}

function withoutUsage(events: readonly StreamEvent[]): StreamEvent[] {
  return events.filter((event) => event.type !== 'usage');
}

/** Recordings that lost their event names get them back, as Anthropic's meter relies on them. */
function withName(entry: Recorded, frame: Frame): Frame {
  if (entry.wireFormat !== 'anthropic-messages' || frame.event !== 'message') return frame;
  return { ...frame, event: (JSON.parse(frame.data) as { type: string }).type };
}

function expectFacts(answer: CallerAnswer, entry: Recorded, dialect: Dialect): void {
  const { facts } = entry;
  const usage = expectedUsage(entry);
  expect(sha256(answer.text)).toBe(facts.text_sha256);
  // The index does not count Cohere's tool plan, which is shown as thinking.
  if (entry.wireFormat !== 'cohere-v2-chat') expect([...answer.reasoning].length).toBe(facts.reasoning_chars);
  expect(answer.toolCalls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown }))).toEqual(
    facts.tool_calls.map(({ name, args }) => ({ name, args: JSON.parse(args) as unknown })),
  );
  expect(answer.finish).toBe(expectedFinish(entry)[dialect.name]);
  if (dialect.name === 'openai-responses') {
    expect(answer.usage?.['input_tokens']).toBe(usage.input);
    expect(answer.usage?.['output_tokens']).toBe(usage.output);
  } else if (dialect.name === 'openai-chat') {
    expect(answer.usage?.['prompt_tokens']).toBe(usage.input);
    expect(answer.usage?.['completion_tokens']).toBe(usage.output);
  } else {
    const count = (name: string) => (answer.usage?.[name] as number | undefined) ?? 0;
    const input = count('input_tokens') + count('cache_read_input_tokens') + count('cache_creation_input_tokens');
    expect(input).toBe(usage.input ?? 0);
    expect(count('output_tokens')).toBe(usage.output ?? 0);
  }
}

function expectedUsage({ facts, wireFormat }: Recorded): { input: number | undefined; output: number | undefined } {
  const { usage } = facts;
  if (usage === null) return { input: undefined, output: undefined };
  const count = (name: string) => (usage[name] as number | undefined) ?? 0;
  switch (wireFormat) {
    case 'openai-chat':
      return { input: count('prompt_tokens'), output: count('completion_tokens') };
    case 'openai-responses':
      return { input: count('input_tokens'), output: count('output_tokens') };
    case 'anthropic-messages':
      return {
        input: count('input_tokens') + count('cache_read_input_tokens') + count('cache_creation_input_tokens'),
        output: count('output_tokens'),
      };
    case 'bedrock-converse':
      return {
        input: count('inputTokens') + count('cacheReadInputTokens') + count('cacheWriteInputTokens'),
        output: count('outputTokens'),
      };
    case 'cohere-v2-chat': {
      const tokens = usage['tokens'] as Readonly<Record<string, number>>;
      return { input: tokens['input_tokens'], output: tokens['output_tokens'] };
    }
    default:
      return { input: count('promptTokenCount'), output: count('candidatesTokenCount') + count('thoughtsTokenCount') };
  }
}

function expectedFinish({ facts }: Recorded): Record<string, string> {
  const rows: Readonly<Record<string, readonly [string, string, string]>> = {
    completed: ['stop', 'end_turn', 'completed'],
    stop: ['stop', 'end_turn', 'completed'],
    end_turn: ['stop', 'end_turn', 'completed'],
    stop_sequence: ['stop', 'stop_sequence', 'completed'],
    STOP: ['stop', 'end_turn', 'completed'],
    COMPLETE: ['stop', 'end_turn', 'completed'],
    length: ['length', 'max_tokens', 'max_output_tokens'],
    max_tokens: ['length', 'max_tokens', 'max_output_tokens'],
    MAX_TOKENS: ['length', 'max_tokens', 'max_output_tokens'],
    tool_calls: ['tool_calls', 'tool_use', 'completed'],
    tool_use: ['tool_calls', 'tool_use', 'completed'],
    refusal: ['content_filter', 'refusal', 'completed'],
    guardrail_intervened: ['content_filter', 'refusal', 'content_filter'],
    SAFETY: ['content_filter', 'refusal', 'content_filter'],
  };
  const [chat, messages, responses] = rows[facts.tool_calls.length > 0 ? 'tool_calls' : facts.finish] ?? ['unknown', 'unknown', 'unknown'];
  return { 'openai-chat': chat, 'anthropic-messages': messages, 'openai-responses': responses };
}
