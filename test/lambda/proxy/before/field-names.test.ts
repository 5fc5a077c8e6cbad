/** Names that a server which reads them in any case takes for a field that policy and money are read from. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../lambda/platform/json/value';
import { checkFieldNames, HOST_FIELDS, READ_FIELDS, READ_INSIDE } from '../../../../lambda/proxy/before/field-names';
import { ROUTES } from '../../../../lambda/proxy/before/routes';
import type { DialectName } from '../../../../lambda/wire/dialects';
import type { Operation } from '../../../../lambda/wire/model/request';
import { protocols } from '../../../../lambda/wire/protocols';
import { DIALECT_CALLS } from '../../../support/dialect-calls';
import { compatible, startGateway, type TestGateway } from '../../../support/gateway';
import { startUpstream, type Upstream } from '../../../support/upstream';

/** Every character by the letter that Unicode's simple case folding makes of it, as the `i` and `u` flags of ECMAScript apply it. */
const SPELLINGS = new Map<string, readonly string[]>();
for (const letter of 'abcdefghijklmnopqrstuvwxyz') SPELLINGS.set(letter, []);
for (let code = 0; code <= 0x10ffff; code += 1) {
  if (code >= 0xd800 && code <= 0xdfff) continue;
  const character = String.fromCodePoint(code);
  if (!/^[a-z]$/iu.test(character)) continue;
  const letter = [...SPELLINGS.keys()].find((known) => new RegExp(`^${known}$`, 'iu').test(character)) as string;
  SPELLINGS.set(letter, [...(SPELLINGS.get(letter) as string[]), character]);
}

/** Every spelling of a name in which one letter at a time is written otherwise, and some in which several are. */
const spelled = (name: string) =>
  fc.tuple(...[...name].map((letter) => fc.constantFrom(...(SPELLINGS.get(letter) ?? [letter])))).map((letters) => letters.join(''));

function eachSpelling(name: string): string[] {
  return [...name].flatMap((letter, at) =>
    (SPELLINGS.get(letter) ?? []).filter((other) => other !== letter).map((other) => name.slice(0, at) + other + name.slice(at + 1)),
  );
}

const code = (body: JsonObject): unknown => {
  try {
    checkFieldNames(body);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('R06 what folds to a small letter is known: two beside the capitals', () => {
  expect([...SPELLINGS.values()].flat().filter((character) => character.charCodeAt(0) > 0x7f)).toEqual(['\u212a', '\u017f']);
});

test('R06 every known field is refused in every spelling that folds to it, and taken in its own', () => {
  for (const field of [...READ_FIELDS, ...HOST_FIELDS]) {
    expect([field, code({ [field]: 1 })]).toEqual([field, HOST_FIELDS.has(field) ? 'forbidden_field' : 'accepted']);
    for (const other of eachSpelling(field)) expect([other, code({ [other]: 1 })]).toEqual([other, 'forbidden_field']);
  }
  fc.assert(
    fc.property(fc.constantFrom(...READ_FIELDS, ...HOST_FIELDS).chain(spelled), (name) => {
      expect([name, code({ [name]: 1 })]).toEqual([name, READ_FIELDS.has(name) ? 'accepted' : 'forbidden_field']);
    }),
    { numRuns: 2_000 },
  );
});

test('R06 fields inside of tools and messages are refused in every spelling that folds to them', () => {
  const places = (name: string): JsonObject[] => [
    { messages: [{ role: 'user' }, { role: 'user', [name]: 'x' }] },
    { messages: [{ content: [{ type: 'image', source: { [name]: 'x' } }] }] },
    { input: [{ type: 'message', content: [{ [name]: 'x' }] }] },
    { tools: [{ [name]: 'x' }] },
    { tools: [{ type: 'namespace', tools: [{ [name]: 'x' }] }] },
    { tools: [{ type: 'function', function: { [name]: 'x' } }] },
    { mcp_servers: [{ [name]: 'x' }] },
    { stream_options: { [name]: true } },
    { search_parameters: { [name]: 1 } },
    { search_parameters: { sources: [{ [name]: 1 }] } },
    { web_search_options: { user_location: { [name]: 1 } } },
    { thinking: { [name]: 1 } },
    { reasoning: { [name]: 1 } },
    { output_config: { [name]: 1 } },
    { context_management: { edits: [{ trigger: { [name]: 1 } }] } },
    { tool_choice: { [name]: 1 } },
    { plugins: [{ [name]: 1 }] },
    { text: { format: { [name]: 1 } } },
    { messages: [{ tool_calls: [{ function: { [name]: 1 } }] }] },
    { messages: [{ content: [{ type: 'x', nobody: { knows: { [name]: 1 } } }] }] },
    { input: [{ type: 'tool_search_output', tools: [{ [name]: 1 }] }] },
  ];
  for (const field of READ_INSIDE) {
    for (const body of places(field)) expect([body, code(body)]).toEqual([body, 'accepted']);
    for (const other of eachSpelling(field))
      for (const body of places(other)) expect([body, code(body)]).toEqual([body, 'forbidden_field']);
  }
});

test('R06 names that a caller chooses are its own: fields of a schema, of arguments, of metadata', () => {
  const own = { Type: 'x', TYPE: 'y', Content: 1, Na\u017fme: 2 };
  const bodies: JsonObject[] = [
    { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: own } } }] },
    { tools: [{ name: 'f', input_schema: { type: 'object', properties: own } }] },
    { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: own }] }] },
    { input: [{ type: 'local_shell_call', action: { type: 'exec', env: own } }] },
    { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: own } }] }] },
    {
      tools: [
        { type: 'mcp', headers: own },
        { type: 'mcp_toolset', configs: own },
      ],
    },
    { text: { format: { type: 'json_schema', schema: { properties: own } } }, guided_json: own },
    { metadata: own, response_format: { type: 'json_schema', json_schema: { schema: { properties: own } } } },
  ];
  for (const body of bodies) expect(code(body)).toBe('accepted');
});

