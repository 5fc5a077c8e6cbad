/** Server-side tools that a key may not use: refused, or left out where clients declare them without need. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createIdentityStore } from '../../../lambda/aws/dynamodb/identity';
import type { LevelKind } from '../../../lambda/money/ledger/holders';
import { impliedUses } from '../../../lambda/money/pricing/tool-prices';
import { ownToolsOf } from '../../../lambda/wire/providers/own-tools';
import type { ProviderConfig } from '../../../lib/private/contract';
import { route, startGateway, type TestGateway } from '../../support/gateway';
import { TABLE_NAMES } from '../../support/memory-dynamodb';
import { jsonReply, startUpstream, type Upstream } from '../../support/upstream';

/** As it is committed: names in front of each line. */
const priceBook = JSON.parse(readFileSync('lambda/money/pricing/price-book.json', 'utf8')) as { lists: Record<string, readonly string[]> };

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
/** What a client answers to a search of tools. */
const found = (...tools: object[]) => ({ type: 'tool_search_output', call_id: 'x', tools });
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
  ['R07 a tool that a search of tools found', { input: [found({ type: 'web_search' })] }, 'web_search'],
  ['R07 a tool in a namespace that it found', { input: [found({ type: 'namespace', name: 'n', tools: [{ type: 'mcp' }] })] }, 'mcp:'],
  ['R07 a tool of an item that nobody knows', { input: [{ type: 'x', tools: [{ type: 'code_interpreter' }] }] }, 'code_interpreter'],
  ['R07 a tool in what a server listed', { input: [{ type: 'mcp_list_tools', tools: [{ type: 'shell', environment: {} }] }] }, 'shell'],
  ['a search in a namespace', { tools: [{ type: 'namespace', name: 'n', tools: [search] }] }, 'web_search'],
])('%s is refused by name where the key may not use it', async (_what, fields, name) => {
  const reply = await create(fields);

  expect(reply.status).toBe(403);
  expect(reply.json.error).toMatchObject({ code: 'server_tool_not_allowed', message: expect.stringContaining(`'${name}'`) });
  expect(upstream.requests).toEqual([]);
});

test('R07 what a search of tools found is left out where it is spare, and passes where the client runs it', async () => {
  const listed = { type: 'mcp_list_tools', server_label: 's', tools: [{ name: 'f', input_schema: {} }] };
  const reply = await create({ input: [listed, found(search, tool), { role: 'user', content: 'hi' }] });

  expect([reply.status, reply.headers['x-gateway-warnings']]).toEqual([200, 'dropped: input[1].tools[0]']);
  expect(sent().input.slice(0, 2)).toEqual([listed, found(tool)]);
});

test('R07 a tool in a message of Chat counts like any', async () => {
  const messages = [{ role: 'system', content: 'x', tools: [{ type: 'builtin_function', function: { name: '$web_search' } }] }];

  const reply = await gateway.call('/v1/chat/completions', { model: 'openai/gpt-5.1', messages });

  expect([reply.status, reply.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
});

test.each([
  ['web_search_options', {}],
  ['search_parameters', { mode: 'on' }],
  ['plugins', [{ id: 'web' }]],
  ['enable_search', true],
])('R07 a search that %s of Chat asks for counts like a tool', async (field, value) => {
  const ask = (given: unknown) =>
    gateway.call('/v1/chat/completions', { model: 'openai/gpt-5.1', messages: [{ role: 'user', content: 'x' }], [field]: given });

  const reply = await ask(value);

  expect([reply.status, reply.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
  expect((await ask(null)).json.error?.code).not.toBe('server_tool_not_allowed');
});

describe('R07 a model that searches by itself', () => {
  const chat = async (model: string, serverTools: readonly string[] | undefined) =>
    gateway.call(
      '/v1/chat/completions',
      { model, messages: [{ role: 'user', content: 'hi' }] },
      { authorization: `Bearer ${await gateway.addKey(serverTools === undefined ? {} : { serverTools })}` },
    );
  beforeEach(async () => {
    await gateway.close();
    const kinds = ['openai', 'azure-openai', 'perplexity', 'openrouter', 'groq', 'openai-compatible', 'google-ai-studio'] as const;
    gateway = await startGateway({
      document: {
        providers: kinds.map((kind) => ({ ...openai(), id: kind, kind })),
        routes: [route('finder', 'perplexity/sonar'), route('either', 'perplexity/sonar', 'openai/gpt-5.1')],
      },
    });
  });

  test.each([
    'perplexity/sonar',
    'perplexity/sonar-reasoning-pro',
    'openrouter/perplexity/sonar-deep-research',
    'openrouter/openai/gpt-5.1:online',
    'openai-compatible/Sonar-Pro',
    'openai/o3-deep-research',
    'openai/o4-mini-deep-research-2025-06-26',
    'google-ai-studio/deep-research-pro-preview-12-2025',
    'azure-openai/gpt-4o-mini-search-preview',
    'openai/gpt-5-search-api',
    'groq/groq/compound-mini',
    'groq/compound-beta',
    'finder',
  ])('R07 %s is refused to a key that may not search, and not to one that may', async (model) => {
    for (const serverTools of [undefined, [], ['code_interpreter']]) {
      const reply = await chat(model, serverTools);
      expect([reply.status, reply.json.error.code]).toEqual([403, 'server_tool_not_allowed']);
      expect(reply.json.error.message).toContain("'web_search'");
    }
    expect(upstream.requests).toEqual([]);

    const tools = ['web_search*', ...(model.startsWith('groq') ? ['visit_website', 'code_execution', 'browser_automation'] : [])];
    expect((await chat(model, tools)).json.error?.code).not.toBe('server_tool_not_allowed');
  });

  test('R07 it is left out of a route that has another', async () => {
    upstream.script(jsonReply({ choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }] }));

    const reply = await chat('either', []);

    expect([reply.status, reply.headers['x-gateway-provider']]).toEqual([200, 'openai']);
  });

  test('R07 every model that is priced with tools of its own is one', () => {
    const names = Object.entries(priceBook.lists).flatMap(([list, lines]) =>
      lines.flatMap((line) => (line.split(' | ')[0] as string).split(' ').map((name) => [list, name] as const)),
    );
    let several = 0;
    for (const kind of ['openai', 'azure-openai', 'openrouter', 'groq', 'perplexity'] as const) {
      for (const [list, name] of names) {
        if (list !== kind || /r1-1776/.test(name)) continue;
        const uses = impliedUses(kind, name).filter(({ unit }) => unit !== 'request');
        if (uses.length === 0 || (kind === 'perplexity' && !/sonar/.test(name))) continue;
        several += 1;
        expect([kind, name, ownToolsOf(kind, name).length > 0]).toEqual([kind, name, true]);
      }
    }
    expect(several).toBeGreaterThan(5);
    for (const name of ['gpt-5.1', 'research-1', 'deepseek-v3', 'personar', 'compound', 'online-1', 'search-preview']) {
      expect([name, ownToolsOf('openai', name)]).toEqual([name, []]);
    }
  });
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
    const named = kind === 'gateway' ? 'gateway' : `${kind} '${id}'`;
    expect(ran.json.error.message).toBe(`This key may not use the server-side tool 'code_interpreter': the ${named} does not allow it.`);
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
