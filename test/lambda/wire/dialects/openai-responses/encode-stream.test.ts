import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import fc from 'fast-check';
import OpenAI from 'openai';
import { GatewayError } from '../../../../../lambda/platform/error';
import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
import type { AssistantPart, ModelRequest, Opaque } from '../../../../../lambda/wire/model/request';
import type { StreamEvent } from '../../../../../lambda/wire/model/response';
import type { EncodeContext } from '../../../../../lambda/wire/protocols/protocol';
import { readStream, sseEvents } from '../../../../support/answers';

const request: ModelRequest = { model: 'smart', messages: [], stream: true };
const CONTEXT: EncodeContext = { requestId: 'req-1', originalModel: 'smart', createdAt: 1_700_000_000, wantsStreamUsage: true, request };

function encode(events: readonly StreamEvent[]): string {
  const encoder = openAiResponses.streamEncoder(CONTEXT);
  return events.map((event) => encoder.encode(event)).join('');
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const opaque: fc.Arbitrary<Opaque> = fc.record({
  protocol: fc.constantFrom('anthropic-messages' as const, 'bedrock-converse' as const, 'gemini' as const),
  value: fc.stringMatching(/^[A-Za-z0-9+/]{4,20}$/),
});
const part: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({ type: fc.constant('reasoning' as const), text, signature: opaque }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), redacted: opaque }),
  fc.record({ type: fc.constant('tool-call' as const), id: fc.uuid(), name: fc.constant('f'), arguments: fc.json(), signature: opaque }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.uuid(),
    name: fc.constant('g'),
    arguments: text,
    custom: fc.constant(true as const),
  }),
);

function eventsOf(parts: readonly AssistantPart[]): StreamEvent[] {
  const blocks = parts.flatMap((each, block): StreamEvent[] => {
    const at = { choice: 0, block };
    switch (each.type) {
      case 'text':
      case 'refusal':
        return [
          { type: `${each.type}-start`, ...at },
          { type: `${each.type}-delta`, ...at, text: each.text },
          { type: `${each.type}-end`, ...at },
        ];
      case 'reasoning': {
        const { signature, redacted } = each;
        return [
          { type: 'reasoning-start', ...at },
          ...(each.text === '' ? [] : [{ type: 'reasoning-delta' as const, ...at, text: each.text }]),
          { type: 'reasoning-end', ...at, signature, redacted },
        ];
      }
      case 'tool-call':
        return [
          { type: 'tool-call-start', ...at, id: each.id, name: each.name, custom: each.custom },
          { type: 'tool-call-delta', ...at, text: each.arguments },
          { type: 'tool-call-end', ...at, signature: each.signature },
        ];
      default:
        return [];
    }
  });
  return [{ type: 'start' }, ...blocks, { type: 'finish', choice: 0, reason: { unified: 'stop' } }, { type: 'end' }];
}

test('what a stream told its caller comes back from it whole, signatures of every provider included', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const last = sseEvents(encode(eventsOf(parts))).at(-1);
      const { output } = (JSON.parse(last?.data ?? '{}') as { response: { output: JsonObject[] } }).response;

      const again = openAiResponses.decodeRequest({ model: 'm', input: output });

      const returned = (again.messages[0]?.content ?? []) as readonly AssistantPart[];
      expect(returned.map(({ ...fields }) => ({ ...fields, id: undefined }))).toEqual(parts.map((each) => ({ ...each, id: undefined })));
    }),
    { numRuns: 300 },
  );
});

test('the whole answer has the same items as the streamed one', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const last = sseEvents(encode(eventsOf(parts))).at(-1);
      const streamed = (JSON.parse(last?.data ?? '{}') as { response: JsonObject }).response;

      const whole = openAiResponses.encodeResponse({ choices: [{ content: parts, finishReason: { unified: 'stop' } }] }, CONTEXT);

      expect(JSON.parse(JSON.stringify(whole))).toEqual(streamed);
    }),
    { numRuns: 200 },
  );
});

test('E06 a stream that stops ends in one failed response, after which nothing follows', () => {
  const error = new GatewayError({ code: 'upstream_incomplete', message: 'The stream was cut.' });
  const answer = readStream(
    'openai-responses',
    encode([...eventsOf([{ type: 'text', text: 'hel' }]).slice(0, 3), { type: 'error', error }, { type: 'end' }]),
  );

  expect(answer.terminals).toEqual(['error']);
  expect(answer.error).toEqual({ code: 'upstream_incomplete', message: 'The stream was cut.' });
});

describe('the official clients read it', () => {
  const parts: AssistantPart[] = [
    { type: 'reasoning', text: 'Let me think.', signature: { protocol: 'gemini', value: 'c2ln' } },
    { type: 'text', text: 'Grüße, 世界' },
    { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Paris"}' },
  ];
  const usage: StreamEvent = { type: 'usage', usage: { inputTokens: 12, outputTokens: 30, reasoningOutputTokens: 10 } };
  const events = eventsOf(parts);
  const served = openAiResponses.heartbeat + encode([...events.slice(0, -1), usage, ...events.slice(-1)]);
  const fetch = async (): Promise<Response> => new Response(served, { headers: { 'content-type': 'text/event-stream' } });

  test('openai: the stream helper builds the final response', async () => {
    const client = new OpenAI({ apiKey: 'k', baseURL: 'http://gateway.invalid/v1', fetch });

    const final = await client.responses.stream({ model: 'smart', input: 'hi' }).finalResponse();

    expect(final.output_text).toBe('Grüße, 世界');
    expect(final.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    expect(final.usage?.output_tokens).toBe(30);
  });

  test('ai: text, reasoning, the tool call and usage', async () => {
    const result = streamText({ model: createOpenAI({ apiKey: 'k', baseURL: 'http://gateway.invalid/v1', fetch })('smart'), prompt: 'hi' });

    expect(await result.text).toBe('Grüße, 世界');
    expect((await result.toolCalls).map(({ toolName }) => toolName)).toEqual(['weather']);
    expect(await result.usage).toMatchObject({ inputTokens: 12, outputTokens: 30 });
  });
});
