import { type Hosts, type Sent, saysOk, startHosts } from '../../support/hosts';

/** What histories and tools hold that not every vendor takes as it is. */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts();
  hosts.upstream.script(saysOk);
});

afterEach(() => hosts.close());

const BEDROCK = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const mark = { cache_control: { type: 'ephemeral' } };
const schema = { type: 'object', properties: {} };
const warnings = (reply: { headers: Readonly<Record<string, string | undefined>> }) => reply.headers['x-gateway-warnings'] ?? '';

const chatHistory = (...last: object[]): Sent[] => [
  { role: 'user', content: 'Find' },
  { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'c1', content: 'found' },
  ...last,
];

describe('a cache mark inside the result of a tool', () => {
  const messages = [
    { role: 'user', content: 'Find' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'find', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'long', ...mark }] }] },
  ];
  const ofMessages = { max_tokens: 100, messages, tools: [{ name: 'find', input_schema: schema }] };
  const ofChat = {
    messages: [...chatHistory().slice(0, 2), { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'long', ...mark }] }],
    tools: [{ type: 'function', function: { name: 'find', parameters: schema } }],
  };

  test.each([
    ['/v1/messages', ofMessages],
    ['/v1/chat/completions', ofChat],
  ])('%s: is a cache point of Converse', async (path, body) => {
    await hosts.ask(path, { model: BEDROCK, ...body });
    expect(hosts.sent()[0]?.body.messages.at(-1).content).toEqual([
      { toolResult: { toolUseId: 'c1', content: [{ text: 'long' }] } },
      { cachePoint: { type: 'default' } },
    ]);
  });

  test('is one of Anthropic’s', async () => {
    await hosts.ask('/v1/chat/completions', { model: 'anthropic/claude-sonnet-4-5', ...ofChat });
    expect(hosts.sent()[0]?.body.messages.at(-1).content[0].content).toEqual([{ type: 'text', text: 'long', ...mark }]);
  });

  test.each(['google-ai-studio/gemini-2.5-flash', 'openai/gpt-4.1', 'openai/gpt-5-pro', 'mistral/mistral-large-latest'])(
    'is named where %s has none',
    async (model) => {
      const reply = await hosts.ask('/v1/messages', { model, ...ofMessages });
      expect(reply.status).toBe(200);
      expect(warnings(reply)).toContain('cache_control');
    },
  );
});