/** Names that a reader asks an object for, with those of the objects inside, but for schemas. */
function watched(value: JsonValue, top: Set<string>, inside: Set<string>, isTop: boolean): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value as object, {
    get(target, name) {
      const inner = Reflect.get(target, name) as JsonValue;
      if (typeof name !== 'string' || Array.isArray(target)) return Array.isArray(target) ? wrap(inner) : inner;
      (isTop ? top : inside).add(name);
      return ['parameters', 'input_schema', 'format', 'response_format', 'output_config'].includes(name) ? inner : wrap(inner);
    },
  }) as unknown as JsonValue;

  function wrap(inner: JsonValue): JsonValue {
    return typeof inner === 'function' ? inner : watched(inner, top, inside, false);
  }
}

const rich: Readonly<Record<string, JsonValue>> = {
  model: 'm',
  stream_options: { include_usage: true },
  tool_choice: 'auto',
  mcp_servers: [{ type: 'url', name: 's' }],
  tools: [
    { type: 'function', name: 'f', function: { name: 'f', parameters: {} }, parameters: {} },
    { type: 'mcp', server_label: 's' },
    { type: 'web_search', external_web_access: false },
    { type: 'tool_search', execution: 'client' },
  ],
};
const parts: JsonValue[] = [
  { type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } },
  { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
  { type: 'file', file: { file_id: 'x', file_data: 'y' } },
  { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } },
  { type: 'input_image', image_url: 'https://a.example/b.png', file_id: 'x' },
];
const message: JsonValue = { role: 'user', content: parts };

