/** What a host refuses of a call that others take, left out and named, or said in another way. */
import { sentToEveryProvider, startEveryProvider } from '../../support/every-provider';
import type { TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, streamReply, type Upstream } from '../../support/upstream';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';

const sent = sentToEveryProvider();
const USER = [{ role: 'user', content: 'Hi' }];

describe("an end user's name at Anthropic", () => {
  const named = async (user: string) => {
    const { body, warnings } = await sent(CHAT, { model: 'anthropic/claude-sonnet-4-5', messages: USER, user });
    return { metadata: body.metadata, warned: warnings.includes('user') };
  };

  test.each(['ann@example.com', 'a.b+c@mail.example.co.uk', '+49 170 1234567', '(555) 123-4567'])(
    'is left out where it is an address: %s',
    async (user) => {
      expect(await named(user)).toEqual({ metadata: undefined, warned: true });
    },
  );

  test.each(['user-123', '42', 'ann at example', '5f0c1a2b-8f1e-4a2b-9c3d-112233445566', 'team/ann@host'])(
    'stays where it is none: %s',
    async (user) => {
      expect(await named(user)).toEqual({ metadata: { user_id: user }, warned: false });
    },
  );

  test('is left out of a call of Responses too', async () => {
    const { body } = await sent(RESPONSES, { model: 'anthropic/claude-sonnet-4-5', input: 'Hi', user: 'ann@example.com' });

    expect(body).not.toHaveProperty('metadata');
  });
});

describe('an effort asked of a model that does not think', () => {
  const asked = [
    [CHAT, { messages: USER, reasoning_effort: 'high' }],
    [RESPONSES, { input: 'Hi', reasoning: { effort: 'high' } }],
    [MESSAGES, { max_tokens: 4_000, messages: USER, thinking: { type: 'enabled', budget_tokens: 2_000 } }],
    [MESSAGES, { max_tokens: 4_000, messages: USER, thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
  ] as const;

  test.each(asked)('is left out and named, by %s, case %#', async (path, body) => {
    for (const model of [
      'groq/llama-3.3-70b-versatile',
      'groq/moonshotai/kimi-k2-instruct-0905',
      'ollama/llama3.2',
      'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
      'cohere/command-a-03-2025',
      'cohere/command-r-plus',
    ]) {
      // A call in the host's own dialect leaves as it came.
      if (!model.startsWith('cohere/') && path !== MESSAGES) continue;
      const { body: written, warnings } = await sent(path, { model, ...body });

      expect(JSON.stringify(written)).not.toMatch(/reasoning|thinking/);
      expect(warnings).toMatch(/reasoning|thinking|effort/);
    }
  });

  test('reaches one that does', async () => {
    const { body } = await sent(CHAT, { model: 'cohere/command-a-reasoning-08-2025', messages: USER, reasoning_effort: 'high' });

    expect(body.thinking).toMatchObject({ type: 'enabled' });
  });
});

test('a tool whose description is blank has none on Bedrock', async () => {
  const tools = ['  \n', '', 'Finds.'].map((description, index) => ({
    type: 'function',
    function: { name: `f${index}`, description, parameters: { type: 'object', properties: {} } },
  }));
  const { body } = await sent(CHAT, { model: 'bedrock/amazon.nova-pro-v1:0', messages: USER, tools });

  expect(body.toolConfig.tools.map(({ toolSpec }: { toolSpec: object }) => 'description' in toolSpec)).toEqual([false, false, true]);
});

describe('a model that takes one system message', () => {
  const strict = [
    'vllm/Qwen/Qwen3.6-27B',
    'ollama/qwen3.8:27b',
    'fireworks/accounts/fireworks/models/qwen3p8',
    'openai-compatible/qwen-plus',
  ];
  const late = [...USER, { role: 'assistant', content: 'Yes?' }, { role: 'user', content: 'Go' }, { role: 'system', content: 'Late.' }];
  const rolesOf = (turns: { role: string }[]) => turns.map(({ role }) => role);

  test.each(strict)('gets one of Chat, in its own dialect and translated: %s', async (model) => {
    const chat = await sent(CHAT, {
      model,
      messages: [{ role: 'developer', content: 'One.' }, { role: 'system', content: [{ type: 'text', text: 'Two.' }] }, ...late],
    });
    const messages = await sent(MESSAGES, { model, max_tokens: 9, system: [{ type: 'text', text: 'One.' }], messages: late });

    for (const { body } of [chat, messages]) {
      expect(rolesOf(body.messages ?? body.input)).toEqual([
        ...(body.messages === undefined ? [] : ['system']),
        'user',
        'assistant',
        'user',
        'user',
      ]);
      expect(JSON.stringify(body)).toMatch(/One\.[\s\S]*Late\./);
    }
    expect(chat.body.messages[0].content).toEqual([
      { type: 'text', text: 'One.' },
      { type: 'text', text: 'Two.' },
    ]);
  });

  test.each(strict.slice(0, 3))('gets one of Responses: %s', async (model) => {
    const { body } = await sent(RESPONSES, {
      model,
      instructions: 'One.',
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'Two.' }] },
        { role: 'user', content: 'Hi' },
        { role: 'developer', content: 'Late.' },
      ],
    });

    expect(body.instructions).toBe('One.\n\nTwo.');
    expect(rolesOf(body.input)).toEqual(['user', 'user']);
  });

  test('keeps the words of one as they came, and other models keep all', async () => {
    const one = [{ role: 'system', content: 'One.' }, ...USER];
    const two = [{ role: 'system', content: 'One.' }, { role: 'system', content: 'Two.' }, ...late];

    expect((await sent(CHAT, { model: 'vllm/qwen3-8b', messages: one })).body.messages).toEqual(one);
    for (const model of ['vllm/gpt-oss-20b', 'openai/gpt-4.1', 'groq/qwen/qwen3-32b'])
      expect((await sent(CHAT, { model, messages: two })).body.messages).toEqual(two);
  });
});

