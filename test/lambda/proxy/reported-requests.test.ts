/** Requests that people reported as refused by one host or another: what leaves is what that host takes. */
import { sentToEveryProvider } from '../../support/every-provider';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';

const sent = sentToEveryProvider();

const USER = [{ role: 'user', content: 'Hi' }];
const FUNCTION = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } };
const TOOL = { name: 'f', input_schema: { type: 'object', properties: {} } };

describe("Claude Code's line for Anthropic's own accounts", () => {
  const LINE = 'x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=1a2b3;';
  const told = (text: string) => ({ type: 'text', text });

  test.each([
    ['Vertex AI', 'vertex-ai/claude-sonnet-4-5', ({ system }: { system: unknown }) => system],
    ['OpenRouter', 'openrouter/anthropic/claude-sonnet-4.5', ({ system }: { system: unknown }) => system],
    ['a compatible server', 'anthropic-compatible/claude-x', ({ system }: { system: unknown }) => system],
  ])('is taken out of what passes to %s, and no more', async (_, model, systemOf) => {
    const blocks = await sent(MESSAGES, { model, max_tokens: 9, system: [told(LINE), told('You are.')], messages: USER });
    const joined = await sent(MESSAGES, { model, max_tokens: 9, system: [told(`${LINE}\nYou are.`)], messages: USER });
    const string = await sent(MESSAGES, { model, max_tokens: 9, system: `${LINE}\n\nYou are.`, messages: USER });

    expect(systemOf(blocks.body)).toEqual([told('You are.')]);
    expect(systemOf(joined.body)).toEqual([told('You are.')]);
    expect(systemOf(string.body)).toBe('You are.');
    expect(string.warnings).toContain('system');
  });

  test.each([
    [MESSAGES, { max_tokens: 9, system: `${LINE}\nYou are.`, messages: USER }],
    [CHAT, { messages: [{ role: 'system', content: `${LINE}\nYou are.` }, ...USER] }],
    [CHAT, { messages: [{ role: 'system', content: [told(LINE), told('You are.')] }, ...USER] }],
    [RESPONSES, { instructions: `${LINE}\nYou are.`, input: 'Hi' }],
    [RESPONSES, { input: [{ role: 'developer', content: `${LINE}\nYou are.` }, ...USER] }],
  ])('never reaches Bedrock, which refuses it, by %s', async (path, body) => {
    const { body: written } = await sent(path, { model: 'bedrock/us.anthropic.claude-opus-4-6-v1', ...body });

    expect(written.system).toEqual([{ text: 'You are.' }]);
  });

  test('reaches Anthropic itself as it came', async () => {
    const { body } = await sent(MESSAGES, { model: 'anthropic/claude-sonnet-4-5', max_tokens: 9, system: [told(LINE)], messages: USER });

    expect(body.system).toEqual([told(LINE)]);
  });
});

describe('thinking that is switched off', () => {
  const off = (model: string) => sent(MESSAGES, { model, max_tokens: 100, thinking: { type: 'disabled' }, messages: USER });

  test.each([
    'openai/gpt-4o',
    'xai/grok-4',
    'vllm/qwen3',
    'groq/llama-3.3-70b-versatile',
    'cohere/command-a-03-2025',
    'mistral/magistral-medium-latest',
  ])('is no word to %s, which knows none', async (model) => {
    const { body, warnings } = await off(model);

    expect(Object.keys(body)).not.toEqual(expect.arrayContaining([expect.stringMatching(/reasoning|thinking/)]));
    expect(warnings).toBe('');
  });

  test.each([
    ['openai/gpt-5.1', { reasoning_effort: 'none' }],
    ['mistral/mistral-small-latest', { reasoning_effort: 'none' }],
    ['deepseek/deepseek-v4-flash', { thinking: { type: 'disabled' } }],
    ['cohere/command-a-reasoning-08-2025', { thinking: { type: 'disabled' } }],
    ['google-ai-studio/gemini-2.5-flash', { generationConfig: { maxOutputTokens: 100, thinkingConfig: { thinkingBudget: 0 } } }],
  ])('is said to %s in its own way, without a warning', async (model, fields) => {
    const { body, warnings } = await off(model);

    expect(body).toMatchObject(fields);
    expect(warnings).toBe('');
  });

  test('is said to DeepSeek by the callers of Responses too', async () => {
    const { body } = await sent(RESPONSES, { model: 'deepseek/deepseek-v4-flash', reasoning: { effort: 'none' }, input: 'Hi' });

    expect(body).toMatchObject({ thinking: { type: 'disabled' } });
    expect(body).not.toHaveProperty('reasoning_effort');
  });
});

