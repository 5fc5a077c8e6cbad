/** Moonshot takes tools whose schemas say each part's type: calls of every dialect are written so, and one of its own dialect leaves as it came. */
import { sentToEveryProvider } from '../../support/every-provider';

const send = sentToEveryProvider();

const UNION = {
  type: 'object',
  anyOf: [
    { properties: { name: { type: 'string', anyOf: [{ minLength: 1 }, { pattern: '^a' }] } }, required: ['name'] },
    { properties: { url: { $ref: '#/$defs/Url', description: 'Where' } }, required: ['url'] },
  ],
  $defs: { Url: { type: 'string' } },
};
const TAKEN = {
  type: 'object',
  properties: {
    name: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'string', pattern: '^a' },
      ],
    },
    url: { description: 'Where', $ref: '#/$defs/Url' },
  },
  required: [],
  $defs: { Url: { type: 'string' } },
};

const asMessages = (model: string) =>
  send('/v1/messages', {
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ name: 'put', input_schema: UNION }],
  });
const asResponses = (model: string) =>
  send('/v1/responses', { model, input: 'Hi', tools: [{ type: 'function', name: 'put', parameters: UNION }] });
const asChat = (model: string) =>
  send('/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    tools: [{ type: 'function', function: { name: 'put', parameters: UNION } }],
  });

test.each([
  ['openai-compatible/kimi-k2.6', asMessages],
  ['openai-compatible/kimi-k3', asResponses],
  ['together/moonshotai/kimi-k2-instruct', asMessages],
  ['anthropic-compatible/kimi-k3', asChat],
  ['anthropic-compatible/kimi-k3', asResponses],
] as const)('%s gets what it takes', async (model, call) => {
  const { body, warnings } = await call(model);
  const [tool] = body.tools;

  expect(tool.input_schema ?? tool.function.parameters).toEqual(TAKEN);
  expect(warnings).toMatch(/dropped: (?:.*, )?tools\.(?:input_schema|parameters|function\.parameters)/);
});

test.each([
  ['openai-compatible/kimi-k3', asChat],
  ['anthropic-compatible/kimi-k3', asMessages],
] as const)('%s is asked in its own dialect as it came', async (model, call) => {
  const { body } = await call(model);
  const [tool] = body.tools;

  expect(tool.input_schema ?? tool.function.parameters).toEqual(UNION);
});

test('an answer is held to a schema in the same words', async () => {
  const schema = { type: 'object', properties: { kind: { oneOf: [{ const: 'a' }, { const: 'b' }] } }, required: ['kind'] };
  const { body } = await send('/v1/responses', {
    model: 'openai-compatible/kimi-k3',
    input: 'Hi',
    text: { format: { type: 'json_schema', name: 'out', schema } },
  });

  expect(body.response_format.json_schema.schema.properties.kind).toEqual({
    anyOf: [
      { type: 'string', enum: ['a'] },
      { type: 'string', enum: ['b'] },
    ],
  });
});
