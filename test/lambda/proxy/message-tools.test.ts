/** Server-side tools that messages define, and remote MCP servers by where they are. */
import { freeProviders, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ document: { providers: freeProviders(upstream.origin) } });
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** The status, and the tool that is not allowed. */
async function ask(path: string, body: object, serverTools: readonly string[]): Promise<[number, string | undefined]> {
  const key = await gateway.addKey({ serverTools });
  upstream.script(jsonReply({ error: { type: 'invalid_request_error', message: 'seen' } }, 400));
  const before = upstream.requests.length;
  const { status, json } = await gateway.call(path, body, { authorization: `Bearer ${key}` });
  if (upstream.requests.length > before) return [200, undefined];
  return [status, /server-side tool '([^']*)'/.exec(json.error.message)?.[1] ?? json.error.message];
}

const messages = (fields: object) => ({
  model: 'anthropic/claude-sonnet-4-5',
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Hi' }],
  ...fields,
});
const turn = (role: string, ...content: object[]) =>
  messages({
    messages: [
      { role: 'user', content: 'Hi' },
      { role, content },
    ],
  });
const definition = { type: 'web_search_20250305', name: 'web_search' };
const addition = { type: 'tool_addition', tool: { type: 'tool_definition', definition } };

test.each([
  ['of a user', turn('user', addition)],
  ['of the system', turn('system', addition)],
  ['in the system prompt', messages({ system: [addition] })],
  ['as its one part', messages({ messages: [{ role: 'user', content: addition }] })],
  ['of a compaction', turn('assistant', { type: 'compaction', content: 's', tool_changes: [addition] })],
  ['in a result', turn('user', { type: 'tool_result', tool_use_id: 't', content: [addition] })],
  ['in a form that nobody knows', turn('user', { type: 'x', inner: { deep: [{ nobody: definition }] } })],
])('R07 a tool that a message defines is refused where the key may not use it: %s', async (_where, body) => {
  expect(await ask('/v1/messages', body, [])).toEqual([403, 'web_search_20250305']);
  expect(await ask('/v1/messages', body, ['web_search*'])).toEqual([200, undefined]);
});

test('R07 what is defined as a tool is one, whatever its type', async () => {
  const tool = { type: 'tool_definition', definition: { type: 'search_the_web' } };

  expect(await ask('/v1/messages', turn('user', { type: 'tool_addition', tool }), [])).toEqual([403, 'search_the_web']);
});

test('R07 tools that the caller runs, arguments and schemas are its own', async () => {
  const client = (type: string) => ({ type: 'tool_addition', tool: { type: 'tool_definition', definition: { type, name: 'x' } } });
  const schema = { type: 'object', properties: { definition: { type: 'web_search_20250305' } } };
  const body = {
    ...turn('assistant', { type: 'tool_use', id: 't', name: 'f', input: definition }, client('custom'), client('bash_20250124')),
    tools: [{ type: 'computer_toolset_20260801' }, { type: 'browser_toolset_20260801' }, { name: 'f', input_schema: schema }],
  };

  expect(await ask('/v1/messages', body, [])).toEqual([200, undefined]);
});

test('R11 the uses of a tool that a message defines are reserved for', async () => {
  const { anthropicMessages } = await import('../../../lambda/wire/dialects/anthropic-messages');
  const added = { ...addition, tool: { ...addition.tool, definition: { ...definition, max_uses: 3 } } };

  expect(anthropicMessages.inspect(turn('user', added) as never).toolUses).toEqual(
    anthropicMessages.inspect(messages({ tools: [{ ...definition, max_uses: 3 }] }) as never).toolUses,
  );
});

const mcp = (fields: object) => ({ type: 'mcp', server_label: 'docs', require_approval: 'never', ...fields });
const toolset = { type: 'mcp_toolset', mcp_server_name: 'docs' };
const claudeAt = (url: string) => messages({ tools: [toolset], mcp_servers: [{ type: 'url', name: 'docs', url }] });
const CALLS: [string, (url: string) => [string, object]][] = [
  ['Messages', (url) => ['/v1/messages', claudeAt(url)]],
  ['Responses', (url) => ['/v1/responses', { model: 'openai/gpt-5.1', input: 'Hi', tools: [mcp({ server_url: url })] }]],
  [
    'Chat',
    (url) => ['/v1/chat/completions', { model: 'chat/x', messages: [{ role: 'user', content: 'Hi' }], tools: [mcp({ server_url: url })] }],
  ],
];

describe.each(CALLS)('an MCP server of %s', (_dialect, call) => {
  test('R07 is allowed by its host, and by no label that the caller gave it', async () => {
    const there = call('https://Docs.example.com/mcp?x=1');

    expect(await ask(...there, ['mcp:docs.example.com'])).toEqual([200, undefined]);
    expect(await ask(...there, ['mcp:*'])).toEqual([200, undefined]);
    expect(await ask(...there, ['mcp:docs', 'mcp_toolset'])).toEqual([403, 'mcp:docs.example.com']);
    expect(await ask(...call('https://evil.example/mcp'), ['mcp:docs.example.com', 'mcp:docs'])).toEqual([403, 'mcp:evil.example']);
    expect(await ask(...call('https://docs.example.com:8443'), ['mcp:docs.example.com'])).toEqual([403, 'mcp:docs.example.com:8443']);
  });

  test.each([
    'https://docs.example.com\\@evil.example/',
    'https://docs.example.com@evil.example/',
    'https://docs.example.com?@evil.example/',
    'https://docs.example.com#@evil.example/',
    ' https://docs.example.com/',
    'https://docs.example.com\t.evil.example/',
    'docs.example.com',
    '',
  ])('R07 at an address that readers take for different hosts has no name: %j', async (url) => {
    expect(await ask(...call(url), ['mcp:docs.example.com', 'mcp:docs'])).toEqual([403, 'mcp:']);
  });
});

test('R07 a label names a server that the call brings no address of', async () => {
  expect(await ask('/v1/messages', messages({ tools: [toolset] }), ['mcp:docs'])).toEqual([200, undefined]);
  expect(await ask('/v1/messages', messages({ tools: [toolset] }), ['mcp:other'])).toEqual([403, 'mcp:docs']);
  const responses = (tool: object) => ['/v1/responses', { model: 'openai/gpt-5.1', input: 'Hi', tools: [tool] }] as const;
  expect(await ask(...responses(mcp({})), ['mcp:docs'])).toEqual([200, undefined]);
  expect(await ask(...responses(mcp({ connector_id: 'connector_gmail' })), ['mcp:docs'])).toEqual([403, 'mcp:connector_gmail']);
  expect(await ask(...responses(mcp({ connector_id: 'connector_gmail' })), ['mcp:connector_*'])).toEqual([200, undefined]);
});