describe('thinking before a call of a tool', () => {
  const history = (...before: object[]) => ({
    max_tokens: 2_000,
    tools: [TOOL],
    messages: [
      ...USER,
      { role: 'assistant', content: [...before, { type: 'tool_use', id: 'functions.f:0', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions.f:0', content: 'x' }] },
    ],
  });
  const THOUGHT = { type: 'thinking', thinking: 'A tool helps.', signature: '' };
  const HOSTS = [
    'openai-compatible/kimi-k2.5',
    'vllm/kimi-k2-thinking',
    'together/moonshotai/Kimi-K2-Thinking',
    'nvidia-nim/moonshotai/kimi-k2-thinking',
  ];

  test.each([...HOSTS, 'deepseek/deepseek-v4-pro', 'openai-compatible/deepseek-v4-pro'])(
    'goes back to %s, or a stand-in',
    async (model) => {
      const known = await sent(MESSAGES, { model, ...history(THOUGHT) });
      const lost = await sent(MESSAGES, { model, ...history() });
      const off = await sent(MESSAGES, { model, thinking: { type: 'disabled' }, ...history() });

      expect(known.body.messages[1]).toMatchObject({ reasoning_content: 'A tool helps.', tool_calls: [{ function: { name: 'f' } }] });
      expect(lost.body.messages[1].reasoning_content).toBe(' ');
      expect(off.body.messages[1]).not.toHaveProperty('reasoning_content');
    },
  );

  test.each(['groq/moonshotai/kimi-k2-instruct', 'openai/gpt-4o', 'mistral/mistral-large-latest'])('is no field for %s', async (model) => {
    const { body, warnings } = await sent(MESSAGES, { model, ...history() });

    expect(body.messages[1]).not.toHaveProperty('reasoning_content');
    expect(warnings).toBe('');
  });
});

describe('turns that say nothing', () => {
  const empty = { role: 'assistant', content: [{ type: 'text', text: '' }] };

  test.each(['mistral/mistral-large-latest', 'cohere/command-a-03-2025'])('of the assistant are left out for %s', async (model) => {
    const { body } = await sent(MESSAGES, { model, max_tokens: 9, messages: [...USER, empty, { role: 'user', content: 'Go' }] });

    expect(body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'user', content: 'Go' },
    ]);
  });

  test.each(['mistral/mistral-large-latest', 'cohere/command-a-03-2025'])(
    'of the user: instructions alone are its turn for %s',
    async (model) => {
      const { body } = await sent(MESSAGES, {
        model,
        max_tokens: 9,
        system: 'Greet.',
        messages: [{ role: 'system', content: 'Be short.' }],
      });

      expect(body.messages).toEqual([
        { role: 'system', content: 'Greet.' },
        { role: 'user', content: 'Be short.' },
      ]);
    },
  );
});

describe('schemas', () => {
  const NOVA = 'bedrock/us.amazon.nova-pro-v1:0';
  const tool = (parameters: object) => ({ ...FUNCTION, function: { name: 'f', parameters } });
  const answer = (schema: object) => ({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } });
  const CITY = { type: 'object', properties: { name: { type: 'string' } } };

  test('of tools of Nova hold what they refer to in place, since it knows no definitions', async () => {
    const parameters = { type: 'object', properties: { to: { $ref: '#/$defs/City' } }, required: ['to'], $defs: { City: CITY } };
    const { body } = await sent(CHAT, { model: NOVA, messages: USER, tools: [tool(parameters)] });

    expect(body.toolConfig.tools[0].toolSpec.inputSchema.json).toEqual({ type: 'object', properties: { to: CITY }, required: ['to'] });
  });

  test('of tools of Nova end where they refer to themselves, with a warning', async () => {
    const Node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } };
    const parameters = { type: 'object', properties: { first: { $ref: '#/$defs/Node' } }, $defs: { Node } };
    const { body, warnings } = await sent(CHAT, { model: NOVA, messages: USER, tools: [tool(parameters)] });

    expect(body.toolConfig.tools[0].toolSpec.inputSchema.json).toEqual({
      type: 'object',
      properties: { first: { type: 'object', properties: { next: {} } } },
    });
    expect(warnings).toContain('tools.function.parameters.$ref');
  });

  test('that double with every step are refused by name, not written out', async () => {
    const step = (index: number) => ({ $ref: `#/$defs/D${index + 1}` });
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`D${index}`, { type: 'object', properties: { a: step(index), b: step(index) } }]),
    );
    const { status, text, body } = await sent(CHAT, {
      model: NOVA,
      messages: USER,
      tools: [tool({ type: 'object', properties: { a: { $ref: '#/$defs/D0' } }, $defs })],
    });

    expect([status, body]).toEqual([400, undefined]);
    expect(text).toContain('tools.function.parameters');
  });

  test('that refer to themselves are no grammar of Claude: a tool takes them', async () => {
    const schema = { type: 'object', properties: { next: { $ref: '#' } } };
    const { body } = await sent(CHAT, { model: 'anthropic/claude-sonnet-4-5', messages: USER, ...answer(schema) });

    expect(body).not.toHaveProperty('output_config');
    expect(body).toMatchObject({ tools: [{ input_schema: schema }], tool_choice: { type: 'tool' } });
  });

  test.each([NOVA, 'anthropic/claude-sonnet-4-20250514'])('of lists are told to %s, whose tools take objects alone', async (model) => {
    const { body, warnings } = await sent(CHAT, { model, messages: USER, ...answer({ type: 'array', items: CITY }) });

    expect(JSON.stringify(body.system)).toContain('JSON Schema');
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('toolConfig');
    expect(warnings).toContain('response_format');
  });
});

