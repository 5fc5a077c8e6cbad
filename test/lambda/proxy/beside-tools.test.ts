/** What hosts take beside tools and what came of them, and how it is asked for where they do not. */
import { sentToEveryProvider } from '../../support/every-provider';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const MESSAGES = '/v1/messages';

const sent = sentToEveryProvider();

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const USER = [{ role: 'user', content: 'Answer in JSON.' }];
const FUNCTION = { type: 'function', function: { name: 'f', parameters: SCHEMA } };
const TOOL = { name: 'f', input_schema: SCHEMA };
const JSON_SCHEMA = { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } };

describe('JSON beside tools', () => {
  const TOLD = [
    'google-ai-studio/gemini-2.5-flash',
    'vertex-ai/gemini-2.5-pro',
    'google-ai-studio/gemini-2.0-flash',
    'cohere/command-a-03-2025',
  ];
  const HELD = ['google-ai-studio/gemini-3-flash-preview', 'vertex-ai/gemini-3-pro-preview'];
  const heldIn = (body: { generationConfig?: object; response_format?: object }) =>
    body.response_format !== undefined || JSON.stringify(body.generationConfig ?? {}).includes('application/json');

  test.each(TOLD.flatMap((model) => [{ type: 'json_object' }, JSON_SCHEMA].map((format) => [model, format.type, format] as const)))(
    '%s is told of %s, and that is said',
    async (model, _, response_format) => {
      const { body, warnings } = await sent(CHAT, { model, messages: USER, tools: [FUNCTION], response_format });

      expect(heldIn(body)).toBe(false);
      expect(JSON.stringify(body.systemInstruction ?? body.messages)).toContain('JSON');
      expect(warnings).toContain('response_format');
    },
  );

  test.each(HELD.flatMap((model) => [{ type: 'json_object' }, JSON_SCHEMA].map((format) => [model, format.type, format] as const)))(
    '%s is held to %s',
    async (model, _, response_format) => {
      const { body, warnings } = await sent(CHAT, { model, messages: USER, tools: [FUNCTION], response_format });

      expect([heldIn(body), warnings]).toEqual([true, '']);
    },
  );

  test.each(TOLD)('%s is held to JSON without them, and to a list of no tools', async (model) => {
    const alone = await sent(CHAT, { model, messages: USER, response_format: { type: 'json_object' } });
    const empty = await sent(RESPONSES, { model, input: 'JSON', tools: [], text: { format: { type: 'json_object' } } });

    expect([heldIn(alone.body), heldIn(empty.body)]).toEqual([true, true]);
  });

  test('Groq is told by callers of Messages, and its older models are made to use a tool for a schema', async () => {
    const format = { type: 'json_schema', schema: SCHEMA };
    const ask = (model: string, more: object) =>
      sent(MESSAGES, { model, max_tokens: 99, messages: USER, output_config: { format }, ...more });
    const beside = await ask('groq/openai/gpt-oss-120b', { tools: [TOOL] });
    const older = await ask('groq/llama-3.3-70b-versatile', {});
    const newer = await ask('groq/openai/gpt-oss-120b', {});

    expect([beside.body.response_format, beside.warnings]).toEqual([undefined, expect.stringContaining('output_config.format')]);
    expect([older.body.response_format, older.body.tool_choice]).toMatchObject([undefined, { function: { name: 'json_answer' } }]);
    expect(newer.body.response_format ?? newer.body.text).toBeDefined();
  });
});

test.each([['mistral/mistral-large-latest'], ['groq/llama-3.3-70b-versatile'], ['openai-compatible/m']])(
  '%s is told nothing of parallel calls where there are no tools',
  async (model) => {
    const { body } = await sent(MESSAGES, {
      model,
      max_tokens: 9,
      messages: USER,
      tools: [],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });

    for (const field of ['tools', 'tool_choice', 'parallel_tool_calls']) expect(body).not.toHaveProperty(field);
  },
);

