import { PriceAdjustment } from '../../lib';
import { documentFor, synthesize } from './support';

test('discounts and mark-ups reach the document as the admin API writes them', () => {
  const document = documentFor({
    priceAdjustments: [
      PriceAdjustment.discount('12.5', { models: 'bedrock/*' }),
      PriceAdjustment.discount('100', { models: 'bedrock/own.model' }),
      PriceAdjustment.markUp('10', { team: 'team_red' }),
      PriceAdjustment.discount('0.0001', { models: 'bedrock/*', team: 'team_red' }),
    ],
  });

  expect(document.priceAdjustments).toEqual([
    { id: 'bedrock/*', percent: '-12.5' },
    { id: 'bedrock/own.model', percent: '-100' },
    { id: '*', team_percent: { team_red: '10' } },
    { id: 'bedrock/*', team_percent: { team_red: '-0.0001' } },
  ]);
  expect(documentFor({})).not.toHaveProperty('priceAdjustments');
});

test.each<[string, readonly PriceAdjustment[], string]>([
  [
    'more than everything',
    [PriceAdjustment.discount('100.5')],
    'a PriceAdjustment of "*" is of 100.5 %; give a decimal with at most 4 places, for example "12.5": a discount of at most 100, a mark-up of at most 1000',
  ],
  ['too much', [PriceAdjustment.markUp('1001')], 'is of 1001 %'],
  ['a negative discount', [PriceAdjustment.discount('-5')], 'is of -5 %'],
  ['too many places', [PriceAdjustment.markUp('1.00001')], 'is of 1.00001 %'],
  ['no provider', [PriceAdjustment.discount('5', { models: 'openai/*' })], 'names no configured provider'],
  ['a bare model', [PriceAdjustment.discount('5', { models: 'bedrock' })], 'names no configured provider'],
  ['an odd team', [PriceAdjustment.markUp('5', { team: 'a b' })], '"team" of a PriceAdjustment is "a b"'],
  [
    'the same twice',
    [PriceAdjustment.discount('5'), PriceAdjustment.markUp('5')],
    'two PriceAdjustments are of "*"; leave one of them out',
  ],
])('fails on %s, naming the fix', (_what, priceAdjustments, message) => {
  expect(() => synthesize({ priceAdjustments: [...priceAdjustments] })).toThrow(message);
});
