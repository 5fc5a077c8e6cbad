import fc from 'fast-check';
import { GatewayError } from '../../../../lambda/platform/error';
import type { JsonObject } from '../../../../lambda/platform/json/value';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import type { AssistantPart, ModelRequest, Opaque, ProtocolName } from '../../../../lambda/wire/model/request';
import type { ModelResponse, StreamEvent } from '../../../../lambda/wire/model/response';
import type { Dialect, EncodeContext, Frame, Protocol } from '../../../../lambda/wire/protocols/protocol';
import { readAnswer, readStream, sseEvents } from '../../../support/answers';
import { targetFacts } from '../../../support/target';

const CODECS: readonly (Dialect & Protocol)[] = [openAiChat, anthropicMessages, openAiResponses];
/** Dialects whose answer is one message that comes back as it is. */
const MESSAGES: readonly (Dialect & Protocol)[] = [openAiChat, anthropicMessages];
const PAIRS = CODECS.flatMap((from) => CODECS.map((to) => [from.name, to.name, from, to] as const));

const CONTEXT: EncodeContext = {
  requestId: 'req-1',
  originalModel: 'smart',
  createdAt: 1_700_000_000,
  wantsStreamUsage: true,
  request: { model: 'smart', messages: [], stream: true },
};
const target = targetFacts('claude-sonnet-4-5', { quirks: new Set<string>(['replays-reasoning']) });

/** White space alone, and at the end of a turn that is to be continued, is what some providers refuse. */
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((said) => said.trim() === said && said !== '');
const id = fc.stringMatching(/^[a-zA-Z0-9_]{4,20}$/);
const name = fc.stringMatching(/^[a-z_]{1,12}$/);
const args = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.stringify(value));
const opaque = (protocols: readonly ProtocolName[]): fc.Arbitrary<Opaque> =>
  fc.record({ protocol: fc.constantFrom(...protocols), value: fc.stringMatching(/^[A-Za-z0-9+/]{4,30}={0,2}$/) });
const anyOpaque = opaque(['anthropic-messages', 'bedrock-converse', 'openai-responses', 'gemini']);

const reasoning: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constant('reasoning' as const), text, signature: anyOpaque }),
  fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), redacted: anyOpaque }),
);
const call: fc.Arbitrary<AssistantPart> = fc.record({ type: fc.constant('tool-call' as const), id, name, arguments: args });

/** An answer in the order that every dialect keeps: thinking, text, calls. */
const content = fc
  .tuple(
    fc.array(reasoning, { maxLength: 3 }),
    fc.option(text, { nil: undefined }),
    fc.uniqueArray(call, { maxLength: 3, selector: (part) => ('id' in part ? part.id : '') }),
  )
  .map(([thoughts, said, calls]): AssistantPart[] => [
    ...thoughts,
    ...(said === undefined ? [] : [{ type: 'text' as const, text: said }]),
    ...calls,
  ]);

const usage = fc.record({ inputTokens: fc.nat(10_000), outputTokens: fc.nat(10_000) });

const TERMINALS = new Set(['message_stop', 'error', 'response.completed', 'response.incomplete', 'response.failed']);

/** The events of a whole answer, with its texts cut at will. */
function eventsOf(parts: readonly AssistantPart[], size: number): StreamEvent[] {
  const events: StreamEvent[] = [{ type: 'start', id: 'answer_1', model: 'm' }];
  const pieces = (whole: string) =>
    Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => whole.slice(index * size, (index + 1) * size));
  parts.forEach((part, block) => {
    const at = { choice: 0, block };
    if (part.type === 'text') {
      events.push({ type: 'text-start', ...at });
      events.push(...pieces(part.text).map((piece): StreamEvent => ({ type: 'text-delta', ...at, text: piece })));
      events.push({ type: 'text-end', ...at });
    } else if (part.type === 'reasoning') {
      events.push({ type: 'reasoning-start', ...at });
      events.push(...pieces(part.text).map((piece): StreamEvent => ({ type: 'reasoning-delta', ...at, text: piece })));
      const { signature, redacted } = part;
      events.push({
        type: 'reasoning-end',
        ...at,
        ...(signature === undefined ? {} : { signature }),
        ...(redacted === undefined ? {} : { redacted }),
      });
    } else if (part.type === 'tool-call') {
      events.push({ type: 'tool-call-start', ...at, id: part.id, name: part.name });
      events.push(...pieces(part.arguments).map((piece): StreamEvent => ({ type: 'tool-call-delta', ...at, text: piece })));
      events.push({ type: 'tool-call-end', ...at });
    }
  });
  const calls = parts.some((part) => part.type === 'tool-call');
  return [...events, { type: 'finish', choice: 0, reason: { unified: calls ? 'tool-calls' : 'stop' } }];
}

