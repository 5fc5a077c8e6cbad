import { encodeEventStreamMessage } from '../../../lambda/wire/framing/aws-event-stream';
import { readAnswer, readStream } from '../../support/answers';
import { events, type Hosts, type Sent, startHosts } from '../../support/hosts';
import { chunk, jsonReply, lastChunk, type SeenRequest, type Step, streamHead, streamReply } from '../../support/upstream';

/** Names of tools that a vendor refuses: it gets others, and the caller its own. */

const LONG = `mcp__${'internal_documentation_'.repeat(3)}search_pages`;
const NAMES = [LONG, `${LONG}_2`, '3d_render', '-dash', 'files.read', 'files/read', 'größe', 'plain'];

interface Vendor {
  readonly model: string;
  readonly grammar: RegExp;
  /** Names in a call that came, in the order: tools, forced choice, history. */
  names(body: Sent): { readonly tools: string[]; readonly forced: string | undefined; readonly called: string[] };
  /** An answer that calls each tool. */
  whole(names: readonly string[]): Step[];
  streamed(names: readonly string[]): Step[];
}

const sse = (event: object & { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const frame = (name: string, payload: object) =>
  encodeEventStreamMessage({ ':message-type': 'event', ':event-type': name }, Buffer.from(JSON.stringify(payload)));

const gemini = {
  grammar: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/,
  names: ({ tools, toolConfig, contents }: Sent) => ({
    tools: tools[0].functionDeclarations.map(({ name }: { name: string }) => name),
    forced: toolConfig?.functionCallingConfig.allowedFunctionNames[0],
    called: contents
      .flatMap(({ parts }: Sent) => parts)
      .flatMap((part: Sent) => part.functionCall?.name ?? part.functionResponse?.name ?? []),
  }),
  whole: (names: readonly string[]) => jsonReply(geminiAnswer(names)),
  streamed: (names: readonly string[]) => streamReply(events(geminiAnswer(names)), [47]),
};

function geminiAnswer(names: readonly string[]): object {
  const parts = names.map((name) => ({ functionCall: { name, args: {} } }));
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  };
}

const VENDORS: Readonly<Record<string, Vendor>> = {
  'Google AI Studio': { model: 'google-ai-studio/gemini-2.5-flash', ...gemini },
  'Vertex AI': { model: 'vertex-ai/gemini-3-pro-preview', ...gemini },
  Bedrock: {
    model: 'bedrock/us.amazon.nova-pro-v1:0',
    grammar: /^[A-Za-z0-9_-]{1,64}$/,
    names: ({ toolConfig, messages }: Sent) => ({
      tools: toolConfig.tools.map(({ toolSpec }: { toolSpec: { name: string } }) => toolSpec.name),
      forced: toolConfig.toolChoice?.tool.name,
      called: messages.flatMap(({ content }: Sent) => content).flatMap((block: Sent) => block.toolUse?.name ?? []),
    }),
    whole: (names) =>
      jsonReply({
        output: {
          message: { role: 'assistant', content: names.map((name, index) => ({ toolUse: { toolUseId: `t${index}`, name, input: {} } })) },
        },
        stopReason: 'tool_use',
        usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      }),
    streamed: (names) => [
      streamHead({ 'content-type': 'application/vnd.amazon.eventstream' }),
      chunk(
        Buffer.concat([
          frame('messageStart', { role: 'assistant' }),
          ...names.flatMap((name, contentBlockIndex) => [
            frame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: `t${contentBlockIndex}`, name } } }),
            frame('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: '{}' } } }),
            frame('contentBlockStop', { contentBlockIndex }),
          ]),
          frame('messageStop', { stopReason: 'tool_use' }),
          frame('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } }),
        ]),
      ),
      lastChunk,
    ],
  },
  Anthropic: {
    model: 'anthropic/claude-sonnet-4-5',
    grammar: /^[A-Za-z0-9_-]{1,128}$/,
    names: ({ tools, tool_choice, messages }: Sent) => ({
      tools: tools.map(({ name }: { name: string }) => name),
      forced: tool_choice?.name,
      called: messages.flatMap(({ content }: Sent) => content).flatMap((block: Sent) => block.name ?? []),
    }),
    whole: (names) =>
      jsonReply({
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: names.map((name, index) => ({ type: 'tool_use', id: `t${index}`, name, input: {} })),
        stop_reason: 'tool_use',
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    streamed: (names) =>
      streamReply(
        [
          {
            type: 'message_start',
            message: { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
          },
          ...names.flatMap((name, index) => [
            { type: 'content_block_start', index, content_block: { type: 'tool_use', id: `t${index}`, name, input: {} } },
            { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: '{}' } },
            { type: 'content_block_stop', index },
          ]),
          { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 2 } },
          { type: 'message_stop' },
        ]
          .map(sse)
          .join(''),
        [53],
      ),
  },
  OpenAI: {
    model: 'openai/gpt-4.1',
    grammar: /^[A-Za-z0-9_-]{1,64}$/,
    names: ({ tools, tool_choice, messages }: Sent) => ({
      tools: tools.map((tool: { function: { name: string } }) => tool.function.name),
      forced: tool_choice?.function.name,
      called: messages.flatMap((message: Sent) => message.tool_calls ?? []).map((call: Sent) => call.function.name),
    }),
    whole: (names) =>
      jsonReply({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            finish_reason: 'tool_calls',
            message: {
              role: 'assistant',
              content: null,
              tool_calls: names.map((name, index) => ({ id: `t${index}`, type: 'function', function: { name, arguments: '{}' } })),
            },
          },
        ],
      }),
    streamed: (names) =>
      streamReply(
        events(
          ...names.map((name, index) => ({
            object: 'chat.completion.chunk',
            choices: [
              { index: 0, delta: { tool_calls: [{ index, id: `t${index}`, type: 'function', function: { name, arguments: '{}' } }] } },
            ],
          })),
          { object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
          '[DONE]',
        ),
        [59],
      ),
  },
};