describe("calls of OpenAI's own tools in a history of Responses", () => {
  const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';
  const turns: readonly (readonly [string, object, object, object, unknown])[] = [
    [
      'local_shell',
      { type: 'local_shell_call', id: 'i', call_id: 'c', status: 'completed', action: { type: 'exec', command: ['ls'] } },
      { type: 'local_shell_call_output', id: 'c', output: 'a.txt' },
      { type: 'exec', command: ['ls'] },
      'a.txt',
    ],
    [
      'shell',
      { type: 'shell_call', call_id: 'c', status: 'completed', action: { commands: ['ls'] } },
      { type: 'shell_call_output', call_id: 'c', output: [{ stdout: 'a', stderr: 'b', outcome: { type: 'exit', exit_code: 2 } }] },
      { commands: ['ls'] },
      'a\nb\nexit code 2',
    ],
    [
      'apply_patch',
      { type: 'apply_patch_call', call_id: 'c', status: 'completed', operation: { type: 'delete_file', path: 'a' } },
      { type: 'apply_patch_call_output', call_id: 'c', status: 'completed' },
      { type: 'delete_file', path: 'a' },
      'completed',
    ],
    [
      'computer',
      { type: 'computer_call', call_id: 'c', status: 'completed', actions: [{ type: 'click' }], pending_safety_checks: [] },
      { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot', image_url: PICTURE } },
      { actions: [{ type: 'click' }] },
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }],
    ],
  ];
  const ask = (...items: object[]) =>
    sent(RESPONSES, {
      model: 'anthropic/claude-sonnet-4-5',
      max_output_tokens: 50,
      input: [{ role: 'user', content: 'Hi' }, ...items, { role: 'user', content: 'Go' }],
    });

  test.each(turns)('%s are calls of a function to other models, with what came of them', async (name, call, output, input, content) => {
    const { body, warnings } = await ask(call, output);

    expect(body.messages[1]).toEqual({ role: 'assistant', content: [{ type: 'tool_use', id: 'c', name, input }] });
    expect(body.messages[2]).toEqual({ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content }] });
    expect(warnings).toBe('');
  });

  test.each(turns)('%s without the other half are left out, with a warning', async (_, call, output) => {
    for (const alone of [call, output]) {
      const { body, warnings } = await ask(alone);

      expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'user']);
      expect(warnings).toContain('input[1]');
    }
  });
});