function encode(dialect: Dialect, events: readonly StreamEvent[]): string {
  const encoder = dialect.streamEncoder(CONTEXT);
  return events.map((event) => encoder.encode(event)).join('');
}

function decode(protocol: Protocol, sse: string): StreamEvent[] {
  const decoder = protocol.streamDecoder();
  return [...sseEvents(sse).flatMap((frame: Frame) => decoder.decode(frame)), ...decoder.end()];
}

describe.each(PAIRS)('from %s to %s', (_from, _to, from, to) => {
  test('the streamed answer is the whole answer: text, thinking, calls and their arguments', () => {
    fc.assert(
      fc.property(content, usage, fc.integer({ min: 1, max: 9 }), (parts, counts, size) => {
        const response: ModelResponse = {
          id: 'answer_1',
          model: 'm',
          choices: [{ content: parts, finishReason: { unified: parts.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop' } }],
          usage: counts,
        };
        const upstream = encode(from, [...eventsOf(parts, size), { type: 'usage', usage: counts }, { type: 'end' }]);
        const wholeUpstream = JSON.parse(JSON.stringify(from.encodeResponse(response, CONTEXT))) as JsonObject;

        const streamed = readStream(to.name, encode(to, decode(from, upstream)));
        const whole = readAnswer(
          to.name,
          JSON.parse(JSON.stringify(to.encodeResponse(from.decodeResponse(wholeUpstream), CONTEXT))) as JsonObject,
        );

        const comparable = ({ toolCalls, terminals: _t, usage: _u, ...rest }: typeof whole) => ({
          ...rest,
          toolCalls: toolCalls.map((each) => ({ ...each, args: JSON.parse(each.args) as unknown })),
        });
        expect(comparable(streamed)).toEqual(comparable(whole));
        expect(streamed.usage).toMatchObject(whole.usage ?? {});
        expect(streamed.toolCalls.map(({ args: said }) => JSON.parse(said) as unknown)).toEqual(
          parts.flatMap((part) => (part.type === 'tool-call' ? [JSON.parse(part.arguments) as unknown] : [])),
        );
        expect(streamed.terminals).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});

test.each(MESSAGES.map((codec) => [codec.name, codec] as const))(
  'an answer to a %s caller comes back from it whole: signatures of every provider, streamed or not',
  (_name, codec) => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 9 }), (parts, size) => {
        const calls = parts.some((part) => part.type === 'tool-call');
        const response: ModelResponse = { choices: [{ content: parts, finishReason: { unified: calls ? 'tool-calls' : 'stop' } }] };
        const whole = codec.encodeResponse(response, CONTEXT);
        const message =
          codec === openAiChat ? (whole['choices'] as JsonObject[])[0]?.['message'] : { role: 'assistant', content: whole['content'] };
        const body = {
          model: 'm',
          max_tokens: 9,
          messages: [{ role: 'user', content: 'x' }, JSON.parse(JSON.stringify(message)) as JsonObject],
        };

        const returned = codec.decodeRequest(body).messages[1]?.content;
        const restreamed = decode(codec, encode(codec, [...eventsOf(parts, size), { type: 'end' }]));

        expect(canonical(returned as AssistantPart[])).toEqual(canonical(parts));
        expect(signaturesOf(restreamed)).toEqual(signaturesOf(eventsOf(parts, size)));
      }),
      { numRuns: 150 },
    );
  },
);

test('the AI SDK’s way, text and the calls’ tokens alone, brings signatures back too', () => {
  const parts: AssistantPart[] = [
    { type: 'reasoning', text: 'First thought. ', signature: { protocol: 'anthropic-messages', value: 'c2ln' } },
    { type: 'reasoning', text: '', redacted: { protocol: 'anthropic-messages', value: 'cmVk' } },
    { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}' },
  ];
  const sent = readChunks(encode(openAiChat, [...eventsOf(parts, 4), { type: 'end' }]));
  const message = {
    role: 'assistant',
    reasoning_content: sent.reasoning,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: sent.extra as JsonObject }],
  };

  const request = openAiChat.decodeRequest({
    model: 'm',
    messages: [{ role: 'user', content: 'x' }, message, { role: 'tool', tool_call_id: 'call_1', content: 'done' }],
  });
  const { body } = anthropicMessages.encodeRequest(request, target);

  expect((body['messages'] as JsonObject[])[1]).toEqual({
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'First thought. ', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'cmVk' },
      { type: 'tool_use', id: 'call_1', name: 'f', input: {} },
    ],
  });
});

