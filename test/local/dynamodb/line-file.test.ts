import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineFile, type Replay } from '../../../local/dynamodb/line-file';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lines-'));
  path = join(directory, 'deeper', 'file.jsonl');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Lines `[key, value]`, of which the last of each key counts. */
type Line = readonly [string, string];

function open(condenseBytes?: number): { file: LineFile<Line>; values: Map<string, string> } {
  let values = new Map<string, string>();
  const replay = (): Replay<Line> => {
    const seen = new Map<string, string>();
    values = seen;
    return { take: ([key, value]) => seen.set(key, value), needed: () => seen.entries() };
  };
  const file = new LineFile<Line>({ path, replay, ...(condenseBytes === undefined ? {} : { condenseBytes }) });
  return { file, values };
}

test('lines longer than a piece of the reading, and of several bytes a character, come back', () => {
  const first = open();
  const long = 'é€'.repeat(700_000);
  first.file.append(['a', long]);
  first.file.append(['b', 'short']);
  first.file.append(['c', long]);
  first.file.close();

  const second = open();

  expect([...second.values]).toEqual([
    ['a', long],
    ['b', 'short'],
    ['c', long],
  ]);
  second.file.close();
});

test('whatever byte the last line is torn at, the lines before it are there', () => {
  const { file } = open();
  file.append(['a', 'x']);
  const whole = statSync(path).size;
  file.append(['b', 'é']);
  file.close();
  const all = readFileSync(path);

  for (let length = whole; length < all.length; length += 1) {
    truncateSync(path, length);
    const again = open();
    expect([...again.values]).toEqual([['a', 'x']]);
    again.file.append(['b', 'é']);
    again.file.close();
    expect(readFileSync(path).equals(all)).toBe(true);
  }
});

test('a file that grew much is condensed while in use, and goes on', () => {
  const { file } = open(2_000);
  for (let index = 0; index < 1_000; index += 1) file.append([`key ${index % 5}`, `value ${index}`]);

  expect(statSync(path).size).toBeLessThan(3_000);
  file.close();
  const again = open();
  expect([...again.values].sort()).toEqual([0, 1, 2, 3, 4].map((key) => [`key ${key}`, `value ${995 + key}`]));
  again.file.close();
});

test('is readable by the user alone', () => {
  const { file } = open();
  file.append(['a', 'x']);
  file.close();

  expect(statSync(path).mode & 0o777).toBe(0o600);
});
