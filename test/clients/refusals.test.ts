/** What vendors refuse and other vendors take: from every dialect, no call that one of them takes is refused by another. */
import { type Asked, DIALECTS, type Said } from './calls';
import { CLOSE_MS, type ClientGateway, describeClients, startClientGateway } from './support';

/** Models by alias, and the dialects whose bytes pass as they are. */
const MODELS: Readonly<Record<string, readonly [model: string, own: readonly string[]]>> = {
  'claude-on-bedrock': ['bedrock/us.anthropic.claude-opus-5-5', ['messages']],
  'older-claude-on-bedrock': ['bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0', []],
  'gpt-on-bedrock': ['bedrock/us.openai.gpt-5.6-sol', ['chat', 'responses']],
  'nova-on-bedrock': ['bedrock/us.amazon.nova-2-lite-v1:0', []],
  claude: ['anthropic/claude-opus-5-5', ['messages']],
  gpt: ['openai/gpt-6.1-sol', ['chat', 'responses']],
  'gpt-by-responses': ['openai/gpt-5.1-codex', ['responses']],
  'older-gpt': ['openai/gpt-4o', ['chat', 'responses']],
  gemini: ['google-ai-studio/gemini-3.8-flash', []],
  'older-gemini': ['google-ai-studio/gemini-2.5-flash', []],
  mistral: ['mistral/mistral-medium-3-5', ['chat']],
  deepseek: ['deepseek/deepseek-v4-pro', ['chat']],
};

const PLAIN = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const tool = (name: string, schema: object = PLAIN) => ({ name, schema });
const TWO = [
  { id: 'call_1', name: 'f' },
  { id: 'toolu_2', name: 'f' },
];
const ASKED: Said = { user: 'Do it.' };
const LOOP: readonly Said[] = [ASKED, { assistant: '', calls: TWO }, { result: 'call_1' }, { result: 'toolu_2' }];