test('a tool loop whose client lost the thinking goes on without it', () => {
  const messages = [
    { role: 'user', content: 'x' },
    { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'done' },
  ];
  const request = openAiChat.decodeRequest({ model: 'm', messages, reasoning_effort: 'low', max_completion_tokens: 9_000 });

  const { body, dropped } = anthropicMessages.encodeRequest(request, target);

  expect(body['thinking']).toBeUndefined();
  expect(dropped).toEqual(['reasoning']);
});

test('decode after encode is the identity on what a dialect can say', () => {
  const request: fc.Arbitrary<ModelRequest> = fc
    .record({
      system: fc.option(text, { nil: undefined }),
      turns: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 }),
      maxOutputTokens: fc.integer({ min: 1, max: 9_999 }),
      temperature: fc.constantFrom(undefined, 0, 0.5, 1),
      stop: fc.constantFrom(undefined, ['END'], ['a', 'b']),
      tools: fc.uniqueArray(fc.record({ name, description: text }), { maxLength: 3, selector: (tool) => tool.name }),
      choice: fc.constantFrom(undefined, 'auto' as const, 'none' as const, 'required' as const),
      parallel: fc.constantFrom(undefined, true, false),
    })
    .map(({ system, turns, maxOutputTokens, temperature, stop, tools, choice, parallel }) => ({
      model: 'claude-sonnet-4-5',
      stream: false,
      messages: [
        ...(system === undefined ? [] : [{ role: 'system' as const, content: [{ type: 'text' as const, text: system }] }]),
        ...turns.flatMap(([user, assistant]) => [
          { role: 'user' as const, content: [{ type: 'text' as const, text: user }] },
          { role: 'assistant' as const, content: [{ type: 'text' as const, text: assistant }] },
        ]),
      ],
      maxOutputTokens,
      ...(temperature === undefined ? {} : { temperature }),
      ...(stop === undefined ? {} : { stop }),
      ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ ...tool, parameters: { type: 'object', properties: {} } })) }),
      ...(tools.length === 0 || choice === undefined ? {} : { toolChoice: { type: choice } }),
      ...(tools.length === 0 || parallel === undefined || choice === undefined || choice === 'none' ? {} : { parallelToolCalls: parallel }),
    }));

  fc.assert(
    fc.property(request, fc.constantFrom(...MESSAGES), (asked, codec) => {
      const { body, dropped } = codec.encodeRequest(asked, target);

      expect(dropped).toEqual([]);
      expect(codec.decodeRequest(JSON.parse(JSON.stringify(body)) as JsonObject)).toEqual(asked);
    }),
    { numRuns: 300 },
  );
});

