import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleBreaches } from '../../scripts/check-bundles.mjs';

const DIST = join(__dirname, '../../dist');
const built = existsSync(join(DIST, 'meta/lambda-proxy.json'));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

/** A copy of what is shipped, with something planted in one function. */
function planted(name: string, code: string, input?: string): string {
  const dist = mkdtempSync(join(tmpdir(), 'bundles-test-'));
  folders.push(dist);
  for (const part of ['lambda', 'meta']) cpSync(join(DIST, part), join(dist, part), { recursive: true });
  writeFileSync(join(dist, 'lambda', name, 'planted.mjs'), code);
  if (input !== undefined) {
    const file = join(dist, 'meta', `lambda-${name}.json`);
    const meta = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...meta, inputs: { ...meta.inputs, [input]: { bytes: 1, imports: [] } } }));
  }
  return dist;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

(built ? describe : describe.skip)('the shipped bundles', () => {
  test('are in order', () => {
    expect(bundleBreaches(DIST)).toEqual([]);
  });

  test.each([
    ['eval', 'export const f = (s) => eval(s);'],
    ['Function', 'export const f = new Function("return 1");'],
    ['vm', 'import vm from "node:vm"; export { vm };'],
    ['child_process', 'const c = require("child_process"); export { c };'],
  ])('B11 %s in a bundle fails the build', (_what, code) => {
    const [breach, ...others] = bundleBreaches(planted('usage', code));

    expect(breach).toContain('usage/planted.mjs matches');
    expect(others).toEqual([]);
  });

  test('L02 a package that is new in a bundle fails the build until it is approved with a reason', () => {
    const dist = planted('admin', 'export {};', 'node_modules/@evil/left-pad/index.js');

    expect(bundleBreaches(dist)).toEqual([
      '@evil/left-pad is new in the admin bundle: approve it with a reason in scripts/approved-packages.json',
    ]);
    const approved = JSON.parse(readFileSync(join(__dirname, '../../scripts/approved-packages.json'), 'utf8'));
    expect(bundleBreaches(dist, { ...approved, admin: { ...approved.admin, '@evil/*': 'pads to the left' } })).toEqual([]);
  });

  test('an entry chunk of the proxy that outgrows its limit fails the build', () => {
    const dist = planted('proxy', 'export {};');
    writeFileSync(join(dist, 'lambda/proxy/index.mjs'), ' '.repeat(700_001));

    expect(bundleBreaches(dist)).toEqual(["the proxy's entry chunk has 700001 bytes, more than 700000"]);
  });
});

test('L01 the same sources make the same bytes, wherever they are built', () => {
  const [first, second] = ['one', 'another/place'].map((name) => {
    const parent = mkdtempSync(join(tmpdir(), 'bundles-test-'));
    folders.push(parent);
    const into = join(parent, name);
    execFileSync(process.execPath, ['scripts/build.mjs', '--fast', '--into', into], { cwd: join(__dirname, '../..'), stdio: 'pipe' });
    return digests(into);
  });

  expect(Object.keys(first ?? {}).length).toBeGreaterThan(10);
  expect(first).toEqual(second);
}, 60_000);

/** Every shipped file with its hash. The build's notes name the folder, and are not shipped. */
function digests(folder: string): Record<string, string> {
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(mjs|cjs|js)$/.test(name)).sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}
