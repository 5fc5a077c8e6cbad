import { join } from 'node:path';
import { sizeBreaches } from '../../scripts/size-rules.mjs';
import { readSources } from '../../scripts/sources.mjs';

const sources = readSources(join(__dirname, '../..'), ['lib', 'lambda', 'local', 'bin', 'test']);

function breachesWith(planted: Readonly<Record<string, string>>): string[] {
  return sizeBreaches(new Map([...sources, ...Object.entries(planted)]));
}

test('the sources keep the sizes', () => {
  expect(sizeBreaches(sources)).toEqual([]);
});

test('a file of 301 lines is found, a test of 601', () => {
  const lines = (count: number): string => 'export {};\n'.repeat(count);

  expect(breachesWith({ 'lambda/proxy/own/planted.ts': lines(300), 'test/planted.test.ts': lines(600) })).toEqual([]);
  expect(breachesWith({ 'lambda/proxy/own/planted.ts': lines(301), 'test/planted.test.ts': lines(601) })).toEqual([
    expect.stringMatching(/^lambda\/proxy\/own\/planted\.ts:301 {2}301 lines, 300 at most/),
    expect.stringMatching(/^test\/planted\.test\.ts:601 {2}601 lines, 600 at most/),
  ]);
});

test('a reason that nothing needs any more is found', () => {
  expect(breachesWith({ 'test/support/memory-dynamodb.ts': '' })).toEqual([
    expect.stringMatching(/memory-dynamodb\.ts.*needs no reason any more/),
  ]);
});

test('a thirteenth file in a folder of the proxy is found', () => {
  const planted = Object.fromEntries(Array.from({ length: 13 }, (_unused, index) => [`lambda/proxy/planted/file-${index}.ts`, '']));

  expect(breachesWith(planted)).toEqual([expect.stringContaining('13 files in one folder')]);
});