const schema = { type: 'object', properties: {} };
const CALLERS: Readonly<Record<string, { readonly path: string; readonly body: object }>> = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: {
      tools: NAMES.map((name) => ({ type: 'function', function: { name, parameters: schema } })),
      tool_choice: { type: 'function', function: { name: '3d_render' } },
      messages: [
        { role: 'user', content: 'Go' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'h1', type: 'function', function: { name: 'files.read', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'h1', content: 'found' },
      ],
    },
  },
  'openai-responses': {
    path: '/v1/responses',
    body: {
      tools: NAMES.map((name) => ({ type: 'function', name, parameters: schema })),
      tool_choice: { type: 'function', name: '3d_render' },
      input: [
        { role: 'user', content: 'Go' },
        { type: 'function_call', call_id: 'h1', name: 'files.read', arguments: '{}' },
        { type: 'function_call_output', call_id: 'h1', output: 'found' },
      ],
    },
  },
  'anthropic-messages': {
    path: '/v1/messages',
    body: {
      max_tokens: 100,
      tools: NAMES.map((name) => ({ name, input_schema: schema })),
      tool_choice: { type: 'tool', name: '3d_render' },
      messages: [
        { role: 'user', content: 'Go' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'h1', name: 'files.read', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'h1', content: 'found' }] },
      ],
    },
  },
};

let hosts: Hosts;

beforeAll(async () => {
  hosts = await startHosts();
});

afterAll(() => hosts.close());

function namesOf(vendor: Vendor, request: SeenRequest | undefined) {
  return vendor.names(JSON.parse(request?.body.toString() ?? '{}'));
}

const PAIRS = Object.keys(VENDORS).flatMap((vendor) => Object.keys(CALLERS).map((caller) => [vendor, caller] as const));

describe.each(
  PAIRS.filter((pair) => !['OpenAI openai-chat', 'OpenAI openai-responses', 'Anthropic anthropic-messages'].includes(pair.join(' '))),
)('%s, called in %s', (name, caller) => {
  const vendor = VENDORS[name] as Vendor;
  const { path, body } = CALLERS[caller] as { path: string; body: object };

  test.each([false, true])('gets names that it takes and the caller gets its own back, streamed: %s', async (stream) => {
    hosts.upstream.script((request) => {
      const { tools } = namesOf(vendor, request);
      return stream ? vendor.streamed(tools) : vendor.whole(tools);
    });

    const reply = await hosts.ask(path, { model: vendor.model, stream, ...body });

    const sent = namesOf(vendor, hosts.upstream.requests.at(-1));
    expect(new Set(sent.tools).size).toBe(NAMES.length);
    for (const tool of sent.tools) expect(tool).toMatch(vendor.grammar);
    for (const [index, own] of NAMES.entries()) if (vendor.grammar.test(own)) expect(sent.tools[index]).toBe(own);
    expect(sent.forced).toBe(sent.tools[NAMES.indexOf('3d_render')]);
    for (const called of sent.called) expect(called).toBe(sent.tools[NAMES.indexOf('files.read')]);
    expect(sent.called.length).toBeGreaterThan(0);
    const { toolCalls } = stream ? readStream(caller, reply.text) : readAnswer(caller, reply.json);
    expect(toolCalls.map((call) => call.name)).toEqual(NAMES);
  });
});

test('a free-text tool with such a name keeps both its name and its text', async () => {
  hosts.upstream.script((request) => {
    const [tool = ''] = gemini.names(JSON.parse(request.body.toString())).tools;
    const parts = [{ functionCall: { name: tool, args: { input: 'raw text' } } }];
    return jsonReply({ candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] });
  });

  const tools = [{ type: 'custom', name: '2_patch files', description: 'Patches.' }];
  const reply = await hosts.ask('/v1/responses', { model: 'google-ai-studio/gemini-2.5-flash', input: 'Go', tools });

  expect(reply.json.output).toMatchObject([{ type: 'custom_tool_call', name: '2_patch files', input: 'raw text' }]);
});