describe('what a conversation holds of a vendor alone', () => {
  const did = [
    { type: 'text', text: 'Looking.' },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: [{ type: 'web_search_result', url: 'https://a.example', title: 'A' }],
    },
    { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'find', server_name: 's', input: {} },
    { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [{ type: 'text', text: 'r' }] },
    { type: 'server_tool_use', id: 'srvtoolu_2', name: 'bash_code_execution', input: { command: 'ls' } },
    {
      type: 'bash_code_execution_tool_result',
      tool_use_id: 'srvtoolu_2',
      content: { type: 'bash_code_execution_result', stdout: '', content: [] },
    },
    { type: 'text', text: 'Found.' },
  ];
  const messages = [...USER, { role: 'assistant', content: did }, { role: 'user', content: 'Go on' }];

  test.each([
    'openai/gpt-4.1',
    'openai/gpt-5.1-codex',
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'google-ai-studio/gemini-2.5-flash',
    'mistral/mistral-large-latest',
    'cohere/command-a-03-2025',
    'deepseek/deepseek-chat',
  ])("leaves out what Anthropic's own tools did, and says so: %s", async (model) => {
    const { status, body, warnings } = await sent(MESSAGES, { model, max_tokens: 99, messages });

    expect(status).toBe(400); // the provider's, who is only asked
    expect(JSON.stringify(body)).toMatch(/Looking\.[\s\S]*Found\./);
    expect(JSON.stringify(body)).not.toMatch(/srvtoolu|mcptoolu|web_search/);
    expect(warnings).toContain('messages.content');
  });
});

test.each([
  ['an object', { a: 1 }, { a: 1 }],
  ['nothing', null, {}],
  ['an empty text', '', {}],
  ['a number', 5, { _unparsed: '5' }],
  ['no JSON', '{"a"', { _unparsed: '{"a"' }],
])('arguments of an earlier call that are %s are read, by Chat and Responses', async (_, given, input) => {
  const model = 'anthropic/claude-sonnet-4-5';
  const called = { id: 'c', type: 'function', function: { name: 'f', arguments: given } };
  const chat = await sent(CHAT, {
    model,
    messages: [...USER, { role: 'assistant', content: null, tool_calls: [called] }, { role: 'tool', tool_call_id: 'c', content: 'r' }],
  });
  const responses = await sent(RESPONSES, {
    model,
    input: [
      ...USER,
      { type: 'function_call', call_id: 'c', name: 'f', arguments: given },
      { type: 'function_call_output', call_id: 'c', output: 'r' },
    ],
  });

  for (const { body } of [chat, responses]) expect(body.messages[1].content).toMatchObject([{ type: 'tool_use', input }]);
});

