import fc from 'fast-check';
import { type Range, SortedMap } from '../../../local/dynamodb/sorted-map';

/** What the map must answer, the slow way. */
function expected(model: ReadonlyMap<string, number>, range: Range): [string, number][] {
  const entries = [...model].sort(([left], [right]) => (left < right ? -1 : 1));
  if (range.reverse) entries.reverse();
  const within = entries.filter(
    ([key]) =>
      (range.gt === undefined || key > range.gt) &&
      (range.gte === undefined || key >= range.gte) &&
      (range.lt === undefined || key < range.lt) &&
      (range.lte === undefined || key <= range.lte),
  );
  return range.limit === undefined || range.limit < 0 ? within : within.slice(0, range.limit);
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '~'), maxLength: 4 });
const range = fc.record(
  { gt: key, gte: key, lt: key, lte: key, reverse: fc.boolean(), limit: fc.integer({ min: -1, max: 5 }) },
  { requiredKeys: [] },
);

test('reads as a sorted list does, whatever was put and removed', () => {
  const step = fc.tuple(key, fc.option(fc.integer(), { nil: undefined }));

  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), range, (steps, bounds) => {
      const map = new SortedMap<number>();
      const model = new Map<string, number>();
      for (const [name, value] of steps) {
        if (value === undefined) {
          map.delete(name);
          model.delete(name);
        } else {
          map.set(name, value);
          model.set(name, value);
        }
      }

      expect([...map.entries(bounds)]).toEqual(expected(model, bounds));
      expect(map.size).toBe(model.size);
    }),
  );
});

test('keeps order over many blocks, also while they empty', () => {
  const map = new SortedMap<number>();
  const model = new Map<string, number>();
  for (let index = 0; index < 5_000; index += 1) {
    const name = ((index * 7_919) % 5_000).toString(36).padStart(4, '0');
    map.set(name, index);
    model.set(name, index);
  }
  for (const name of [...model.keys()].filter((_, index) => index % 3 !== 0)) {
    map.delete(name);
    model.delete(name);
  }

  expect([...map.entries()]).toEqual(expected(model, {}));
  expect([...map.entries({ reverse: true, lt: '02', limit: 40 })]).toEqual(expected(model, { reverse: true, lt: '02', limit: 40 }));
});
