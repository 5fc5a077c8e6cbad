import { type ModelCapabilities, ModelOverride } from '../../lib';
import type { Capabilities } from '../../lib/private/contract';
import { documentFor, synthesize } from './support';

/** The type of each fact, lists of words as lists of strings. */
type Plain<T> = { [Name in keyof T]-?: NonNullable<T[Name]> extends readonly string[] ? string[] : NonNullable<T[Name]> };
type Equal<Left, Right> = [Left, Right] extends [Right, Left] ? true : false;

test('what is said of models reaches the document as the admin API writes it', () => {
  const document = documentFor({
    models: [
      ModelOverride.of('bedrock/newco.x-9', {
        capabilities: {
          temperature: false,
          maxOutputTokens: 1_000,
          maxTemperature: 0.5,
          efforts: ['low', 'high'],
          endOfLife: '2027-03-31',
        },
        price: { input: '0', cacheWrite5m: '2.50' },
      }),
      ModelOverride.of('bedrock/own.*', { free: true }),
    ],
  });

  expect(document.models).toEqual([
    {
      id: 'bedrock/newco.x-9',
      capabilities: {
        temperature: false,
        max_output_tokens: 1_000,
        max_temperature: 0.5,
        efforts: ['low', 'high'],
        end_of_life: '2027-03-31',
      },
      usd_per_million_tokens: { input: '0', cache_write_5m: '2.50' },
    },
    { id: 'bedrock/own.*', free: true },
  ]);
});

test('every capability of the catalogue can be said in the construct, and no other', () => {
  const same: Equal<Plain<ModelCapabilities>, Plain<Capabilities>> = true;

  expect(same).toBe(true);
});

test.each<[string, ModelOverride, string]>([
  [
    'no provider',
    ModelOverride.of('x-9', { free: true }),
    'names no configured provider; write "<provider id>/<model>" with one of bedrock',
  ],
  ['another provider', ModelOverride.of('newco/x-9', { free: true }), 'names no configured provider'],
  ['nothing said', ModelOverride.of('bedrock/x', {}), 'says nothing; give "capabilities", "price" or "free"'],
  ['a count that is none', ModelOverride.of('bedrock/x', { capabilities: { maxOutputTokens: 0 } }), 'is 0; give a whole number from 1'],
  ['a number', ModelOverride.of('bedrock/x', { capabilities: { maxTemperature: -1 } }), 'is -1; give a number above 0'],
  ['a word', ModelOverride.of('bedrock/x', { capabilities: { efforts: ['huge'] } }), 'is ["huge"]; give a list of "none", "minimal"'],
  ['a day', ModelOverride.of('bedrock/x', { capabilities: { endOfLife: 'soon' } }), 'is "soon"; give a day such as "2027-03-31"'],
  ['a price', ModelOverride.of('bedrock/x', { price: { input: '$1' } }), 'is "$1"; give US dollars per million tokens'],
  ['a fact that is none', ModelOverride.of('bedrock/x', { capabilities: { temprature: false } as object }), 'but one of contextWindow'],
])('fails for a model override with %s', (_name, override, message) => {
  expect(() => synthesize({ models: [override] })).toThrow(message);
});

test('fails for two overrides of one model', () => {
  const override = ModelOverride.of('bedrock/x', { free: true });

  expect(() => synthesize({ models: [override, override] })).toThrow('two ModelOverrides are of "bedrock/x"; say all of it in one of them');
});
