import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../../..');
const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'pipe' }).toString();

test('R14 the committed price book is what the committed lists and decisions give, with nothing left undecided', () => {
  expect(() => run('scripts/price-book.mjs', '--check')).not.toThrow();
});

test('R14 every decision names the vendor’s page and the day it was looked up', () => {
  const decisions = run('scripts/price-book.mjs', '--compare').trim().split('\n');

  expect(decisions.length).toBeGreaterThan(10);
  for (const line of decisions) expect(line).toMatch(/^\S+ .+: (litellm|genai-prices|\{.+\}) \(https:\/\/[^)]+, 2026-\d\d-\d\d\)/);
});

/** What the generator makes of two lists of one model, in a process of its own as it is a module. */
function merged(first: object, second: object, decisions: object[] = []) {
  const list = (name: string, row: object) => ({ source: { name, date: '2026-11-29' }, hosts: { openai: { m: row }, bedrock: {} } });
  const script = `
    import { merge } from './scripts/price-book/merge.mjs';
    const { kinds, undecided, stale } = merge(...${JSON.stringify([list('litellm', first), list('genai-prices', second), decisions])});
    console.log(JSON.stringify({ row: kinds.openai.m, undecided: undecided.map(({ different }) => different.map(([name]) => name)), stale }));`;
  return JSON.parse(run('--input-type=module', '--eval', script));
}

const row = (input: number, output: number) => ({ prices: [{ input, output }] });

test('R14 a difference that nobody decided is told, and the dearer price of each class holds', () => {
  expect(merged(row(100, 900), row(300, 800))).toMatchObject({
    row: { prices: [{ input: 300, output: 900 }] },
    undecided: [['input', 'output']],
  });
});

test('R14 a difference of one percent is a rounding, and a decision decides a larger one', () => {
  const decision = (take: string) => [{ kind: 'openai', models: ['m'], take, page: 'https://vendor.example', checked: '2026-11-29' }];

  expect(merged(row(1_000, 900), row(1_010, 900))).toMatchObject({ row: { prices: [{ input: 1_000 }] }, undecided: [] });
  expect(merged(row(100, 900), row(300, 800), decision('litellm'))).toMatchObject({
    row: { prices: [{ input: 100, output: 900 }] },
    undecided: [],
  });
  expect(merged(row(100, 900), row(300, 800), decision('genai-prices')).row.prices).toEqual([{ input: 300, output: 800 }]);
  expect(merged(row(1_000, 900), row(1_000, 900), decision('litellm')).stale).toEqual(['openai m']);
});

test('R14 windows and longest answers are the larger of the two lists', () => {
  const first = { ...row(1, 1), maxInput: 100, maxOutput: 10 };
  expect(merged(first, { ...row(1, 1), window: 128 }).row).toMatchObject({ window: 128, maxOutput: 10 });
  expect(merged({ ...first, maxInput: 272_000, maxOutput: 128_000 }, row(1, 1)).row).toMatchObject({ window: 400_000 });
});
