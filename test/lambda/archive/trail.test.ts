import { checkTrail, createTrailWriter, type Trail, type TrailHead, type TrailHeads, trailsOf } from '../../../lambda/archive';
import { createMemoryBucket, type MemoryBucket } from '../../support/memory-bucket';

/** The audit trail takes each entry once, whatever dies in between, and tells what was done to it afterwards. */

const trail = trailsOf('requests')[2] as Trail;
const clock = { now: () => Date.parse('2026-11-30T12:00:00Z') };

function memoryHeads(): TrailHeads & { readonly heads: Map<string, TrailHead>; fails: boolean } {
  const heads = new Map<string, TrailHead>();
  return {
    heads,
    fails: false,
    read: async (name) => heads.get(name),
    async move(name, from, to) {
      if (this.fails) throw Object.assign(new Error('down'), { name: 'TimeoutError' });
      if ((heads.get(name)?.sequence ?? 0) !== from) return false;
      heads.set(name, to);
      return true;
    },
  };
}

let bucket: MemoryBucket;
let heads: ReturnType<typeof memoryHeads>;

beforeEach(() => {
  bucket = createMemoryBucket();
  heads = memoryHeads();
});

const writer = () => createTrailWriter(trail, { objects: bucket, heads, clock });
const keyOf = (sequence: number) => `requests/2/${String(sequence).padStart(12, '0')}.ndjson`;
const check = (options = {}) => checkTrail(bucket, trail, heads.heads.get(trail.name), options);
const entriesOf = () =>
  [...bucket.objects.keys()].sort().flatMap((key) => (bucket.objects.get(key) as Buffer).toString().split('\n').slice(1, -1));

async function fill(segments: number): Promise<void> {
  const one = writer();
  for (let index = 1; index <= segments; index += 1) await one.append([`{"id":"a${index}"}`, `{"id":"b${index}"}`, `{"id":"c${index}"}`]);
}

test('what is appended is there once, in order, and the whole is found whole, page by page too', async () => {
  await fill(7);

  expect(entriesOf()).toHaveLength(21);
  expect(await check()).toEqual({ segments: 7, entries: 21, findings: [] });
  const first = await check({ most: 3 });
  expect(first).toEqual({ segments: 3, entries: 9, findings: [], next: 5 });
  const second = await check({ most: 3, before: first.next });
  expect(second).toEqual({ segments: 3, entries: 9, findings: [], next: 2 });
  expect(await check({ most: 3, before: second.next })).toEqual({ segments: 1, entries: 3, findings: [] });
});

test('several writers of one chain lose nothing and fork nothing', async () => {
  const writers = Array.from({ length: 5 }, writer);

  await Promise.all(
    writers.map(async (one, index) => {
      for (let round = 0; round < 6; round += 1) await one.append([`{"id":"${index}-${round}"}`]);
    }),
  );

  expect(new Set(entriesOf()).size).toBe(30);
  expect(entriesOf()).toHaveLength(30);
  expect(await check()).toEqual({ segments: 30, entries: 30, findings: [] });
});

describe.each(['before', 'after'] as const)('a crash %s the call', (moment) => {
  test.each(['put', 'get', 'move'] as const)('of %s loses nothing, and the same batch again adds nothing twice', async (operation) => {
    await fill(1);
    // Another process stands in the way, so that a writer has to read what is there.
    const stale = writer();
    await stale.append(['{"id":"s"}']);
    await writer().append(['{"id":"t"}']);
    let down = true;
    bucket.weather = (when, what) => {
      if (down && when === moment && what === operation) throw Object.assign(new Error('down'), { name: 'TimeoutError' });
    };
    const lines = ['{"id":"x"}', '{"id":"y"}'];
    const move = heads.move;
    heads.move = async (name, from, to) => {
      if (down && operation === 'move' && moment === 'before') throw new Error('down');
      const moved = await move.call(heads, name, from, to);
      if (down && operation === 'move') throw new Error('down');
      return moved;
    };

    await expect(stale.append(lines)).rejects.toThrow('down');
    down = false;
    expect((await check()).findings).toEqual([]);
    await stale.append(lines);

    const ids = entriesOf();
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toEqual(expect.arrayContaining(lines));
    expect((await check()).findings).toEqual([]);
  });
});