describe('a tool whose parameters say too little for the host', () => {
  const call = (model: string, input_schema: object) =>
    sent(MESSAGES, { model, max_tokens: 64, messages: USER, tools: [{ name: 'find', input_schema }] });
  const parametersOf = ({ body }: Awaited<ReturnType<typeof call>>) => (body.tools[0].function ?? body.tools[0]).parameters;

  test.each(['openai/gpt-4o', 'openai/gpt-5.4', 'azure-openai/gpt-4o'])('says what is in its lists: %s', async (model) => {
    const lists = { tags: { type: 'array' }, pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } };

    expect(parametersOf(await call(model, { type: 'object', properties: lists })).properties).toEqual({
      tags: { type: 'array', items: {} },
      pair: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
    });
  });

  test.each(['openai/gpt-4o', 'mistral/mistral-large-latest', 'cohere/command-a-03-2025', 'groq/llama-3.3-70b-versatile'])(
    'takes an object: %s',
    async (model) => {
      const named = { properties: { q: { type: 'string' } } };

      expect(parametersOf(await call(model, {}))).toEqual({ type: 'object', properties: {} });
      expect(parametersOf(await call(model, named))).toEqual({ type: 'object', ...named });
    },
  );
});

test('vectors of a length are asked of Mistral in its own word', async () => {
  const ask = (model: string, more: object) => sent('/v1/embeddings', { model, input: ['a'], encoding_format: 'base64', ...more });
  const { body } = await ask('mistral/codestral-embed', { dimensions: 256 });
  const usual = await ask('mistral/mistral-embed', {});
  const openAi = await ask('openai/text-embedding-3-small', { dimensions: 256 });

  expect(body).toEqual({ model: 'codestral-embed', input: ['a'], encoding_format: 'base64', output_dimension: 256 });
  expect(usual.body).not.toHaveProperty('output_dimension');
  expect(openAi.body).toMatchObject({ dimensions: 256 });
});

describe('the stop sequence that vLLM or SGLang names', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startEveryProvider(upstream);
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });
  const choice = (more: object) => ({ index: 0, finish_reason: 'stop', ...more });
  const ask = async (more: object, stream: boolean) => {
    const delta = { id: 'c', choices: [{ index: 0, delta: { content: 'One' } }] };
    const whole = { id: 'c', choices: [{ ...choice(more), message: { role: 'assistant', content: 'One' } }] };
    const events = [delta, { id: 'c', choices: [{ ...choice(more), delta: {} }] }].map((event) => `data: ${JSON.stringify(event)}\n\n`);
    upstream.script(stream ? streamReply(`${events.join('')}data: [DONE]\n\n`, [40]) : jsonReply(whole));
    const body = { model: 'openai-compatible/m', stream, max_tokens: 99, messages: USER, stop_sequences: ['END'] };
    return (await gateway.call(MESSAGES, body)).text;
  };

  test.each([false, true])('is told to callers of Messages, streamed: %s', async (stream) => {
    for (const more of [{ stop_reason: 'END' }, { matched_stop: 'END' }]) {
      const text = await ask(more, stream);
      expect(text).toContain('"stop_reason":"stop_sequence"');
      expect(text).toContain('"stop_sequence":"END"');
    }
    for (const more of [{}, { stop_reason: null }, { matched_stop: 151_645 }, { stop_reason: 2 }]) {
      const text = await ask(more, stream);
      expect(text).toContain('"stop_reason":"end_turn"');
    }
  });
});

describe('lists whose places have schemas of their own', () => {
  const text = { type: 'string' };
  const pair = { type: 'array', items: [text, { type: 'number' }], additionalItems: false };
  const parameters = { type: 'object', properties: { pair } };
  const tools = [{ type: 'function', function: { name: 'f', parameters } }];
  const ask = async (model: string, more: object) => sent(CHAT, { model, messages: USER, ...more });

  test.each(['google-ai-studio/gemini-3.6-flash', 'vertex-ai/gemini-2.5-pro'])('have one for all places in tools of %s', async (model) => {
    const { body, warnings } = await ask(model, { tools });

    expect(body.tools[0].functionDeclarations[0].parametersJsonSchema.properties.pair).toEqual({
      type: 'array',
      items: { anyOf: [text, { type: 'number' }] },
      maxItems: 2,
    });
    expect(warnings).toContain('tools.function.parameters.prefixItems');
  });

  test('are said in newer words to Gemini for an answer, and to Claude for a tool', async () => {
    const newer = { type: 'array', prefixItems: [text, { type: 'number' }], items: false };
    const response_format = { type: 'json_schema', json_schema: { name: 'n', schema: parameters } };
    const answer = await ask('google-ai-studio/gemini-3.6-flash', { response_format });
    const claude = await ask('anthropic/claude-sonnet-4-5', { tools });
    const converse = await ask('bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', { tools });

    expect(answer.body.generationConfig.responseJsonSchema.properties.pair).toEqual(newer);
    expect(claude.body.tools[0].input_schema.properties.pair).toEqual(newer);
    expect(converse.body.toolConfig.tools[0].toolSpec.inputSchema.json.properties.pair).toEqual(newer);
  });
});