describe('arguments in a history that are no object', () => {
  const calls = (text: string) => [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: null, tool_calls: [{ id: 'abcdefghi', type: 'function', function: { name: 'f', arguments: text } }] },
    { role: 'tool', tool_call_id: 'abcdefghi', content: 'Bad arguments.' },
  ];
  const HOSTS = ['mistral/mistral-large-latest', 'ollama/m', 'lm-studio/m', 'vllm/m', 'openai-compatible/m', 'cohere/command-a-03-2025'];

  test.each(HOSTS)('are wrapped for %s, which reads them again', async (model) => {
    for (const text of ['{"a": "b', '[1]', '5', '{"a":1}{"a":2}']) {
      const { body } = await sent(CHAT, { model, messages: calls(text) });

      expect(JSON.parse(body.messages[1].tool_calls[0].function.arguments)).toEqual({ _unparsed: text });
    }
    const { body } = await sent(CHAT, { model, messages: calls('{"a":1}') });

    expect(body.messages[1].tool_calls[0].function.arguments).toBe('{"a":1}');
  });

  test('pass to OpenAI, which takes them, as they are', async () => {
    const { body } = await sent(CHAT, { model: 'openai/gpt-4o', messages: calls('{"a": "b') });

    expect(body.messages).toEqual(calls('{"a": "b'));
  });
});

describe('marks of what is to be cached', () => {
  const cache_control = { type: 'ephemeral' };
  const text = (index: number) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text: `t${index}`, cache_control }],
  });
  const CLAUDE = ['anthropic/claude-sonnet-4-5', 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0'] as const;
  const marksIn = (body: object): number => JSON.stringify(body).match(/"cache_control"|"cachePoint"/g)?.length ?? 0;

  test.each(CLAUDE)('are four at the most for %s: the last in front, and the last in the conversation', async (model) => {
    const messages = [{ role: 'system', content: [{ type: 'text', text: 's', cache_control }] }, ...[0, 1, 2, 3, 4, 5, 6].map(text)];
    const { body, warnings } = await sent(CHAT, { model, messages, tools: [{ ...FUNCTION, cache_control }] });

    expect(marksIn(body)).toBe(4);
    expect(marksIn(body.system)).toBe(1);
    expect(marksIn(body.messages.slice(-3))).toBe(3);
    expect(warnings).toContain('cache_control');
  });

  test.each(CLAUDE)('of every part, call, result and tool of Responses reach %s', async (model) => {
    const picture = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', cache_control };
    const { body } = await sent(RESPONSES, {
      model,
      max_output_tokens: 50,
      input: [
        { role: 'user', content: [picture] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', cache_control },
        { type: 'function_call_output', call_id: 'c', output: 'x', cache_control },
      ],
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, cache_control }],
    });

    expect(marksIn(body)).toBe(4);
  });

  test.each(CLAUDE)('of pictures, calls and whole messages of Chat reach %s, and one of the whole call is at its end', async (model) => {
    const { body } = await sent(CHAT, {
      model,
      cache_control,
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' }, cache_control }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' }, cache_control }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
        { role: 'user', content: 'Go', cache_control },
        { role: 'assistant', content: 'Ok' },
        { role: 'user', content: 'On' },
      ],
    });

    expect(marksIn(body)).toBe(4);
    expect(marksIn(body.messages.slice(-1))).toBe(1);
    expect(marksIn(body.messages.slice(-2, -1))).toBe(0);
  });

  test('one of a whole call of Messages is at its end on a host that knows no such', async () => {
    const { body } = await sent(MESSAGES, {
      model: CLAUDE[1],
      max_tokens: 9,
      cache_control: { ...cache_control, ttl: '1h' },
      messages: USER,
    });

    expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default', ttl: '1h' } }] }]);
  });

  test.each(['system', 'user', 'assistant'])('of a whole message of the %s stand at its last part', async (role) => {
    const marked = {
      role,
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      cache_control,
    };
    const { body } = await sent(CHAT, { model: CLAUDE[0], messages: [...USER, marked, ...USER] });

    const blocks = [
      ...(Array.isArray(body.system) ? body.system : []),
      ...body.messages.flatMap((message: { content: object[] }) => message.content),
    ];
    expect(blocks.filter((block: object) => 'cache_control' in block)).toEqual([{ type: 'text', text: 'b', cache_control }]);
  });
});

