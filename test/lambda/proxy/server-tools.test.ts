/** Server-side tools that a key may not use: refused, or left out where clients declare them without need. */

import fc from 'fast-check';
import type { LevelKind } from '../../../lambda/core/stores/entities';
import { createIdentityStore } from '../../../lambda/core/stores/identity';
import type { ProviderConfig } from '../../../lib/private/contract';
import { startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
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

const openai = (): ProviderConfig => ({
  id: 'openai',
  kind: 'openai',
  baseUrl: { value: `${upstream.origin}/v1` },
  network: 'loopback',
  free: true,
});

beforeEach(async () => {
  upstream = await startUpstream();
  upstream.script(jsonReply(answer));
  gateway = await startGateway({ document: { providers: [openai()] } });
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
  expect(sent()).toEqual({ model: 'gpt-5.1', input: 'hi', tools: [tool], unknown: 1, store: false });
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

/** A level in the table that allows these server-side tools; undefined: it says nothing. */
const addLevel = (kind: Exclude<LevelKind, 'key'>, id: string, serverTools: readonly string[] | undefined) =>
  createIdentityStore(gateway.table, TABLE_NAMES.identity).create(kind, {
    id,
    status: 'active',
    generation: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    teamId: 't',
    ...(serverTools === undefined ? {} : { serverTools }),
  } as never);

describe.each(['gateway', 'team', 'project', 'user', 'tag'] as const)('R07 a list of server-side tools on the %s', (kind) => {
  const id = { gateway: 'gateway', team: 't', project: 'p', user: 'u', tag: 'stage=live' }[kind];
  const key = { serverTools: ['*'], teamId: 't', projectId: 'p', userId: 'u', tags: { stage: 'live' } };
  const call = async (tools: object[]) => create({ tools }, { authorization: `Bearer ${await gateway.addKey(key)}` });

  test('R07 lets through what it names alone, whatever the key may use', async () => {
    await addLevel(kind, id, ['web_search*']);

    const searched = await call([{ type: 'web_search' }]);
    const ran = await call([{ type: 'code_interpreter', container: { type: 'auto' } }]);

    expect([searched.status, ran.status, ran.json.error.code]).toEqual([200, 403, 'server_tool_not_allowed']);
    expect(upstream.requests).toHaveLength(1);
  });

  test('R07 that is empty lets nothing through, and what clients declare without need is left out', async () => {
    await addLevel(kind, id, []);

    const searched = await call([{ type: 'web_search' }]);
    const declared = await call([tool, search]);

    expect([searched.status, searched.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
    expect([declared.status, declared.headers['x-gateway-warnings']]).toEqual([200, 'dropped: tools[1]']);
  });

  test('R07 gives nothing to a key that has none itself', async () => {
    await addLevel(kind, id, ['*']);

    const reply = await create(
      { tools: [{ type: 'web_search' }] },
      { authorization: `Bearer ${await gateway.addKey({ ...key, serverTools: undefined })}` },
    );

    expect(reply.status).toBe(403);
  });
});

test('R07 a server-side tool passes where every level that binds the key names it or says nothing', async () => {
  const lists = fc.option(fc.subarray(['web_search', 'code_interpreter', 'web_*', '*']), { nil: undefined, freq: 2 });
  const levels = fc.record({ gateway: lists, team: lists, project: lists, user: lists, tag: lists, key: lists });
  const ids = { gateway: 'gateway', team: 't', project: 'p', user: 'u', tag: 'stage=live' } as const;
  const names = (list: readonly string[] | undefined, name: string) =>
    list?.some((entry) => entry === name || entry === '*' || (entry === 'web_*' && name.startsWith('web_')));
  let passed = 0;

  await fc.assert(
    fc.asyncProperty(levels, fc.constantFrom('web_search', 'code_interpreter'), async (given, name) => {
      await gateway.close();
      gateway = await startGateway({ document: { providers: [openai()] } });
      for (const [kind, id] of Object.entries(ids)) await addLevel(kind as 'team', id, given[kind as 'team']);
      const key = await gateway.addKey({ serverTools: given.key, teamId: 't', projectId: 'p', userId: 'u', tags: { stage: 'live' } });

      const { status } = await create({ tools: [{ type: name }] }, { authorization: `Bearer ${key}` });

      const above = Object.keys(ids).every((kind) => names(given[kind as 'team'], name) ?? true);
      const expected = above && names(given.key, name) === true;
      if (expected) passed += 1;
      expect(status).toBe(expected ? 200 : 403);
    }),
    { numRuns: 120 },
  );
  expect(passed).toBeGreaterThan(3);
}, 60_000);