test('I14 whatever the events, a caller sees at most one terminal event and nothing after it', () => {
  const at = { choice: fc.constantFrom(0, 1), block: fc.nat(3) };
  const event: fc.Arbitrary<StreamEvent> = fc.oneof(
    fc.constant<StreamEvent>({ type: 'start' }),
    fc.record({ type: fc.constant('text-start' as const), ...at }),
    fc.record({ type: fc.constant('text-delta' as const), ...at, text }),
    fc.record({ type: fc.constant('text-end' as const), ...at }),
    fc.record({ type: fc.constant('tool-call-start' as const), ...at, id, name }),
    fc.record({ type: fc.constant('tool-call-delta' as const), ...at, text }),
    fc.record({ type: fc.constant('reasoning-start' as const), ...at }),
    fc.record({ type: fc.constant('reasoning-end' as const), ...at }),
    fc.record({ type: fc.constant('finish' as const), choice: fc.nat(1), reason: fc.constant({ unified: 'stop' as const }) }),
    fc.constant<StreamEvent>({ type: 'usage', usage: { inputTokens: 1 } }),
    fc.constant<StreamEvent>({ type: 'end' }),
    fc.constant<StreamEvent>({ type: 'error', error: new GatewayError({ code: 'upstream_incomplete', message: 'x' }) }),
  );

  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.constantFrom(...CODECS), (events, codec) => {
      const sent = sseEvents(encode(codec, events));
      const terminals = sent.map(({ event: named, data }) => data === '[DONE]' || TERMINALS.has(named) || data.startsWith('{"error":'));

      expect(terminals.filter(Boolean).length).toBe(events.some(({ type }) => type === 'end' || type === 'error') ? 1 : 0);
      if (terminals.includes(true)) expect(terminals.indexOf(true)).toBe(terminals.length - 1);
    }),
    { numRuns: 300 },
  );
});

test('I14 whatever the frames, a decoder ends with one terminal event', () => {
  const frame: fc.Arbitrary<Frame> = fc.record({
    event: fc.constantFrom('message', 'error', 'content_block_delta', 'message_stop', 'ping'),
    data: fc.oneof(
      fc.constantFrom('[DONE]', '{', '{}', 'null', '[]', '{"type":"message_stop"}', '{"error":{"message":"x"}}'),
      fc.constantFrom(
        '{"choices":[{"index":0,"delta":{"content":"a"}}]}',
        '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{"}}]}}]}',
        '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}}]}',
        '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
        '{"type":"message_start","message":{"usage":{"input_tokens":1}}}',
        '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
        '{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}',
        '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}',
        '{"type":"content_block_stop","index":0}',
        '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}',
      ),
      fc.json({ maxDepth: 3 }),
    ),
  });

  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.constantFrom(...CODECS), (frames, codec) => {
      const decoder = codec.streamDecoder();
      const events = [...frames.flatMap((each) => decoder.decode(each)), ...decoder.end()];

      expect(events.filter(({ type }) => type === 'end' || type === 'error')).toHaveLength(1);
      expect(['end', 'error']).toContain(events.at(-1)?.type);
      if (events.at(-1)?.type === 'end') expect(openBlocks(events)).toEqual([]);
      const meter = codec.streamMeter?.({ hideUsage: true });
      for (const each of frames) expect(['forward', 'preamble', 'drop', 'error']).toContain(meter?.observe(each).kind);
    }),
    { numRuns: 500 },
  );
});

/** Blocks that started and did not end. */
function openBlocks(events: readonly StreamEvent[]): number[] {
  const open = new Set<number>();
  for (const event of events) {
    if (!('block' in event)) continue;
    if (event.type.endsWith('-start')) open.add(event.block);
    if (event.type.endsWith('-end')) open.delete(event.block);
  }
  return [...open];
}

function signaturesOf(events: readonly StreamEvent[]): Opaque[] {
  return events.flatMap((event) => (event.type === 'reasoning-end' ? [event.signature ?? event.redacted ?? []].flat() : []));
}

/** Calls' arguments as values, so that spacing does not count. */
function canonical(parts: readonly AssistantPart[]): unknown[] {
  return parts.map((part) => (part.type === 'tool-call' ? { ...part, arguments: JSON.parse(part.arguments) as unknown } : part));
}

function readChunks(sse: string): { reasoning: string; extra: unknown } {
  let thought = '';
  let extra: unknown;
  for (const { data } of sseEvents(sse)) {
    if (data === '[DONE]') continue;
    const delta = ((JSON.parse(data) as { choices: { delta: JsonObject }[] }).choices[0]?.delta ?? {}) as JsonObject;
    thought += (delta['reasoning_content'] as string | undefined) ?? '';
    extra ??= (delta['tool_calls'] as JsonObject[] | undefined)?.[0]?.['extra_content'];
  }
  return { reasoning: thought, extra };
}