describe('names of tools', () => {
  const named = (model: string, name: string) => sent(MESSAGES, { model, max_tokens: 9, messages: USER, tools: [{ ...TOOL, name }] });

  test.each(['3d-render', '_private', '-x'])('of Kimi begin with a letter: %s', async (name) => {
    const { body } = await named('openai-compatible/kimi-k2.5', name);

    expect(body.tools[0].function.name).toMatch(/^[A-Za-z][A-Za-z0-9_-]{1,63}$/);
  });

  test.each(['mistral/mistral-large-latest', 'deepseek/deepseek-chat', 'xai/grok-4'])('of %s have no points and colons', async (model) => {
    const { body } = await named(model, 'mcp.server:tool');

    expect(body.tools[0].function.name).toMatch(/^mcp_server_tool_[0-9a-f]{8}$/);
  });
});

describe('settings that a host knows in another way', () => {
  test.each([
    [5, 5],
    [-1, -1],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, -(2 ** 31)],
    [1_764_500_000_123, -731_558_533],
  ])('a seed of %d is one of 32 bits for Gemini', async (seed, written) => {
    const { body } = await sent(CHAT, { model: 'google-ai-studio/gemini-3-pro-preview', messages: USER, seed });

    expect(body.generationConfig.seed).toBe(written);
  });

  test.each([
    ['required', 'any'],
    ['auto', 'auto'],
  ])('the tools that are allowed are the only ones for Mistral, by %s', async (mode, choice) => {
    const other = { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } };
    const { body } = await sent(CHAT, {
      model: 'mistral/mistral-large-2512',
      messages: USER,
      tools: [FUNCTION, other],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'f' } }] } },
    });

    expect(body).toMatchObject({ tools: [FUNCTION], tool_choice: choice });
  });

  test.each([
    ['verbosity', 'low'],
    ['thinking', { type: 'enabled', budget_tokens: 2_000 }],
    ['reasoning', { max_tokens: 2_000 }],
  ])('%s is left out by name for Mistral', async (field, value) => {
    const { body, warnings } = await sent(CHAT, { model: 'mistral/mistral-large-2512', messages: USER, [field]: value });

    expect(body).toEqual({ model: 'mistral-large-2512', messages: USER });
    expect(warnings).toContain(field);
  });

  test.each([
    [{ type: 'object', properties: { city: { type: 'string' } } }, { type: 'json_object' }],
    [{ type: 'array', items: { type: 'string' } }, undefined],
  ])('DeepSeek is told of the schema %j, which its JSON mode does not know', async (schema, written) => {
    const response_format = { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } };
    const { body, warnings } = await sent(CHAT, { model: 'deepseek/deepseek-chat', messages: USER, response_format });

    expect(body.response_format).toEqual(written);
    expect(body.messages).toEqual([{ role: 'system', content: expect.stringContaining(JSON.stringify(schema)) }, ...USER]);
    expect(warnings).toContain('response_format');
  });

  test("DeepSeek's own JSON mode passes as it came", async () => {
    const { body } = await sent(CHAT, { model: 'deepseek/deepseek-chat', messages: USER, response_format: { type: 'json_object' } });

    expect(body).toMatchObject({ messages: USER, response_format: { type: 'json_object' } });
  });
});
