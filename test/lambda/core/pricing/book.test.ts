import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

test('the committed price book is what the installed price data gives', () => {
  const root = join(__dirname, '../../../..');
  expect(() => execFileSync(process.execPath, ['scripts/price-book.mjs', '--check'], { cwd: root, stdio: 'pipe' })).not.toThrow();
});
