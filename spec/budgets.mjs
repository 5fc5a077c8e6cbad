/**
 * A budget that is lowered and raised while two processes reserve from its counter, which the first of them creates. Processes remember
 * the level's row as they last read it; an administrator writes the row, then moves the counter, as two helpers do at once.
 */
const BOUND = 2;
const LIMITS = [4, 1, 3];
const ACTORS = [0, 1];

export const BUDGET_MISTAKES = [
  'creates a counter without checking the limit',
  'creates a counter by an old row',
  'moves a budget by the last difference',
];

export function budgetModel(mistake) {
  const is = (name) => mistake === name;
  const initial = {
    generation: 0,
    counter: null,
    /** Generation that every process must respect: the change was acknowledged. */
    acknowledged: 0,
    processes: ACTORS.map(() => ({ known: 0, began: -1, done: 0 })),
    movers: ACTORS.map(() => null),
  };

  /** A reservation that leaves less than nothing, or exceeds a limit that was acknowledged before it began. */
  function judge(state, process) {
    const { counter } = state;
    if (counter.remaining < 0) state.broken = `a reservation left ${counter.remaining}`;
    const used = counter.limit - counter.remaining;
    if (used > LIMITS[process.began] && process.began === state.generation) state.broken = `${used} used of ${LIMITS[process.began]}`;
  }

  function reserve(state, index) {
    const process = state.processes[index];
    const limit = LIMITS[process.known];
    const { counter } = state;
    if (counter === null) {
      const row = is('creates a counter by an old row') ? process.known : state.generation;
      if (row !== process.known) {
        process.known = row;
        return;
      }
      if (LIMITS[row] < BOUND && !is('creates a counter without checking the limit')) {
        process.began = -1;
        return;
      }
      state.counter = { remaining: LIMITS[row] - BOUND, limit: LIMITS[row], generation: row };
    } else if (counter.generation > process.known) {
      process.known = state.generation;
      return;
    } else {
      const change = limit - counter.limit;
      if (counter.remaining + change < BOUND) {
        process.began = -1;
        return;
      }
      counter.remaining += change - BOUND;
      counter.limit = limit;
      counter.generation = process.known;
    }
    judge(state, process);
    process.began = -1;
    process.done++;
  }

  function next(state) {
    const found = [];
    const add = (action, change) => {
      const after = structuredClone(state);
      if (change(after) !== false) found.push([action, after]);
    };
    if (state.generation + 1 < LIMITS.length && state.acknowledged === state.generation) {
      add('the row changes', (after) => {
        after.generation++;
        after.movers = ACTORS.map(() => ({ seen: null }));
      });
    }
    for (const index of ACTORS) {
      const mover = state.movers[index];
      if (mover !== null && mover.seen === null) {
        add(`mover ${index} reads`, (after) => {
          after.movers[index] = { seen: after.counter === null ? 'none' : { ...after.counter } };
        });
      } else if (mover !== null) {
        add(`mover ${index} writes`, (after) => {
          after.movers[index] = null;
          const { seen } = mover;
          const { counter, generation } = after;
          const last = is('moves a budget by the last difference');
          if (seen !== 'none' && counter !== null && (last || (counter.generation === seen.generation && counter.limit === seen.limit))) {
            if (last || seen.generation < generation) {
              counter.remaining += LIMITS[generation] - (last ? LIMITS[generation - 1] : seen.limit);
              counter.limit = LIMITS[generation];
              counter.generation = generation;
            }
          }
          if (after.movers.every((other) => other === null)) after.acknowledged = generation;
        });
      }
      const process = state.processes[index];
      if (process.began < 0 && process.done < 2) {
        add(`process ${index} begins`, (after) => {
          after.processes[index].began = after.acknowledged;
        });
      }
      if (process.began >= 0) add(`process ${index} reserves`, (after) => reserve(after, index));
      if (process.known !== state.generation) {
        add(`process ${index} reads the row`, (after) => {
          after.processes[index].known = after.generation;
        });
      }
    }
    return found;
  }

  function check(state) {
    if (state.counter === null) return undefined;
    const used = BOUND * state.processes.reduce((sum, process) => sum + process.done, 0);
    const counted = state.counter.limit - state.counter.remaining;
    return counted === used ? undefined : `${used} is set aside, the counter says ${counted}`;
  }

  return { initial, next, check };
}