/** `foreign`: the kind is for translated calls, since the vendor of the dialect refuses it too. `named`: so it is, and the gateway may refuse it first, by name. */
const KINDS: readonly (readonly [string, Asked, ('foreign' | 'named')?])[] = [
  [
    'words between a call and its result',
    { tools: [tool('f')], turns: [...LOOP.slice(0, 2), { system: 'Time passes.' }, ...LOOP.slice(2)] },
    'foreign',
  ],
  [
    'a turn of calls in two messages',
    {
      tools: [tool('f')],
      turns: [ASKED, { assistant: '', calls: TWO.slice(0, 1) }, { assistant: '', calls: TWO.slice(1) }, ...LOOP.slice(2)],
    },
    'foreign',
  ],
  [
    'pictures in results',
    { tools: [tool('f')], turns: [...LOOP.slice(0, 2), { result: 'call_1', picture: true }, { result: 'toolu_2' }] },
    'named',
  ],
  ['words of the user after a result', { tools: [tool('f')], turns: [...LOOP, { user: 'Stop.' }] }],
  ['instructions after a result', { tools: [tool('f')], turns: [...LOOP, { system: 'Be brief.' }] }, 'foreign'],
  ['a history of tools without tools', { turns: [...LOOP, { assistant: 'Done.' }, { user: 'Sum it up.' }] }],
  ['a history of tools that are not to be used', { tools: [tool('f')], choice: 'none', turns: LOOP }],
  [
    'arguments that are no JSON',
    {
      tools: [tool('f')],
      turns: [ASKED, { assistant: '', calls: [{ id: 'call_1', name: 'f', written: '{"a": "b' }] }, { result: 'call_1' }],
    },
  ],
  ['blank words beside a call', { tools: [tool('f')], turns: [ASKED, { assistant: '\n\n', calls: TWO }, ...LOOP.slice(2)] }, 'foreign'],
  ['a greeting first', { turns: [{ assistant: 'Welcome.' }, ASKED] }, 'foreign'],
  ['instructions alone', { turns: [{ system: 'Say hello.' }] }, 'foreign'],
  ['an answer to go on with', { turns: [ASKED, { assistant: 'It is ' }] }, 'named'],
  [
    'a union at the root',
    { turns: [ASKED], tools: [tool('f', { anyOf: [PLAIN, { type: 'object', properties: { b: { type: 'string' } } }] })] },
    'foreign',
  ],
  ['no properties', { turns: [ASKED], tools: [tool('f', { type: 'object' })] }, 'foreign'],
  [
    'definitions that contain themselves',
    {
      turns: [ASKED],
      tools: [
        tool('f', {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } },
          properties: { n: { $ref: '#/$defs/n' } },
        }),
      ],
    },
  ],
  [
    'names of servers and tools',
    { turns: [ASKED], tools: [tool('mcp__issue-tracker__find'), tool('2nd'), tool(`mcp__${'x'.repeat(70)}`), tool('a.b:c')] },
    'foreign',
  ],
  ['a tool twice', { turns: [ASKED], tools: [tool('f'), tool('f')] }, 'foreign'],
  [
    'strict tools with what may be missing',
    {
      turns: [ASKED],
      tools: [
        {
          name: 'f',
          strict: true,
          schema: {
            type: 'object',
            properties: { a: { type: 'integer', minimum: 1 }, b: { type: 'array', minItems: 3, items: { type: 'string' } } },
          },
        },
      ],
    },
    'foreign',
  ],
  [
    'strict tools that no grammar holds',
    {
      turns: [ASKED],
      tools: [
        {
          name: 'f',
          strict: true,
          schema: {
            type: 'object',
            $defs: { n: { type: 'object', properties: { n: { $ref: '#/$defs/n' } } } },
            properties: { n: { $ref: '#/$defs/n' } },
          },
        },
        {
          name: 'g',
          strict: true,
          schema: { type: 'object', properties: { m: { type: 'object', additionalProperties: { type: 'string' } } } },
        },
        {
          name: 'h',
          strict: true,
          schema: {
            type: 'object',
            $defs: { n: { type: 'object', properties: { at: { type: 'string', format: 'int64', pattern: '^(?!x)' } } } },
            properties: { n: { allOf: [{ $ref: '#/$defs/n' }] } },
          },
        },
      ],
    },
    'foreign',
  ],
  [
    'an answer by a schema with what may be missing',
    {
      turns: [{ user: 'As JSON.' }],
      schema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'object', additionalProperties: { type: 'string' } } } },
    },
    'foreign',
  ],
  ['an answer by a schema beside tools', { turns: [{ user: 'As JSON.' }], tools: [tool('f')], schema: PLAIN }, 'foreign'],
  ['a tool that must be used', { turns: [ASKED], tools: [tool('f')], choice: 'required' }, 'named'],
  ['one tool that must be used, beside an effort', { turns: [ASKED], tools: [tool('f')], choice: { tool: 'f' }, effort: 'high' }, 'named'],
  ['the highest effort', { turns: [ASKED], effort: 'xhigh' }, 'foreign'],
  ['thinking that is switched off', { turns: [ASKED], effort: 'none' }, 'foreign'],
  ['effort beside a cap', { turns: [ASKED], effort: 'high', most: 2_000 }, 'foreign'],
  ['a probe of one token', { turns: [ASKED], most: 1 }],
  ['more than a model can write', { turns: [ASKED], most: 400_000 }],
  ['a temperature above what others take', { turns: [ASKED], temperature: 2 }, 'foreign'],
  ['notes and a user of many characters', { turns: [ASKED], notes: { team: 'blue' }, user: `user-${'0123456789'.repeat(8)}` }, 'foreign'],
  ['six marks of what is to be cached', { turns: ['a', 'b', 'c', 'd', 'e', 'f'].map((user): Said => ({ user, marked: true })) }, 'foreign'],
];

describeClients('calls that one vendor takes and another refuses', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    gateway = await startClientGateway(Object.fromEntries(Object.entries(MODELS).map(([alias, [model]]) => [alias, model])));
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);

  describe.each(Object.keys(DIALECTS))('in the dialect %s', (dialect) => {
    test.each(KINDS.map(([kind, asked, foreign]) => ({ kind, asked, foreign })))('$kind', async ({ asked, foreign }) => {
      gateway.provider.script({ text: '{"a":"b"}' });
      const answers: Record<string, unknown> = {};
      for (const [alias, [, own]] of Object.entries(MODELS)) {
        if (own.includes(dialect) && foreign !== undefined) continue;
        const { path, body } = DIALECTS[dialect]?.(alias, asked) ?? { path: '', body: {} };
        const response = await fetch(gateway.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        answers[alias] = response.ok ? 200 : await response.text();
      }

      const refused = Object.entries(answers).filter(([, answer]) => answer !== 200 && foreign !== 'named');
      expect([refused, gateway.provider.refusals]).toEqual([[], []]);
    });
  });
});
