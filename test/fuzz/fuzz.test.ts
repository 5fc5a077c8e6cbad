/** The fuzzing finds what it is for, and the list of readers is whole. `npm run fuzz` itself is a step of CI. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runReader } from './harness';
import { bundleWorker, ROOT } from './instrument';
import { MUTANTS } from './mutants';
import { OTHER_LOOPS } from './other-loops';
import { READERS } from './readers';

test.each(MUTANTS)(
  'R01 security-01-control-byte-loop: fuzzing finds $name',
  async (mutant) => {
    const script = await bundleWorker(mutant);

    const { fault } = await runReader(script, { reader: mutant.reader, runs: 50_000, seed: 1 });

    expect(fault?.message).toBeDefined();
  },
  120_000,
);

test('R01 an input that native code does not come back from ends the run, and is told', async () => {
  const script = await bundleWorker({
    name: 'a pattern that tries every division of a text',
    file: 'lambda/money/pricing/money.ts',
    find: 'const [matched, sign',
    replace: `/^(1+)+$/.test('${'1'.repeat(60)}x'); const [matched, sign`,
  });

  const { fault } = await runReader(script, { reader: 'usd', runs: 1, seed: 1, hangMs: 2_000 });

  expect(fault).toMatchObject({ message: 'no answer within 2000 ms', inputBase64: expect.any(String) });
}, 60_000);

test('R01 every reader holds a few inputs, and one seed gives one run', async () => {
  const script = await bundleWorker();
  for (const { name } of READERS) {
    const first = await runReader(script, { reader: name, runs: 300, seed: 7 });
    expect([name, first.fault]).toEqual([name, undefined]);
  }
  const again = () => runReader(script, { reader: 'sse', runs: 500, seed: 11 });
  expect(await again()).toEqual(await again());
}, 120_000);

test('R01 CONTRIBUTING.md lists the readers that there are', () => {
  const listed = [...readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)` \| (.+?) \| 10\^6 \|$/gm)];

  expect(listed.map(([, name, about]) => [name, about])).toEqual(READERS.map(({ name, about }) => [name, about]));
});

test('R01 every file with a loop of its own over what it is given is a reader’s, or is known for another', () => {
  const LOOPS = /\bwhile \(|\bfor \((?:let|;)|\bdo \{/;
  const known = [...READERS.flatMap(({ files }) => files), ...Object.keys(OTHER_LOOPS)];
  const files = ['lambda', 'local', 'bin', 'lib'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const looping = files.filter((file) => file.endsWith('.ts') && LOOPS.test(readFileSync(join(ROOT, file), 'utf8')));

  expect(looping.filter((file) => !known.some((entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry)))).toEqual([]);
  for (const entry of known) expect([entry, statSync(join(ROOT, entry)).isDirectory()]).toEqual([entry, entry.endsWith('/')]);
  expect(Object.keys(OTHER_LOOPS).filter((file) => !looping.includes(file))).toEqual([]);
});
