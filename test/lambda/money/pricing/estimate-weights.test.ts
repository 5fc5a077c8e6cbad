import { estimateTokens, familyOf, mayReasonUnseen, type Price } from '../../../../lambda/money/pricing';
import { FREE_PRICE } from '../../../../lambda/money/pricing/price';

const code = (point: number) => String.fromCharCode(point);
/** Of a thousand of the same character: tokens of a hundred of them, without what a sum of fractions is off by. */
const weight = (point: number, family?: Parameters<typeof estimateTokens>[1]) =>
  Math.floor(estimateTokens(code(point).repeat(1_000), family) / 10);

test.each([
  // Latin with marks, Greek and Cyrillic, Hebrew and Arabic, India and beyond.
  [0x80, 40],
  [0x24f, 40],
  [0x250, 27],
  [0x52f, 27],
  [0x530, 30],
  [0x6ff, 30],
  [0x700, 42],
  [0x1fff, 42],
  // Signs, then the scripts of East Asia.
  [0x2000, 80],
  [0x2e7f, 80],
  [0x2e80, 78],
  [0x303f, 78],
  [0x3040, 75],
  [0x30ff, 75],
  [0x3100, 78],
  [0x9fff, 78],
  [0xa000, 42],
  [0xabff, 42],
  [0xac00, 60],
  [0xd7a3, 60],
  [0xd7a4, 42],
  // Halves of rare characters.
  [0xd800, 90],
  [0xdfff, 90],
  [0xe000, 42],
])('R15 a hundred of U+%i weigh %i', (point, tokens) => {
  expect(weight(point)).toBe(tokens);
});

test.each([
  ['a', 1],
  ['abcdef', 1],
  ['Zz', 1],
  ['a'.repeat(106), 14],
  ['1', 1],
  ['123', 1],
  ['1234', 2],
  ['0987654', 3],
  ['9', 1],
  ['999999', 2],
  ['1    2', 3],
  ['1aaaaaa', 2],
  ['a 1', 2],
  ['a b', 2],
  ['a\nb', 3],
  ['a  b', 3],
  ['   \n\t ', 1],
  [' ', 0],
  ['\n', 1],
  ['!'.repeat(10), 6],
  ['{}[]/@`~', 5],
  ['a1', 2],
  ['a!', 2],
  ['AAAAAA', 1],
  ['ZZZZZZ', 1],
  ['aaaaaa', 1],
  ['zzzzzz', 1],
  [`!${'é'.repeat(10)}`, 5],
  [`!${'\u0080'.repeat(10)}`, 5],
  ['! '.repeat(10), 9],
  ['!\n!', 3],
  ['!1234567890', 5],
  ['!0000000', 4],
  ['!9999999', 4],
  ['é', 1],
  ['', 0],
])('R15 %j is %i tokens', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

test('R15 each family counts each script in its own way', () => {
  const [latin, east, other] = [0xe9, 0x4e00, 0x430];
  const of = (family: Parameters<typeof estimateTokens>[1]) => [latin, east, other].map((point) => weight(point, family));
  expect(of('openai')).toEqual([40, 78, 27]);
  expect(of('anthropic')).toEqual([48, 105, 54]);
  expect(of('google')).toEqual([42, 78, 29]);
  expect(of('other')).toEqual([44, 93, 37]);
});

test.each([
  ['claude-x', 'anthropic'],
  ['us.anthropic.Claude-x', 'anthropic'],
  ['gemini-2.5-pro', 'google'],
  ['google/gemma-3', 'google'],
  ['gpt-5', 'openai'],
  ['openai/gpt-5', 'openai'],
  ['openai.gpt-oss', 'openai'],
  ['o3-mini', 'openai'],
  ['chatgpt-4o', 'openai'],
  ['codex-mini', 'openai'],
  ['text-embedding-3', 'openai'],
  ['foo3', 'other'],
  ['nanogpt-2', 'other'],
  ['llama', 'other'],
] as const)('R15 %s counts as %s', (model, family) => {
  expect(familyOf(model)).toBe(family);
});

test.each([
  ['o1', true],
  ['openai/o3-mini', true],
  ['us.o4', true],
  ['gpt-5', true],
  ['gpt-10', true],
  ['gpt-oss-20b', true],
  ['Claude-Sonnet-4-5', true],
  ['claude-3-7-sonnet', true],
  ['gemini-2.5-flash', true],
  ['gemini-3-pro', true],
  ['grok-3-mini', true],
  ['grok-4', true],
  ['deepseek-r1', true],
  ['deepseek-v4', true],
  ['sonar-reasoning', true],
  ['qwen3-thinking', true],
  ['qwq-32b', true],
  ['magistral-small', true],
  ['o', false],
  ['foo1', false],
  ['gpt-4o', false],
  ['gpt-4.1', false],
  ['claude-2.1', false],
  ['claude-instant', false],
  ['claude-3-5-sonnet', false],
  ['claude-3-opus', false],
  ['claude-3-haiku', false],
  ['gemini-2.0-flash', false],
  ['grok-3', false],
  ['deepseek-v3', false],
  ['llama-4', false],
] as const)('R15 %s may write unseen: %s', (model, reasons) => {
  expect(mayReasonUnseen({ ...FREE_PRICE, place: { kind: 'openai', model } } as Price)).toBe(reasons);
});

test('R15 of a model whose place nobody knows nothing is unseen', () => {
  expect(mayReasonUnseen(FREE_PRICE)).toBe(false);
  expect(mayReasonUnseen(undefined)).toBe(false);
});