test('R06 every field that a dialect reads is a known one', async () => {
  const top = new Set<string>();
  const inside = new Set<string>();
  for (const route of ROUTES.filter(({ kind }) => kind === 'model-call')) {
    const dialect = await protocols.dialect(route.dialect as DialectName, route.operation as Operation);
    const input =
      route.operation === 'embeddings'
        ? 'x'
        : route.operation === 'moderations'
          ? parts.slice(0, 1)
          : [
              { type: 'item_reference', id: 'x' },
              { type: 'message', ...(message as object) },
            ];
    const body = { ...rich, input, messages: [message], system: parts } as JsonObject;
    dialect.inspect(watched(body, top, inside, true) as JsonObject);
    const reads =
      ['embeddings', 'moderations'].includes(route.operation ?? '') || route.dialect === 'openai-responses' ? 'input' : 'messages';
    const plain = { model: 'm', ...(reads === 'input' ? { input: 'x' } : { messages: [{ role: 'user', content: 'x' }] }) } as JsonObject;
    dialect.decodeRequest(watched(plain, top, new Set(), true) as JsonObject);
  }

  expect([...top].filter((name) => !READ_FIELDS.has(name))).toEqual([]);
  expect([...inside].filter((name) => !READ_INSIDE.has(name))).toEqual([]);
  expect([top.size > 40, inside.size > 15]).toEqual([true, true]);
});

/** Where policy and money are read from a body, and what is written alike there but is no field of one. */
const READERS = [
  'dialects/anthropic-messages/inspect dialects/anthropic-messages/server-tools dialects/anthropic-messages/priced-tier',
  'dialects/openai-chat/inspect dialects/openai-chat/server-tools dialects/openai-responses/inspect',
  'dialects/openai-responses/server-tools dialects/openai-responses/billed-units protocols/media-parts',
  'dialects/anthropic-messages/defined-tools protocols/mcp-servers',
]
  .flatMap((names) => names.split(' '))
  .concat(
    readdirSync('lambda/wire/operations', { recursive: true, encoding: 'utf8' })
      .filter((name) => /\b(?:inspect|decode-request)\.ts$/.test(name))
      .map((name) => `operations/${name.slice(0, -3)}`),
  );
const NO_FIELDS = ['server_side_tool_usage_details', 'fast', 'us', 'inputs', 'cacheWrite', 'toolCalls', 'kind'];

test('R06 every name that is written where policy and money are read from a body is a known one', () => {
  const names = READERS.flatMap((reader) => {
    const source = readFileSync(`lambda/wire/${reader}.ts`, 'utf8');
    const asked = [...source.matchAll(/\['([A-Za-z_]+)'\]/g)].map((match) => match[1] as string);
    const taken = [...source.matchAll(/\{([^{}]*)\} = (?:part|body|tool|item|block|source|message)\b/g)].flatMap((match) =>
      (match[1] as string)
        .split(',')
        .map((field) => (field.split(':')[0] as string).trim())
        .filter((field) => !field.startsWith('...')),
    );
    return [...asked, ...taken];
  });

  expect([...new Set(names)].filter((name) => !READ_FIELDS.has(name) && !READ_INSIDE.has(name) && !NO_FIELDS.includes(name))).toEqual([]);
  expect(new Set(names).size).toBeGreaterThan(60);
});

describe('in a call', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const calls: [string, object][] = [
    ...(Object.values(DIALECT_CALLS).flatMap((call) => [call(false), call(true)]) as { path: string; body: object }[]).map(
      ({ path, body }): [string, object] => [path, body],
    ),
    ['/v1/messages/count_tokens', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/embeddings', { input: 'Hi' }],
    ['/v1/moderations', { input: [{ type: 'text', text: 'Hi' }] }],
  ];

  test.each(calls)(
    'R06 security-04-long-s: %s %j is refused with a field that folds to a known one, escaped or not',
    async (path, body) => {
      for (const field of ['max_token\u017f', 'max_to\u212aens', 'Max_Tokens', '\u017ftream', 'me\u017fsages', 'MODEL', 'ba\u017fe_url']) {
        const text = JSON.stringify({ model: 'up/x', ...body, [field]: 100_000 });
        const escaped = text.replace(/[\u0080-\uffff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
        for (const sent of [text, escaped]) {
          const { status, json } = await gateway.call(path, sent);
          const { code, param = field } = json.error;
          expect([sent, status, code ?? json.error.type, param]).toEqual([
            sent,
            400,
            path.startsWith('/v1/messages') ? 'invalid_request_error' : 'forbidden_field',
            field,
          ]);
          expect(json.error.message).toContain(`'${field}'`);
        }
      }
      expect(upstream.requests).toHaveLength(0);
    },
  );
});
