import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleBreaches } from '../../scripts/check-bundles.mjs';
import { bundledPackages, LICENCES_FILE, licenceBreaches, licenceDocument } from '../../scripts/licences.mjs';

const DIST = join(__dirname, '../../dist');
const built = existsSync(join(DIST, 'meta/lambda-proxy.json'));
if (!built) console.warn('the bundles are missing: run "npm run build" to run these tests');

/** A copy of what is shipped, with something planted in one function. */
function planted(name: string, code: string, input?: string): string {
  const dist = mkdtempSync(join(tmpdir(), 'bundles-test-'));
  folders.push(dist);
  for (const part of ['lambda', 'meta', LICENCES_FILE]) cpSync(join(DIST, part), join(dist, part), { recursive: true });
  writeFileSync(join(dist, 'lambda', name, 'planted.mjs'), code);
  if (input !== undefined) addInput(dist, `lambda-${name}`, input);
  return dist;
}

/** A copy of what is shipped whose notes name one more input of a bundle. */
function plantedInput(bundle: string, input: string): string {
  const dist = planted('proxy', 'export {};');
  addInput(dist, bundle, input);
  return dist;
}

function addInput(dist: string, bundle: string, input: string): void {
  const file = join(dist, 'meta', `${bundle}.json`);
  const notes = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...notes, inputs: { ...notes.inputs, [input]: { bytes: 1, imports: [] } } }));
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
    const dist = planted('admin', 'export {};', 'node_modules/@jest/core/index.js');
    writeFileSync(join(dist, LICENCES_FILE), licenceDocument(bundledPackages(dist)));

    expect(bundleBreaches(dist)).toEqual([
      '@jest/core is new in the admin bundle: approve it with a reason in scripts/approved-packages.json',
    ]);
    const approved = JSON.parse(readFileSync(join(__dirname, '../../scripts/approved-packages.json'), 'utf8'));
    expect(bundleBreaches(dist, { ...approved, admin: { ...approved.admin, '@jest/*': 'tests itself' } })).toEqual([]);
  });

  test('R09 each bundled package has its name, version, licence and text in what is shipped', () => {
    const packages = bundledPackages(DIST);
    const shipped = readFileSync(join(DIST, LICENCES_FILE), 'utf8');

    // One of each bundle: the proxy's, the usage function's, the command's, every function's; and the lists in the price book.
    for (const name of ['@aws-sdk/client-dynamodb', 'aws-lambda-stream', 'dynalite', 'undici', 'genai-prices', 'litellm']) {
      expect(packages.map((one) => one.name)).toContain(name);
    }
    for (const { name, version, licence, text } of packages) {
      expect(text).toMatch(/permission|permitted|license/i);
      expect(shipped).toContain(`\n${name} ${version} (${licence})\n`);
      expect(shipped).toContain(`\n${text}\n`);
    }
  });

  test.each([
    ['the local run', 'bin', 'node_modules/@jest/core/index.js', /lacks the text of @jest\/core .* \(MIT\): build again/],
    ['a function', 'lambda-usage', 'node_modules/@jest/core/index.js', /lacks the text of @jest\/core/],
    ['a nested folder', 'lambda-proxy', 'node_modules/undici/node_modules/@jest/none/x.js', /licence that is not among MIT/],
    ['an unknown licence', 'lambda-sweeper', 'node_modules/@evil/left-pad/index.js', /left-pad .* licence that is not among MIT/],
  ])('R09 a package without its licence text fails the check: %s', (_what, meta, input, breach) => {
    const dist = plantedInput(meta, input);

    expect(licenceBreaches(DIST)).toEqual([]);
    expect(licenceBreaches(dist)).toEqual([expect.stringMatching(breach)]);
  });

  test('R09 a text that was changed or left out fails the check', () => {
    const dist = planted('proxy', 'export {};');
    writeFileSync(
      join(dist, LICENCES_FILE),
      readFileSync(join(DIST, LICENCES_FILE), 'utf8').replace('Copyright (c) Peteris', 'By Peteris'),
    );
    expect(licenceBreaches(dist)).toEqual([expect.stringContaining('lacks the text of lazy')]);

    rmSync(join(dist, LICENCES_FILE));
    expect(licenceBreaches(dist)).toHaveLength(bundledPackages(DIST).length);
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
  expect(first).toHaveProperty(LICENCES_FILE);
  expect(first).toEqual(second);
}, 60_000);

/** Every shipped file with its hash. The build's notes name the folder, and are not shipped. */
function digests(folder: string): Record<string, string> {
  const files = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => /\.(mjs|cjs|js)$/.test(name) || name === LICENCES_FILE)
    .sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}