describe('anthropic-beta', () => {
  const body = { max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
  const headers = { 'anthropic-beta': 'claude-code-20250219, interleaved-thinking-2025-05-14,context-management-2025-06-27' };

  test('reaches Claude through Converse, as far as Bedrock knows it', async () => {
    const reply = await hosts.ask('/v1/messages', { model: BEDROCK, ...body }, headers);
    const [sent] = hosts.sent();
    if (sent?.path.includes('/converse') !== true) return expect(sent?.headers['anthropic-beta'] ?? sent?.body).toBeDefined();
    const betas = ['interleaved-thinking-2025-05-14', 'context-management-2025-06-27'];
    expect(sent?.body.additionalModelRequestFields).toEqual({ anthropic_beta: betas });
    expect(warnings(reply)).toContain('anthropic-beta');
  });

  test('says nothing to other models', async () => {
    await hosts.ask('/v1/messages', { model: 'bedrock/us.amazon.nova-pro-v1:0', ...body }, headers);
    expect(hosts.sent()[0]?.body).not.toHaveProperty('additionalModelRequestFields');
  });
});

describe('tools', () => {
  const many = Array.from({ length: 23 }, (_, index) => ({
    type: 'function',
    function: { name: `t${index}`, parameters: schema, strict: true },
  }));
  const messages = [{ role: 'user', content: 'Go' }];

  test.each([
    ['anthropic/claude-sonnet-4-5', ({ tools }: Sent) => tools],
    [BEDROCK, ({ toolConfig }: Sent) => toolConfig.tools.map(({ toolSpec }: Sent) => toolSpec)],
  ])('%s is held to twenty of them at once, and the caller is told', async (model, toolsOf) => {
    const reply = await hosts.ask('/v1/chat/completions', { model, messages, tools: many });
    const tools = toolsOf(hosts.sent()[0]?.body);
    expect(tools).toHaveLength(23);
    expect(tools.filter(({ strict }: Sent) => strict === true)).toHaveLength(20);
    expect(warnings(reply)).toMatch(/tools\.(?:function\.)?strict/);
  });

  test.each(['anthropic/claude-sonnet-4-5', BEDROCK, 'google-ai-studio/gemini-2.5-flash', 'openai/gpt-5-pro'])(
    '%s gets one of two with the same name, the later',
    async (model) => {
      const twice = ['first', 'second'].map((description) => ({
        type: 'function',
        function: { name: 'find', description, parameters: schema },
      }));
      const reply = await hosts.ask('/v1/chat/completions', { model, messages, tools: twice });
      const sent = JSON.stringify(hosts.sent()[0]?.body);
      expect(sent).toContain('second');
      expect(sent).not.toContain('first');
      expect(warnings(reply)).toContain('tools');
    },
  );
});

describe('Mistral', () => {
  const model = 'mistral/mistral-large-latest';
  const roles = (): string[] => hosts.sent()[0]?.body.messages.map(({ role }: Sent) => role);

  test.each([
    ['a user after a result', chatHistory({ role: 'user', content: 'Stop' }), ['user', 'assistant', 'tool', 'assistant', 'user']],
    ['instructions after a result', chatHistory({ role: 'system', content: 'Hurry' }), ['user', 'assistant', 'tool', 'assistant', 'user']],
    [
      'instructions after an answer',
      [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
        { role: 'developer', content: 'c' },
        { role: 'user', content: 'd' },
      ],
      ['user', 'assistant', 'user', 'user'],
    ],
    [
      'an answer first',
      [
        { role: 'assistant', content: 'Hello!' },
        { role: 'user', content: 'a' },
      ],
      ['user', 'assistant', 'user'],
    ],
    ['an order that it takes', chatHistory(), ['user', 'assistant', 'tool']],
  ])('%s has the order that it takes', async (_name, messages, expected) => {
    expect((await hosts.ask('/v1/chat/completions', { model, messages })).status).toBe(200);
    expect(roles()).toEqual(expected);
  });

  test('a picture in a result of Messages does not stand right after it', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
    const messages = [
      { role: 'user', content: 'Look' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'look', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [image] }] },
    ];
    await hosts.ask('/v1/messages', { model, max_tokens: 100, messages });
    expect(roles()).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });

  test('a last turn of the assistant is to be continued', async () => {
    await hosts.ask('/v1/messages', {
      model,
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '{' },
      ],
    });
    expect(hosts.sent()[0]?.body.messages.at(-1)).toEqual({ role: 'assistant', content: '{', prefix: true });
  });
});

test.each([
  ['anthropic/claude-sonnet-4-5', { type: 'thinking', thinking: 'Hm.', signature: 'sig==' }, { type: 'redacted_thinking', data: 'red==' }],
  [
    BEDROCK,
    { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig==' } } },
    { reasoningContent: { redactedContent: 'red==' } },
  ],
])('thinking_blocks of a Chat history go back to %s signed', async (model, thought, hidden) => {
  const [user, call, result] = chatHistory();
  const blocks = [
    { type: 'thinking', thinking: 'Hm.', signature: 'sig==' },
    { type: 'redacted_thinking', data: 'red==' },
  ];
  const messages = [user, { ...call, thinking_blocks: blocks, reasoning_content: 'Hm.', provider_specific_fields: { a: 1 } }, result];

  const reply = await hosts.ask('/v1/chat/completions', {
    model,
    messages,
    max_tokens: 5_000,
    thinking: { type: 'enabled', budget_tokens: 2_000 },
  });

  expect(reply.status).toBe(200);
  expect(hosts.sent()[0]?.body.messages[1].content.slice(0, 2)).toEqual([thought, hidden]);
});

describe('a call of which its provider takes nothing', () => {
  const thought = [{ role: 'assistant', content: '', reasoning_content: 'Hm.' }];
  const note = [{ role: 'system', content: 'x-anthropic-billing-header: cc_version=2; cch=1;' }];

  test.each(['openai/gpt-5-pro', 'bedrock/us.openai.gpt-5.4', 'anthropic/claude-sonnet-4-5', BEDROCK, 'google-ai-studio/gemini-2.5-flash'])(
    'reaches %s with a turn all the same',
    async (model) => {
      for (const messages of [thought, note]) await hosts.ask('/v1/chat/completions', { model, messages });

      expect(hosts.sent().map(({ body }) => (body.input ?? body.messages ?? body.contents).length)).toEqual([1, 1]);
    },
  );
});