describe('results of tools at Gemini', () => {
  const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: { a: id } });
  const result = (tool_use_id: string, content: unknown = 'r') => ({ type: 'tool_result', tool_use_id, content });
  const text = (said: string) => ({ type: 'text', text: said });
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
  const kinds = (contents: { role: string; parts: object[] }[]) =>
    contents.map(({ role, parts }) => `${role}: ${parts.map((part) => Object.keys(part)[0]).join(' ')}`);

  test.each([
    ['what the user adds', [result('1'), text('and')], ['functionResponse', 'text']],
    ['what stands before them', [text('and'), result('1')], ['functionResponse', 'text']],
    ['pictures', [result('1', [text('see'), picture])], ['functionResponse', 'inlineData']],
  ])('are a content of their own beside %s', async (_, content, expected) => {
    for (const model of ['google-ai-studio/gemini-3-flash-preview', 'vertex-ai/gemini-2.5-pro']) {
      const messages = [...USER, { role: 'assistant', content: [call('1')] }, { role: 'user', content }];
      const { body } = await sent(MESSAGES, { model, max_tokens: 9, tools: [TOOL], messages });

      expect(kinds(body.contents)).toEqual(['user: text', 'model: functionCall', ...expected.map((kind) => `user: ${kind}`)]);
    }
  });

  test('are one content for all calls of a turn, of Chat too, and those of each turn stand behind it', async () => {
    const tool_calls = (...ids: string[]) =>
      ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: JSON.stringify({ a: id }) } }));
    const messages = [
      ...USER,
      { role: 'assistant', content: null, tool_calls: tool_calls('1', '2') },
      { role: 'tool', tool_call_id: '1', content: 'one' },
      { role: 'tool', tool_call_id: '2', content: 'two' },
      { role: 'user', content: 'more' },
      { role: 'user', content: 'and more' },
      { role: 'assistant', content: null, tool_calls: tool_calls('3') },
      { role: 'tool', tool_call_id: '3', content: 'three' },
    ];
    const { body } = await sent(CHAT, { model: 'google-ai-studio/gemini-2.5-flash', messages, tools: [FUNCTION] });

    expect(kinds(body.contents)).toEqual([
      'user: text',
      'model: functionCall functionCall',
      'user: functionResponse functionResponse',
      'user: text text',
      'model: functionCall',
      'user: functionResponse',
    ]);
  });

  test('bear the names of their calls where ids come again', async () => {
    const messages = [
      ...USER,
      { role: 'assistant', content: [{ ...call('call_0'), name: 'read' }] },
      { role: 'user', content: [result('call_0', 'one')] },
      { role: 'assistant', content: [{ ...call('call_0'), name: 'write' }] },
      { role: 'user', content: [result('call_0', 'two')] },
    ];
    const { body } = await sent(MESSAGES, { model: 'google-ai-studio/gemini-2.5-flash', max_tokens: 9, tools: [TOOL], messages });
    const named = body.contents.flatMap(({ parts }: { parts: { functionResponse?: { name: string; response: object } }[] }) =>
      parts.flatMap(({ functionResponse }) => (functionResponse === undefined ? [] : [[functionResponse.name, functionResponse.response]])),
    );

    expect(named).toEqual([
      ['read', { output: 'one' }],
      ['write', { output: 'two' }],
    ]);
  });
});

describe('a tool that failed', () => {
  const history = (content: unknown) => [
    ...USER,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'f', input: { a: '1' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content, is_error: true }] },
  ];
  const FAILING = [
    'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'bedrock/amazon.nova-pro-v1:0',
    'bedrock/meta.llama3-3-70b-instruct-v1:0',
    'google-ai-studio/gemini-2.5-flash',
    'cohere/command-a-03-2025',
    'mistral/mistral-large-latest',
    'openai/gpt-5.6',
  ];

  test.each(FAILING)('is one to %s, with or without a word', async (model) => {
    const said = await sent(MESSAGES, { model, max_tokens: 99, tools: [TOOL], messages: history('boom') });
    const silent = await sent(MESSAGES, { model, max_tokens: 99, tools: [TOOL], messages: history('') });

    expect(JSON.stringify(said.body)).toMatch(/"status":"error"|"error":|failed|Error/);
    expect(JSON.stringify(said.body)).toContain('boom');
    expect(said.warnings).not.toContain('is_error');
    expect(JSON.stringify(silent.body)).toMatch(/"status":"error"|"error":|failed|Error/);
    expect(JSON.stringify(silent.body)).not.toContain('"content":[],"status":"error"');
  });

  test('is one with a picture of it too, where a text says so', async () => {
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
    const { body } = await sent(MESSAGES, { model: 'openai/gpt-5.6', max_tokens: 99, tools: [TOOL], messages: history([picture]) });

    expect(body.input.at(-1).output).toMatchObject([{ type: 'input_text', text: 'Error:' }, { type: 'input_image' }]);
  });
});
