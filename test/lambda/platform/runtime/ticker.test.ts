import fc from 'fast-check';
import { createTicker, type Watcher } from '../../../../lambda/platform/runtime/ticker';

const clock = { now: () => 0, monotonic: () => 7 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What one watcher does at a tick: leaves itself, makes another leave, or nothing. */
const behaviour = fc.record({ at: fc.nat(9), leaves: fc.option(fc.nat(9)) });

test('whoever watches is told at every tick, and nobody else, whoever comes and leaves meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 30 }), fc.array(behaviour, { maxLength: 5 }), (moves, behaviours) => {
      const ticker = createTicker(clock, 10);
      const told: number[] = [];
      const leaving = new Map(behaviours.map(({ at, leaves }) => [at, leaves]));
      const watchers: Watcher[] = Array.from({ length: 10 }, (_unused, id) => ({
        tick(nowMs) {
          expect(nowMs).toBe(7);
          told.push(id);
          const other = leaving.get(id);
          if (other !== undefined && other !== null) ticker.unwatch(watchers[other] as Watcher);
        },
      }));
      const watching = new Set<number>();
      for (const id of moves) {
        if (watching.delete(id)) ticker.unwatch(watchers[id] as Watcher);
        else {
          watching.add(id);
          ticker.watch(watchers[id] as Watcher);
        }
      }

      jest.advanceTimersByTime(10);
      const left = new Set([...watching].flatMap((id) => leaving.get(id) ?? []));
      // Those who were made to leave in the middle may have been told before.
      expect(new Set(told.filter((id) => !left.has(id)))).toEqual(new Set([...watching].filter((id) => !left.has(id))));

      const first = told.length;
      leaving.clear();
      jest.advanceTimersByTime(10);
      const remaining = told.slice(first);
      expect(new Set(remaining).size).toBe(remaining.length);
      for (const id of watching) ticker.unwatch(watchers[id] as Watcher);
      jest.advanceTimersByTime(20);
      expect(jest.getTimerCount()).toBe(0);
    }),
  );
});
