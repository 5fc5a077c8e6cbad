import fc from 'fast-check';
import { isoTime } from '../../../../lambda/platform/runtime';

test('moments are written as a date writes itself, in whatever order they come', () => {
  const moment = fc.oneof(
    fc.integer({ min: -1e12, max: 4e12 }),
    fc.integer({ min: 1_795_000_000_000, max: 1_795_000_003_000 }),
    fc.double({ min: 0, max: 2e12, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 20 }), (moments) => {
      for (const ms of moments) expect(isoTime(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 500 },
  );
});