describe('of what was done to it, the check names', () => {
  const bytesOf = (sequence: number) => bucket.objects.get(keyOf(sequence)) as Buffer;
  const set = (sequence: number, bytes: Buffer | undefined) =>
    bytes === undefined ? bucket.objects.delete(keyOf(sequence)) : bucket.objects.set(keyOf(sequence), bytes);

  test('each single flipped byte of any segment, and the segment', async () => {
    await fill(3);
    for (const sequence of [1, 2, 3]) {
      const whole = bytesOf(sequence);
      for (let at = 0; at < whole.length; at += 1) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] as number) ^ 1;
        set(sequence, damaged);

        const { findings } = await check();

        expect(findings.map(({ object }) => object)).toContain(keyOf(sequence));
        expect(findings.every(({ object }) => object === keyOf(sequence))).toBe(true);
      }
      set(sequence, whole);
    }
  });

  test('the line that was changed', async () => {
    await fill(3);
    set(2, Buffer.from(bytesOf(2).toString().replace('"b2"', '"B2"')));

    expect((await check()).findings).toEqual([{ fault: 'changed', object: keyOf(2), line: 2, words: 'line 2 of segment 2 was changed' }]);
  });

  test('lines in another order, and lines that were taken out', async () => {
    await fill(3);
    const [header, one, two, three] = bytesOf(2).toString().split('\n');
    set(2, Buffer.from([header, one, three, two, ''].join('\n')));
    expect((await check()).findings).toMatchObject([{ fault: 'reordered', object: keyOf(2), line: 2 }]);

    set(2, Buffer.from([header, one, three, ''].join('\n')));
    expect((await check()).findings).toMatchObject([{ fault: 'changed', object: keyOf(2), line: 2 }]);
  });

  test('a change that was made to fit, by what follows it', async () => {
    await fill(3);
    const other = createMemoryBucket();
    const forged = createTrailWriter(trail, { objects: other, heads: memoryHeads(), clock });
    await forged.append(['{"id":"forged"}']);
    set(1, other.objects.get(keyOf(1)));

    expect((await check()).findings).toEqual([
      { fault: 'changed', object: keyOf(1), words: 'segment 1 was changed: what follows it names another hash' },
    ]);
  });

  test('a gap', async () => {
    await fill(5);
    set(3, undefined);

    expect((await check()).findings).toEqual([{ fault: 'missing', object: keyOf(3), words: 'segment 3 is missing' }]);
  });

  test('segments that changed places', async () => {
    await fill(4);
    const [second, third] = [bytesOf(2), bytesOf(3)];
    set(2, third);
    set(3, second);

    expect((await check()).findings).toMatchObject([
      { fault: 'moved', object: keyOf(3) },
      { fault: 'moved', object: keyOf(2) },
    ]);
  });

  test('a missing tail, by the head', async () => {
    await fill(5);
    set(5, undefined);
    set(4, undefined);

    expect((await check()).findings).toEqual([
      { fault: 'missing-tail', object: keyOf(4), words: 'the trail ends before 4, its head says 5' },
    ]);
    for (const sequence of [1, 2, 3]) set(sequence, undefined);
    expect((await check()).findings).toMatchObject([{ fault: 'missing-tail', object: keyOf(1) }]);
  });

  test('a missing beginning, unless it may have expired', async () => {
    await fill(4);
    set(1, undefined);
    set(2, undefined);

    expect((await check()).findings).toEqual([{ fault: 'missing', object: keyOf(1), words: 'segments 1 to 2 are missing' }]);
    expect((await check({ expiredBeforeMs: clock.now() + 1 })).findings).toEqual([]);
    expect((await check({ expiredBeforeMs: clock.now() - 1 })).findings).toHaveLength(1);
  });

  test('what goes on from somewhere else', async () => {
    await fill(2);
    const other = createMemoryBucket();
    const otherHeads = memoryHeads();
    const forged = createTrailWriter(trail, { objects: other, heads: otherHeads, clock });
    for (const id of ['1', '2', '3']) await forged.append([`{"id":"${id}"}`]);
    set(3, other.objects.get(keyOf(3)));

    expect((await check()).findings).toMatchObject([{ fault: 'forked', object: keyOf(3) }]);
  });
});
