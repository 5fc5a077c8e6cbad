import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import type { StreamEvent } from '../../../../../lambda/wire/model/response';
import { checkWellFormed, factsOfEvents } from '../../../../support/recorded';

/** Events of a stream of deltas, closed by a finish reason and `[DONE]`. */
function decode(deltas: readonly JsonObject[], reason = 'stop', tools: readonly string[] = []): StreamEvent[] {
  const asked = { model: 'm', messages: [], stream: true, tools: tools.map((name) => ({ name })) };
  const decoder = openAiChat.streamDecoder(asked);
  const chunk = (choice: JsonObject) => ({
    event: 'message',
    data: JSON.stringify({ id: 'c1', model: 'm', choices: [{ index: 0, ...choice }] }),
  });
  const frames = [
    ...deltas.map((delta) => chunk({ delta })),
    chunk({ delta: {}, finish_reason: reason }),
    { event: 'message', data: '[DONE]' },
  ];
  return [...frames.flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
}

const call = (entry: JsonObject): JsonObject => ({ tool_calls: [entry] });

describe('tool calls', () => {
  const cases: readonly [string, readonly JsonObject[], readonly { id: string; name: string; args: unknown }[]][] = [
    [
      'by turns under their index',
      [
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '' } }),
        call({ index: 1, id: 'b', function: { name: 'g', arguments: '{"y"' } }),
        call({ index: 0, function: { arguments: '{"x":' } }),
        call({ index: 1, function: { arguments: ':2}' } }),
        call({ index: 0, function: { arguments: '1}' } }),
      ],
      [
        { id: 'a', name: 'f', args: { x: 1 } },
        { id: 'b', name: 'g', args: { y: 2 } },
      ],
    ],
    [
      'all numbered 0 but with ids of their own',
      [
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }),
        call({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
      ],
      [
        { id: 'a', name: 'f', args: { x: 1 } },
        { id: 'b', name: 'g', args: {} },
      ],
    ],
    [
      'without index, in pieces',
      [call({ id: 'a', function: { name: 'f', arguments: '{"x"' } }), call({ function: { arguments: ':1}' } })],
      [{ id: 'a', name: 'f', args: { x: 1 } }],
    ],
    [
      'the id repeated in every piece',
      [
        call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }),
        call({ index: 0, id: 'a', function: { name: 'f', arguments: ':1}' } }),
      ],
      [{ id: 'a', name: 'f', args: { x: 1 } }],
    ],
    ['without arguments', [call({ index: 0, id: 'a', function: { name: 'f' } })], [{ id: 'a', name: 'f', args: {} }]],
    [
      'arguments as an object',
      [call({ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } })],
      [{ id: 'a', name: 'f', args: { x: 1 } }],
    ],
    [
      'several in one delta',
      [
        {
          tool_calls: [
            { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
            { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
          ],
        },
      ],
      [
        { id: 'a', name: 'f', args: {} },
        { id: 'b', name: 'g', args: {} },
      ],
    ],
  ];

  test.each(cases)('%s', (_name, deltas, expected) => {
    const facts = factsOfEvents(decode(deltas, 'tool_calls'));

    expect(facts.toolCalls).toEqual(expected);
  });

  const named = (...names: (string | null)[]) => names.map((name) => call({ index: 0, id: 'a', function: { name, arguments: '' } }));
  const rest = call({ index: 0, function: { arguments: '{"x":1}' } });
  test.each<[string, readonly JsonObject[], readonly string[], string]>([
    ['comes in pieces', [...named('get_', 'wea', 'ther'), rest], ['get_weather', 'get'], 'get_weather'],
    ['comes in pieces that nobody asked for', [...named('get_', 'weather'), rest], [], 'get_weather'],
    ['comes in pieces, each with all before it', [...named('get_', 'get_wea', 'get_weather'), rest], ['get_weather'], 'get_weather'],
    ['comes again and again', [...named('find', 'find', null, 'find'), rest], ['find', 'find_all'], 'find'],
    ['repeats itself in pieces', [...named('go', 'go'), rest], ['gogo'], 'gogo'],
    ['begins that of another tool', [...named('find'), rest], ['find', 'find_all'], 'find'],
    [
      'comes in pieces beside arguments of nothing',
      [
        call({ index: 0, id: 'a', function: { name: 'get_', arguments: '' } }),
        call({ index: 0, function: { name: 'weather', arguments: null } }),
        rest,
      ],
      ['get_weather'],
      'get_weather',
    ],
    [
      'comes in pieces without any number',
      [
        call({ id: 'a', function: { name: 'get_' } }),
        call({ function: { name: 'weather' } }),
        call({ function: { arguments: '{"x":1}' } }),
      ],
      ['get_weather'],
      'get_weather',
    ],
  ])('a name that %s is whole', (_name, deltas, tools, name) => {
    expect(factsOfEvents(decode(deltas, 'tool_calls', tools)).toolCalls).toEqual([{ id: 'a', name, args: { x: 1 } }]);
  });

  test.each<[string, readonly (string | object)[], unknown]>([
    ['an object of nothing before them', ['{}', '{"x"', ':1}'], { x: 1 }],
    ['an object of nothing alone', ['{}'], {}],
    ['an object of nothing in two pieces', ['{', '}'], {}],
    ['an object of nothing, and nothing more', ['{}', '', ''], {}],
  ])('arguments with %s are one object', (_name, pieces, args) => {
    const deltas = pieces.map((piece) => call({ index: 0, id: 'a', function: { name: 'f', arguments: piece as string } }));
    for (const tools of [[], ['f']]) {
      expect(factsOfEvents(decode(deltas, 'tool_calls', tools)).toolCalls).toEqual([{ id: 'a', name: 'f', args }]);
    }
  });

  test('a call is told as soon as its name is that of a tool', () => {
    const events = openAiChat
      .streamDecoder({ model: 'm', messages: [], stream: true, tools: [{ name: 'find' }] })
      .decode({ event: 'message', data: JSON.stringify({ id: 'c', choices: [{ index: 0, delta: named('find')[0] ?? {} }] }) });

    expect(events.at(-1)).toMatchObject({ type: 'tool-call-start', name: 'find' });
  });

  test('a call without an id gets one, the same every time', () => {
    const ids = [1, 2].map(() => factsOfEvents(decode([call({ index: 0, function: { name: 'f', arguments: '{}' } })])).toolCalls[0]?.id);

    expect(ids[0]).toMatch(/^call_[0-9a-f]{24}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  test('E20 arguments cut by the cap pass as they are', () => {
    const events = decode([call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } })], 'length');

    expect(events.filter(({ type }) => type === 'tool-call-delta')).toEqual([
      { type: 'tool-call-delta', choice: 0, block: 0, text: '{"x":' },
    ]);
    expect(events).toContainEqual({ type: 'finish', choice: 0, reason: { unified: 'length', raw: 'length' } });
  });

  test('Gemini’s signature comes with the call', () => {
    const extra = { google: { thought_signature: 'c2ln' } };
    const events = decode([call({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' }, extra_content: extra })]);

    expect(events).toContainEqual(expect.objectContaining({ type: 'tool-call-start', signature: { protocol: 'gemini', value: 'c2ln' } }));
  });
});

test('long runs of chunks that differ in their text alone give every text, whatever is in it', () => {
  const texts = ['plain', 'é世界😀', 'a "quoted" \\\\ one', 'line\nbreak\ttab', '","finish_reason":"stop"', '\u2028', ' ', 'plain', 'end'];
  const many = Array.from({ length: 200 }, (_, index) => `${texts[index % texts.length]}${index % 7 === 0 ? index : ''}`);

  expect(factsOfEvents(decode(many.map((content) => ({ content })))).text).toBe(many.join(''));
  expect(factsOfEvents(decode(many.map((reasoning) => ({ reasoning_content: reasoning })))).reasoning).toBe(many.join(''));
});

describe('thinking', () => {
  test.each<[string, readonly JsonObject[]]>([
    ['reasoning_content', [{ reasoning_content: 'Hm, ' }, { reasoning_content: 'well.' }, { content: 'Yes' }]],
    ['reasoning', [{ reasoning: 'Hm, ' }, { reasoning: 'well.' }, { content: 'Yes' }]],
    [
      'Mistral’s list',
      [{ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm, well.' }] }] }, { content: [{ type: 'text', text: 'Yes' }] }],
    ],
  ])('as %s', (_name, deltas) => {
    expect(factsOfEvents(decode(deltas))).toMatchObject({ reasoning: 'Hm, well.', text: 'Yes' });
  });

  test('OpenRouter’s signature closes the block', () => {
    const details = (detail: JsonObject) => ({
      reasoning_details: [{ type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0, ...detail }],
    });
    const events = decode([{ reasoning: 'Hm.', ...details({ text: 'Hm.' }) }, details({ signature: 'c2ln' }), { content: 'Yes' }]);

    checkWellFormed(events);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'reasoning-end', signature: expect.objectContaining({ protocol: 'openai-chat' }) }),
    );
  });
});

test('refusals, log probabilities and citations', () => {
  const decoder = openAiChat.streamDecoder();
  const frame = (choice: JsonObject) => ({ event: 'message', data: JSON.stringify({ id: 'c', choices: [{ index: 0, ...choice }] }) });
  const events = [
    frame({ delta: { content: 'a' }, logprobs: { content: [] } }),
    frame({
      delta: { annotations: [{ type: 'url_citation', url_citation: { url: 'https://x', title: 'X', start_index: 0, end_index: 1 } }] },
    }),
    frame({ delta: { refusal: 'No.' } }),
    frame({ delta: {}, finish_reason: 'stop' }),
  ].flatMap((each) => decoder.decode(each));

  expect([...events, ...decoder.end()]).toEqual([
    { type: 'start', id: 'c' },
    { type: 'text-start', choice: 0, block: 0 },
    { type: 'text-delta', choice: 0, block: 0, text: 'a', logprobs: { content: [] } },
    { type: 'citation', choice: 0, block: 0, citation: { kind: 'url', url: 'https://x', title: 'X', start: 0, end: 1 } },
    { type: 'text-end', choice: 0, block: 0 },
    { type: 'refusal-start', choice: 0, block: 1 },
    { type: 'refusal-delta', choice: 0, block: 1, text: 'No.' },
    { type: 'refusal-end', choice: 0, block: 1 },
    { type: 'finish', choice: 0, reason: { unified: 'stop', raw: 'stop' } },
    { type: 'end' },
  ]);
});

test('E08 a malformed chunk is skipped and counted', () => {
  const decoder = openAiChat.streamDecoder();
  decoder.decode({ event: 'message', data: '{"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}' });

  expect(decoder.decode({ event: 'message', data: '{"id":' })).toEqual([]);
  expect(decoder.malformed).toBe(1);
});

test('E09 an error inside a good answer is that error', () => {
  const body = { error: { message: 'busy', code: 503 } };

  expect(() => openAiChat.decodeResponse(body)).toThrow(expect.objectContaining({ status: 503, type: 'overloaded_error' }));
  expect(() => openAiChat.decodeResponse({ choices: [{ error: body.error, finish_reason: 'error' }] })).toThrow(
    expect.objectContaining({ status: 503 }),
  );
  expect(() => openAiChat.decodeResponse({ hello: 1 })).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }));
});

test('usage goes to callers who asked for it, and to them alone', () => {
  const encode = (wantsStreamUsage: boolean) => {
    const encoder = openAiChat.streamEncoder({
      requestId: 'r',
      originalModel: 'm',
      createdAt: 1,
      wantsStreamUsage,
      request: { model: 'm', messages: [], stream: true },
    });
    const events: StreamEvent[] = [
      { type: 'start' },
      { type: 'finish', choice: 0, reason: { unified: 'stop' } },
      { type: 'usage', usage: { inputTokens: 1, outputTokens: 2 } },
      { type: 'end' },
    ];
    return events.map((event) => encoder.encode(event)).join('');
  };

  expect(encode(true)).toContain('"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}');
  expect(encode(false)).not.toContain('usage');
});
