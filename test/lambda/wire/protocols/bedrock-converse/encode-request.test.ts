import type { JsonObject } from '../../../../../lambda/platform/json/value';
import type { AssistantPart, ModelRequest } from '../../../../../lambda/wire/model/request';
import { bedrockConverse } from '../../../../../lambda/wire/protocols/bedrock-converse';
import { modelFamily } from '../../../../../lambda/wire/protocols/model-family';
import { targetFacts } from '../../../../support/target';

const CLAUDE_4_5 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const CLAUDE_4_6 = 'global.anthropic.claude-opus-4-6-v1';
const CLAUDE_NEWER = 'anthropic.claude-sonnet-5-5';
const CLAUDE_3_5 = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const HI = { role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const;
const SAID_HI = { role: 'user', content: [{ text: 'Hi' }] };
const NOVA = 'us.amazon.nova-micro-v1:0';
const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';
const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';

function encode(request: Partial<ModelRequest>, model = CLAUDE_4_5): { body: JsonObject; dropped: readonly string[] } {
  const messages: ModelRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
  const target = targetFacts(model, { kind: 'bedrock' });
  return bedrockConverse.encodeRequest({ model: 'alias', stream: false, messages, ...request }, target);
}

function messagesOf(messages: ModelRequest['messages'], model = CLAUDE_4_5): unknown {
  return encode({ messages, tools: [{ name: 't' }] }, model).body['messages'];
}

describe('Converse requests', () => {
  test('system and developer messages stand apart, those between the turns where they were', () => {
    const { body, dropped } = encode({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'One.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        { role: 'developer', content: [{ type: 'text', text: 'Two.' }] },
      ],
    });

    expect(body).toEqual({ system: [{ text: 'One.' }], messages: [{ role: 'user', content: [{ text: 'Hi' }, { text: 'Two.' }] }] });
    expect(dropped).toEqual(['messages.role']);
  });

  test('turns alternate: tool results and what the user adds are one turn', () => {
    const messages = messagesOf([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'user', content: [{ type: 'text', text: 'b' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: '' },
          { type: 'tool-call', id: 'x', name: 't', arguments: '' },
          { type: 'tool-call', id: 'y', name: 't', arguments: '{"n":1}' },
        ],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: [{ type: 'text', text: '1' }] }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'y', content: [], isError: true }] },
      { role: 'user', content: [{ type: 'text', text: 'c' }] },
    ]);

    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
      {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 'x', name: 't', input: {} } }, { toolUse: { toolUseId: 'y', name: 't', input: { n: 1 } } }],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'x', content: [{ text: '1' }] } },
          { toolResult: { toolUseId: 'y', content: [{ text: 'The tool failed without a message.' }], status: 'error' } },
          { text: 'c' },
        ],
      },
    ]);
  });

  test('ids of other providers become ids that Bedrock takes, the same in call and result', () => {
    const id = 'functions.look:0';
    const [, call, result] = messagesOf([
      HI,
      { role: 'assistant', content: [{ type: 'tool-call', id, name: 't', arguments: '{}' }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: id, content: [{ type: 'text', text: '1' }] }] },
    ]) as { content: { toolUse?: { toolUseId: string }; toolResult?: { toolUseId: string } }[] }[];

    expect(call?.content[0]?.toolUse?.toolUseId).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(result?.content[0]?.toolResult?.toolUseId).toBe(call?.content[0]?.toolUse?.toolUseId);
  });

  test('cache points follow what they end, with their time to live', () => {
    const request: Partial<ModelRequest> = {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'S', cache: { ttl: '1h' } }] },
        { role: 'user', content: [{ type: 'text', text: 'U', cache: {} }] },
      ],
      tools: [{ name: 't', cache: {} }],
    };
    const point = { cachePoint: { type: 'default' } };

    expect(encode(request).body).toMatchObject({
      system: [{ text: 'S' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ content: [{ text: 'U' }, point] }],
      toolConfig: { tools: [{ toolSpec: { name: 't' } }, point] },
    });
    expect(encode(request, NOVA).body).toMatchObject({ system: [{ text: 'S' }, point] });
    expect(encode(request, LLAMA)).toMatchObject({ body: { system: [{ text: 'S' }] }, dropped: ['cache_control'] });
  });

  test('documents get names that Bedrock takes, each once', () => {
    const document = {
      type: 'document',
      name: 'a/b  (1).pdf',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
    } as const;
    const [message] = messagesOf([{ role: 'user', content: [document, document] }]) as { content: { document?: { name: string } }[] }[];

    expect(message?.content.map((block) => block.document?.name)).toEqual(['a-b (1)-pdf', 'a-b (1)-pdf (2)', undefined]);
    expect(message?.content.at(-1)).toEqual({ text: expect.stringMatching(/\S/) });
  });

  const signed = (protocol: 'anthropic-messages' | 'bedrock-converse' | 'gemini'): AssistantPart => ({
    type: 'reasoning',
    text: 'hm',
    signature: { protocol, value: 'sig' },
  });

  test.each([
    ['its own signature', CLAUDE_4_5, signed('bedrock-converse'), true],
    ["Claude's signature of another platform", CLAUDE_4_5, signed('anthropic-messages'), true],
    ["another model's signature", CLAUDE_4_5, signed('gemini'), false],
    ["Claude's signature for another family", NOVA_2, signed('anthropic-messages'), false],
    ['no signature', CLAUDE_4_5, { type: 'reasoning', text: 'hm' } as AssistantPart, false],
  ])('reasoning with %s', (_name, model, part, kept) => {
    const answer: AssistantPart = { type: 'text', text: 'a' };
    const { body, dropped } = encode({ messages: [HI, { role: 'assistant', content: [part, answer] }] }, model);
    const block = { reasoningContent: { reasoningText: { text: 'hm', signature: 'sig' } } };

    expect(body['messages']).toEqual([SAID_HI, { role: 'assistant', content: kept ? [block, { text: 'a' }] : [{ text: 'a' }] }]);
    expect(dropped).toEqual(kept ? [] : ['reasoning']);
  });

  test.each<[string, Partial<ModelRequest>, string, JsonObject, string[]]>([
    ['effort, as a budget', { reasoning: { effort: 'low' } }, CLAUDE_4_5, { thinking: { type: 'enabled', budget_tokens: 2_048 } }, []],
    [
      'effort under a small cap',
      { reasoning: { effort: 'high' }, maxOutputTokens: 4_096 },
      CLAUDE_4_5,
      { thinking: { type: 'enabled', budget_tokens: 3_072 } },
      [],
    ],
    ['a budget', { reasoning: { budgetTokens: 5_000 } }, CLAUDE_4_5, { thinking: { type: 'enabled', budget_tokens: 5_000 } }, []],
    [
      'a budget where it still counts',
      { reasoning: { budgetTokens: 5_000 } },
      CLAUDE_4_6,
      { thinking: { type: 'enabled', budget_tokens: 5_000 } },
      [],
    ],
    [
      'a budget for the newest',
      { reasoning: { budgetTokens: 5_000 } },
      CLAUDE_NEWER,
      { thinking: { type: 'adaptive' } },
      ['thinking.budget_tokens'],
    ],
    ['effort for the newest', { reasoning: { effort: 'high' } }, CLAUDE_NEWER, { thinking: { type: 'adaptive' } }, []],
    [
      'shown thoughts',
      { reasoning: { adaptive: true, summary: 'auto' } },
      CLAUDE_NEWER,
      { thinking: { type: 'adaptive', display: 'summarized' } },
      [],
    ],
    ['none, by its own name', { reasoning: { effort: 'none', budgetTokens: 0 } }, CLAUDE_4_5, { thinking: { type: 'disabled' } }, []],
    ['Nova', { reasoning: { effort: 'minimal' } }, NOVA_2, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }, []],
    ['gpt-oss', { reasoning: { effort: 'max' } }, 'openai.gpt-oss-120b-1:0', { reasoning_effort: 'high' }, ['reasoning.effort']],
  ])('thinking by %s', (_name, request, model, fields, dropped) => {
    const encoded = encode(request, model);

    expect(encoded.body['additionalModelRequestFields']).toEqual(fields);
    expect(encoded.dropped).toEqual(dropped);
  });

  test.each([
    ['too small a cap', { reasoning: { effort: 'high' as const }, maxOutputTokens: 1_500 }, CLAUDE_4_5],
    ['a model that does not think', { reasoning: { effort: 'high' as const } }, CLAUDE_3_5],
    ['another family', { reasoning: { effort: 'high' as const } }, LLAMA],
  ])('no thinking, and said so: %s', (_name, request, model) => {
    const { body, dropped } = encode(request, model);

    expect(body['additionalModelRequestFields']).toBeUndefined();
    expect(dropped).toEqual(['reasoning']);
  });

  test('effort goes to outputConfig, and thinking takes sampling settings away', () => {
    const { body, dropped } = encode({ reasoning: { effort: 'xhigh' }, temperature: 0.2, topP: 0.5, topK: 3 }, CLAUDE_NEWER);

    expect(body).toMatchObject({ outputConfig: { effort: 'xhigh' } });
    expect(body['inferenceConfig']).toBeUndefined();
    expect(dropped).toEqual(['temperature', 'top_p', 'top_k']);
  });

  test('no effort asks for nothing, an effort alone for no thinking', () => {
    expect(encode({ reasoning: { effort: 'none' } })).toEqual({ body: { messages: expect.anything() }, dropped: [] });
    expect(encode({ reasoning: { effort: 'high', adaptive: false } }, CLAUDE_NEWER).body).toEqual({
      messages: expect.anything(),
      outputConfig: { effort: 'high' },
    });
  });

  test('a tool loop that moves to an older Claude goes on without thinking', () => {
    const loop = (content: AssistantPart[]): Partial<ModelRequest> => ({
      reasoning: { effort: 'high' },
      tools: [{ name: 't' }],
      messages: [
        HI,
        { role: 'assistant', content: [...content, { type: 'tool-call', id: 'x', name: 't', arguments: '{}' }] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: [{ type: 'text', text: '1' }] }] },
      ],
    });

    expect(encode(loop([]))).toMatchObject({ dropped: ['reasoning'] });
    expect(encode(loop([signed('anthropic-messages')])).body).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
    });
    expect(encode(loop([]), CLAUDE_NEWER).body).toMatchObject({ additionalModelRequestFields: { thinking: { type: 'adaptive' } } });
  });

  test('settings beyond what Converse takes, whatever the model, are set to the nearest, and said so', () => {
    const { body, dropped } = encode({ temperature: 1.5, stop: ['END', ' '], topK: -1 });

    expect(body['inferenceConfig']).toEqual({ temperature: 1, stopSequences: ['END'] });
    expect(dropped).toEqual(['temperature', 'stop']);
    expect(encode({ temperature: 1.5 }, LLAMA)).toMatchObject({ body: { inferenceConfig: { temperature: 1 } }, dropped: ['temperature'] });
  });

  test('a forced tool wins over an effort, which Claude cannot have at once', () => {
    const { body, dropped } = encode({ reasoning: { effort: 'high' }, tools: [{ name: 't' }], toolChoice: { type: 'required' } });

    expect(body).toMatchObject({ toolConfig: { toolChoice: { any: {} } } });
    expect(body['additionalModelRequestFields']).toBeUndefined();
    expect(dropped).toEqual(['reasoning']);
  });

  test.each<[string, ModelRequest['reasoning']]>([
    ['the model decides about', { adaptive: true }],
    ['has a budget', { budgetTokens: 2_000 }],
  ])('a forced tool wins over thinking that %s, which Claude cannot have at once', (_name, reasoning) => {
    const { body, dropped } = encode({ reasoning, tools: [{ name: 't' }], toolChoice: { type: 'required' }, maxOutputTokens: 8_000 });

    expect(body).toMatchObject({ toolConfig: { toolChoice: { any: {} } } });
    expect(body['additionalModelRequestFields']).toBeUndefined();
    expect(dropped).toEqual(['reasoning']);
  });

  test.each<[string, ModelRequest['toolChoice'], JsonObject | undefined]>([
    ['auto', { type: 'auto' }, { auto: {} }],
    ['required', { type: 'required' }, { any: {} }],
    ['one tool', { type: 'tool', name: 't' }, { tool: { name: 't' } }],
    ['nothing', undefined, undefined],
  ])('tool choice: %s', (_name, toolChoice, expected) => {
    const { body } = encode({ tools: [{ name: 't', description: '' }], ...(toolChoice === undefined ? {} : { toolChoice }) });

    expect(body['toolConfig']).toEqual({
      tools: [{ toolSpec: { name: 't', inputSchema: { json: { type: 'object', properties: {} } } } }],
      ...(expected === undefined ? {} : { toolChoice: expected }),
    });
  });

  test('no tools for a choice of none while no tool was called', () => {
    expect(encode({ tools: [{ name: 't' }], toolChoice: { type: 'none' } }).body['toolConfig']).toBeUndefined();
  });

  test('strict tools where the model knows them', () => {
    const tools = [{ name: 't', strict: true }];

    expect(encode({ tools }).body).toMatchObject({ toolConfig: { tools: [{ toolSpec: { strict: true } }] } });
    expect(encode({ tools }, NOVA).dropped).toEqual(['tools.strict']);
    expect(encode({ tools }, CLAUDE_3_5).dropped).toEqual(['tools.strict']);
  });

  test('a schema constrains the answer; JSON mode asks for it, with a warning', () => {
    const schema = { type: 'object', additionalProperties: false };

    expect(encode({ responseFormat: { type: 'json-schema', name: 'a', schema: { type: 'object' } } }).body['outputConfig']).toEqual({
      textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'a', schema: JSON.stringify(schema) } } },
    });
    expect(encode({ responseFormat: { type: 'json' } })).toMatchObject({
      body: { system: [{ text: expect.stringContaining('JSON') }] },
      dropped: ['response_format'],
    });
  });

  test('what does not change the meaning is dropped by name', () => {
    const { body, dropped } = encode({
      seed: 1,
      frequencyPenalty: 1,
      presencePenalty: 0,
      user: 'u',
      verbosity: 'low',
      promptCacheKey: 'k',
      serviceTier: 'scale',
      parallelToolCalls: false,
      tools: [{ name: 't' }],
      metadata: { fine: 'yes', 'not fine!': 'x' },
      dropped: ['store'],
    });

    expect([...dropped].sort()).toEqual(
      [
        'store',
        'seed',
        'frequency_penalty',
        'verbosity',
        'user',
        'prompt_cache_key',
        'parallel_tool_calls',
        'service_tier',
        'metadata',
      ].sort(),
    );
    expect(body['requestMetadata']).toEqual({ fine: 'yes' });
  });

  const media = (part: object): Partial<ModelRequest> => ({ messages: [{ role: 'user', content: [part as never] }] });
  const called = (written: string): ModelRequest['messages'] => [
    HI,
    { role: 'assistant', content: [{ type: 'tool-call', id: 'x', name: 't', arguments: written }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: [{ type: 'text', text: '1' }] }] },
  ];

  test('a history of calls without tools has a tool for each, that of a call told not to use any keeps its own', () => {
    expect(encode({ messages: called('{}') }).body['toolConfig']).toEqual({
      tools: [{ toolSpec: { name: 't', description: expect.any(String), inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
    const none = encode({ messages: called('{}'), tools: [{ name: 't' }], toolChoice: { type: 'none' } });
    expect([none.body['toolConfig'], none.dropped]).toEqual([
      { tools: [{ toolSpec: { name: 't', inputSchema: { json: { type: 'object', properties: {} } } } }] },
      ['tool_choice'],
    ]);
  });

  test('arguments in a history that are no object are kept in one', () => {
    expect(encode({ messages: called('{"city": "Ber') }).body).toMatchObject({
      messages: [SAID_HI, { content: [{ toolUse: { input: { _unparsed: '{"city": "Ber' } } }] }, {}],
    });
  });

  test("Nova's schemas have at their root what Nova knows", () => {
    const parameters = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {},
      additionalProperties: false,
    };
    const { body } = encode({ tools: [{ name: 't', parameters }] }, NOVA);

    expect(body).toMatchObject({ toolConfig: { tools: [{ toolSpec: { inputSchema: { json: { type: 'object', properties: {} } } } }] } });
    expect(JSON.stringify(body)).not.toMatch(/\$schema|additionalProperties/);
  });

  test.each<[string, Partial<ModelRequest>, string]>([
    ['several answers', { choices: 2 }, 'n'],
    ['log probabilities', { logprobs: { top: 0 } }, 'logprobs'],
    ['token biases', { logitBias: { '1': 1 } }, 'logit_bias'],
    ['audio answers', { modalities: ['text', 'audio'] }, 'modalities'],
    ['custom tools', { tools: [{ name: 't', custom: {} }] }, 'tools[0]'],
    ['an image by URL', media({ type: 'image', source: { kind: 'url', url: 'https://x/y.png' } }), 'messages[0].content[0]'],
    ['a document by URL', media({ type: 'document', source: { kind: 'url', url: 'https://x/y.pdf' } }), 'messages[0].content[0]'],
    ['an odd image', media({ type: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'x' } }), 'messages[0].content[0]'],
    [
      'an odd document',
      media({ type: 'document', source: { kind: 'base64', mediaType: 'application/zip', data: 'x' } }),
      'messages[0].content[0]',
    ],
    ['odd audio', media({ type: 'audio', format: 'midi', data: 'x' }), 'messages[0].content[0]'],
  ])('refuses %s by name', (_name, request, param) => {
    expect(() => encode(request)).toThrow(expect.objectContaining({ status: 400, param }));
  });

  test.each([
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0', 'claude'],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123', 'unknown'],
    ['us-gov.amazon.nova-pro-v1:0', 'nova'],
    ['global.amazon.nova-2-lite-v1:0', 'nova'],
    ['openai.gpt-oss-20b-1:0', 'gpt-oss'],
    ['mistral.mistral-large-2407-v1:0', 'other'],
  ])('%s is of family %s', (model, family) => {
    expect(modelFamily(model)).toBe(family);
  });
});