test.each([
  ['gemini-3.5-flash', true],
  ['gemini-3.5-flash-lite', false],
  ['gemini-3.6-flash', false],
  ['gemini-4-argon', false],
  ['gemini-2.5-pro', true],
])('a turn of the assistant that %s is to continue is taken: %s', async (model, taken) => {
  const messages = [...USER, { role: 'assistant', content: 'Well' }];
  for (const host of ['google-ai-studio', 'vertex-ai']) {
    const { body, text } = await sent(CHAT, { model: `${host}/${model}`, messages });
    if (taken) expect(body.contents.at(-1)).toEqual({ role: 'model', parts: [{ text: 'Well' }] });
    else expect(JSON.parse(text).error).toMatchObject({ param: 'messages[1]', code: 'unsupported_parameter' });
  }
});

describe('texts that a client has cut in the midst of a character', () => {
  test.each([
    'anthropic/claude-sonnet-4-5',
    'bedrock/us.amazon.nova-pro-v1:0',
    'google-ai-studio/gemini-2.5-flash',
    'cohere/command-a-03-2025',
  ])('have a sign in its place at %s, and nothing else is touched', async (model) => {
    const content = 'a\ud83d b 😀 \\ud83d \\\\ c\udc00';
    expect(JSON.stringify((await sent(CHAT, { model, messages: [{ role: 'user', content }] })).body)).toContain(
      JSON.stringify('a\ufffd b 😀 \\ud83d \\\\ c\ufffd').slice(1, -1),
    );
  });
});

test.each(['image/jpg', 'IMAGE/JPG', 'image/jpeg'])('%s is a picture by its usual name, whoever calls', async (type) => {
  const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
  const url = `data:${type};base64,${data}`;
  const chat = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
  const blocks = [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: type, data } }] }];
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }];

  for (const host of ['anthropic/claude-sonnet-4-5', 'google-ai-studio/gemini-2.5-flash', 'openai/gpt-4.1']) {
    for (const [path, body] of [
      [CHAT, { messages: chat }],
      [RESPONSES, { input }],
      [MESSAGES, { max_tokens: 9, messages: blocks }],
    ] as const) {
      const own = (host.startsWith('anthropic') && path === MESSAGES) || (host.startsWith('openai') && path !== MESSAGES);
      if (!own) expect(JSON.stringify((await sent(path, { model: host, ...body })).body)).toMatch(/image\/jpeg/);
    }
  }
});

test('an empty stop sequence is left out anywhere', async () => {
  for (const model of [
    'anthropic/claude-sonnet-4-5',
    'google-ai-studio/gemini-2.5-flash',
    'cohere/command-a-03-2025',
    'bedrock/us.amazon.nova-pro-v1:0',
  ]) {
    const { body, warnings } = await sent(CHAT, { model, messages: USER, stop: ['', 'END'] });
    expect([JSON.stringify(body).includes('["END"]'), warnings.includes('stop')]).toEqual([true, true]);
  }
});

test('limits of an older draft are said in newer words', async () => {
  const parameters = {
    type: 'object',
    properties: { a: { type: 'number', minimum: 0, exclusiveMinimum: true, required: true }, b: { maximum: 9, exclusiveMaximum: false } },
  };
  const newer = { type: 'object', properties: { a: { type: 'number', exclusiveMinimum: 0 }, b: { maximum: 9 } } };
  const tools = [{ type: 'function', function: { name: 'f', parameters } }];
  const claude = await sent(CHAT, { model: 'anthropic/claude-sonnet-4-5', messages: USER, tools });
  const gemini = await sent(CHAT, { model: 'google-ai-studio/gemini-2.5-flash', messages: USER, tools });

  expect(claude.body.tools[0].input_schema).toEqual(newer);
  expect(gemini.body.tools[0].functionDeclarations[0].parametersJsonSchema).toEqual(newer);
});

test('a budget of thinking gives way in the midst of a loop whose thinking was lost, where the model would refuse', async () => {
  const messages = [
    ...USER,
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
  ];
  const call = {
    max_tokens: 4_000,
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    tools: [{ name: 'f', input_schema: {} }],
    messages,
  };
  const older = await sent(MESSAGES, { model: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', ...call });
  const adaptive = await sent(MESSAGES, { model: 'bedrock/us.anthropic.claude-sonnet-4-6', ...call });

  expect(older.body.additionalModelRequestFields).toBeUndefined();
  expect(older.warnings).toContain('thinking');
  expect(adaptive.body.additionalModelRequestFields).toMatchObject({ thinking: { type: 'adaptive' } });
});
