import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { estimateTokens, familyOf } from '../../../../lambda/money/pricing';

const SAMPLES: Readonly<Record<string, string>> = {
  prose:
    'The harbour was quiet in the early morning, and only the gulls complained about it. Someone had painted the old lighthouse a cheerful yellow, which the fishermen pretended not to notice.',
  code: 'export function totalOf(rows: readonly Row[]): number {\n  let total = 0;\n  for (const row of rows) {\n    if (row.amount > 0) total += row.amount * 1.19;\n  }\n  return total;\n}\n',
  json: '{"city":"Lisbon","days":[{"day":"monday","high":21.5,"low":14},{"day":"tuesday","high":23,"low":15.2}],"unit":"celsius"}',
  german: 'Die Katze sitzt auf der Fensterbank und betrachtet den Regen, der seit gestern Abend nicht aufgehört hat.',
  japanese: '今日は天気がいいので、公園まで散歩に行きました。桜はまだ咲いていません。',
  chinese: '人工智能正在改变我们的工作方式，但是它也带来了新的问题和挑战。',
  russian: 'Сегодня утром мы долго гуляли по берегу реки и разговаривали о будущем.',
  list: '1. Wash the rice.\n2. Boil 300 ml of water.\n3. Add salt, stir, and wait for 12 minutes.\n\n- Serves: 2\n- Time: 20 min\n',
};

test('the estimate is close to the real tokenizer on everyday text', () => {
  const errors = Object.values(SAMPLES).map((text) => Math.abs(estimateTokens(text) - encode(text).length) / encode(text).length);
  const mean = errors.reduce((total, error) => total + error, 0) / errors.length;
  expect(mean).toBeLessThan(0.15);
  expect(Math.max(...errors)).toBeLessThan(0.5);
});

test('an empty text has no tokens, and longer texts never have fewer', () => {
  expect(estimateTokens('')).toBe(0);
  const text = SAMPLES['prose'] as string;
  for (let cut = 10; cut < text.length; cut += 10) {
    expect(estimateTokens(text.slice(0, cut))).toBeLessThanOrEqual(estimateTokens(text.slice(0, cut + 10)) + 1);
  }
});

test('families are told by the model', () => {
  expect(familyOf('us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe('anthropic');
  expect(familyOf('openai/gpt-5')).toBe('openai');
  expect(familyOf('gemini-2.5-pro')).toBe('google');
  expect(familyOf('mistral-large')).toBe('other');
});
