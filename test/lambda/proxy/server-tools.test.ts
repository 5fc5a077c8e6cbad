/** Server-side tools that a key may not use: refused, or left out where clients declare them without need. */
import type { ProviderConfig } from '../../../lib/private/contract';
import { startGateway, type TestGateway } from '../../support/gateway';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

let upstream: Upstream;
let gateway: TestGateway;

const answer = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'gpt-5.1',
  output: [
    { type: 'message', id: 'm', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] },
  ],
  usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
};
const search = { type: 'web_search', external_web_access: false };
const tool = { type: 'function', name: 'read', parameters: { type: 'object', properties: {} } };

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
  const openai: ProviderConfig = {
    id: 'openai',
    kind: 'openai',
    baseUrl: { value: `${upstream.origin}/v1` },
    network: 'loopback',
    free: true,
  };
  gateway = await startGateway({ document: { providers: [openai] } });
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const create = (fields: object, headers = {}) =>
  gateway.call('/v1/responses', { model: 'openai/gpt-5.1', input: 'hi', ...fields }, headers);
const sent = () => JSON.parse(upstream.requests[0]?.body.toString() ?? '');

test('a search of the provider’s index alone is left out, with a warning, where the key may not search', async () => {
  const reply = await create({ tools: [tool, search], unknown: 1.0 });

  expect(reply.status).toBe(200);
  expect(reply.headers['x-gateway-warnings']).toBe('dropped: tools[1]');
  expect(sent()).toEqual({ model: 'gpt-5.1', input: 'hi', tools: [tool], unknown: 1 });
});

test('it is left out of the tools that come in the input as well', async () => {
  const added = { type: 'additional_tools', tools: [search, tool] };

  const reply = await create({ input: [added, { role: 'user', content: 'hi' }] });

  expect(reply.headers['x-gateway-warnings']).toBe('dropped: input[0].tools[0]');
  expect(sent().input[0]).toEqual({ ...added, tools: [tool] });
});

test('a key that may search searches', async () => {
  const key = await gateway.addKey({ serverTools: ['web_search*'] });

  const reply = await create({ tools: [tool, search] }, { authorization: `Bearer ${key}` });

  expect(reply.headers['x-gateway-warnings']).toBeUndefined();
  expect(sent().tools).toEqual([tool, search]);
});

test.each([
  ['a search of the web', { tools: [{ type: 'web_search' }] }, 'web_search'],
  ['one search of each kind', { tools: [search, { type: 'web_search' }] }, 'web_search'],
  ['a search that the choice names', { tools: [search], tool_choice: { type: 'web_search' } }, 'web_search'],
  ['a tool in the input', { input: [{ type: 'additional_tools', tools: [{ type: 'code_interpreter' }] }] }, 'code_interpreter'],
  ['a tool in a namespace', { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'image_generation' }] }] }, 'image_generation'],
  ['a search in a namespace', { tools: [{ type: 'namespace', name: 'n', tools: [search] }] }, 'web_search'],
])('%s is refused by name where the key may not use it', async (_what, fields, name) => {
  const reply = await create(fields);

  expect(reply.status).toBe(403);
  expect(reply.json.error).toMatchObject({ code: 'server_tool_not_allowed', message: expect.stringContaining(`'${name}'`) });
  expect(upstream.requests).toEqual([]);
});
