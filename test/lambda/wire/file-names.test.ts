/** Every wire format is laid out alike, so that two can be read side by side. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const WIRE = join(__dirname, '../../../lambda/wire');
const folders = ['dialects', 'protocols'].flatMap((kind) =>
  readdirSync(join(WIRE, kind), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(kind, entry.name)] : [])),
);

test.each(folders)('what decodes and what encodes in %s is in files that are named so', (folder) => {
  const files = readdirSync(join(WIRE, folder));
  expect(files).toContain('index.ts');

  for (const file of files) {
    const text = readFileSync(join(WIRE, folder, file), 'utf8');
    for (const [, way = ''] of text.matchAll(/^export (?:async )?(?:function|class) (?:\w+Stream)?(decode|encode|Decoder|Encoder)/gm)) {
      expect(`${file}: ${way}`).toMatch(new RegExp(`^${way.slice(0, 6).toLowerCase()}-`));
    }
  }
});

test.each(folders.filter((folder) => folder.startsWith('protocols')))('%s has the files of every protocol', (folder) => {
  const jobs = ['decode-error', 'decode-response', 'decode-stream', 'encode-messages', 'encode-request', 'finish-reason', 'usage'];

  expect(readdirSync(join(WIRE, folder))).toEqual(expect.arrayContaining(jobs.map((job) => `${job}.ts`)));
});
