/** State at a provider's account, which all tenants share: whatever names it is refused by its path, in every dialect. */
import { freeProviders, startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;
let authorization: string;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ document: { providers: freeProviders(upstream.origin) } });
  authorization = `Bearer ${await gateway.addKey({ serverTools: ['*'], mayStore: true })}`;
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const chat = (fields: object) => ({
  path: '/v1/chat/completions',
  body: { model: 'chat/x', messages: [{ role: 'user', content: 'Hi' }], ...fields },
});
const responses = (fields: object) => ({ path: '/v1/responses', body: { model: 'openai/gpt-5.1', input: 'Hi', ...fields } });
const item = (given: object) => responses({ input: [given, { role: 'user', content: 'Hi' }] });
const tool = (given: object) => responses({ tools: [given] });
const messages = (fields: object) => ({
  path: '/v1/messages',
  body: { model: 'anthropic/claude-sonnet-4-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }], ...fields },
});
const block = (given: object) => messages({ messages: [{ role: 'user', content: [given] }] });
const file = { type: 'file', file_id: 'file_1' };

test.each([
  ['thread.previous', messages({ thread: { type: 'continue', previous_message_id: 'msg_1' } }), 'thread'],
  ['thread.create', messages({ thread: { type: 'create' } }), 'thread'],
  ['a container', messages({ container: { id: 'c', skills: [] } }), 'container'],
  ['a file', block({ type: 'document', source: file }), 'messages[0].content[0].source.file_id'],
  ['a file without its type', block({ type: 'image', source: { file_id: 'f' } }), 'messages[0].content[0].source.file_id'],
  [
    'a file alone',
    messages({ messages: [{ role: 'user', content: { type: 'document', source: file } }] }),
    'messages[0].content.source.file_id',
  ],
  [
    'a file in a result',
    block({ type: 'mcp_tool_result', tool_use_id: 'a', content: [{ type: 'image', source: file }] }),
    'messages[0].content[0].content[0].source.file_id',
  ],
  [
    'a file that was fetched',
    block({ type: 'web_fetch_tool_result', content: { type: 'web_fetch_result', content: { type: 'document', source: file } } }),
    'messages[0].content[0].content.content.source.file_id',
  ],
  ['a file for a container', block({ type: 'container_upload', file_id: 'f' }), 'messages[0].content[0].file_id'],
])('R09 %s of Messages is refused by name', (_what, call, param) => refused(call, param));

test.each([
  ['an item by its id alone', item({ id: 'msg_123' }), 'input[0].id'],
  ['an item of no type', item({ type: null, id: 'msg_123' }), 'input[0].id'],
  ['an item of no type beside words', item({ type: null, id: 'msg_123', role: 'user', content: 'x' }), 'input[0].id'],
  ['a message without content', item({ id: 'msg_123', role: 'user' }), 'input[0].id'],
  ['a reference', item({ type: 'item_reference', id: 'msg_123' }), 'input[0].id'],
  ['a reference in other letters', item({ type: 'Item_Reference', id: 'msg_123' }), 'input[0].id'],
  ['a picture that was made', item({ type: 'image_generation_call', id: 'ig_1', result: null }), 'input[0].id'],
  [
    'the container of a call',
    item({ type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', code: 'x' }),
    'input[0].container_id',
  ],
  [
    'the container of a shell call',
    item({ type: 'shell_call', call_id: 'c', environment: { type: 'container_reference', container_id: 'cntr_1' } }),
    'input[0].environment.container_id',
  ],
  ['a nested file', item({ role: 'user', content: [{ type: 'input_file', file: file }] }), 'input[0].content[0].file.file_id'],
  [
    'a file in a result',
    item({ type: 'computer_call_output', call_id: 'a', output: { type: 'computer_screenshot', file_id: 'f' } }),
    'input[0].output.file_id',
  ],
  ['a stored prompt', responses({ prompt: { id: 'pmpt_1' } }), 'prompt'],
  ['a conversation', responses({ conversation: 'conv_1' }), 'conversation'],
  [
    'the container of a shell',
    tool({ type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_1' } }),
    'tools[0].environment.container_id',
  ],
  ['the files of a shell', tool({ type: 'shell', environment: { file_ids: ['f'] } }), 'tools[0].environment.file_ids'],
  [
    'a skill',
    tool({ type: 'shell', environment: { skills: [{ type: 'skill_reference', skill_id: 's' }] } }),
    'tools[0].environment.skills[0].skill_id',
  ],
  ['the files of an interpreter', tool({ type: 'code_interpreter', container: { file_ids: ['f'] } }), 'tools[0].container.file_ids'],
  ['the container of an interpreter', tool({ type: 'code_interpreter', container: 'cntr_1' }), 'tools[0].container'],
  ['a container by its id', tool({ type: 'code_interpreter', container: { id: 'cntr_1' } }), 'tools[0].container'],
  ['a mask', tool({ type: 'image_generation', input_image_mask: { file_id: 'f' } }), 'tools[0].input_image_mask.file_id'],
  ['a vector store', tool({ type: 'file_search', vector_store_ids: ['vs_1'] }), 'tools[0].vector_store_ids'],
  [
    'a vector store of a tool in the input',
    item({ type: 'tool_search_output', tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }),
    'input[0].tools[0].vector_store_ids',
  ],
])('R09 %s of Responses is refused by name', (_what, call, param) => refused(call, param));

test.each([
  ['an answer for later', chat({ deferred: true }), 'deferred'],
  ['work in the background', chat({ background: true }), 'background'],
  ['an answer before', chat({ previous_response_id: 'resp_1' }), 'previous_response_id'],
  [
    'a file',
    chat({ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }] }),
    'messages[0].content[0].file.file_id',
  ],
  [
    'a file alone',
    chat({ messages: [{ role: 'user', content: { type: 'file', file: { file_id: 'f' } } }] }),
    'messages[0].content.file.file_id',
  ],
  [
    'a file in other letters',
    chat({ messages: [{ role: 'user', content: [{ type: 'x', fileId: 'f' }] }] }),
    'messages[0].content[0].fileId',
  ],
  ['a recording', chat({ messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] }), 'messages[0].audio.id'],
  ['a vector store', chat({ tools: [{ type: 'x', vector_store_ids: ['v'] }] }), 'tools[0].vector_store_ids'],
])('R09 %s of Chat is refused by name', (_what, call, param) => refused(call, param));

async function refused({ path, body }: { path: string; body: object }, param: string): Promise<void> {
  const before = upstream.requests.length;

  const { status, json } = await gateway.call(path, body, { authorization });

  expect([status, json.error.message]).toEqual([400, expect.stringContaining(`${param} refers to state at the provider`)]);
  expect(upstream.requests).toHaveLength(before);
}

test.each([
  [
    'arguments, schemas and citations',
    messages({
      metadata: { user_id: 'u' },
      tools: [{ name: 'f', input_schema: { type: 'object', properties: { file_id: { type: 'string' } } } }],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: { file_id: 'f', container_id: 'c' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: '{"file_id":"f"}' }] },
      ],
    }),
  ],
  [
    'what names nothing, and a message with an id',
    responses({
      conversation: null,
      background: false,
      tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: [] } }],
      input: [
        {
          id: 'msg_1',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'x', annotations: [{ type: 'file_citation', file_id: 'f' }] }],
        },
        { type: 'image_generation_call', id: 'ig_1', result: 'AAAA' },
        { role: 'user', content: 'Hi' },
      ],
    }),
  ],
  [
    'what Codex says of its threads',
    responses({ client_metadata: { thread_id: 't', session_id: 's', previous_turn_id: 'p' }, input: 'Hi' }),
  ],
  ['what is not put off', chat({ deferred: false, metadata: { conversation_id: 'c' } })],
])('R09 %s are the caller’s own', async (_what, { path, body }) => {
  upstream.script(jsonReply({}));
  const before = upstream.requests.length;

  await gateway.call(path, body, { authorization });

  expect(upstream.requests.length).toBeGreaterThan(before);
});

test('R09 the message before that Claude Code names for diagnostics is taken out', async () => {
  upstream.script(jsonReply({}));
  const { path, body } = messages({ diagnostics: { previous_message_id: 'msg_1', other: 1 } });

  await gateway.call(path, body, { authorization });

  expect(JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '').diagnostics).toEqual({ previous_message_id: null, other: 1 });
});
