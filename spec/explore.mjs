/**
 * Visits every state that a model can reach, breadth first.
 *
 * A model is `{ initial, next, check, atRest?, alike? }` over states of bytes (`Uint8Array`). `next(state, add)` calls
 * `add(action, state, wrong?)` for each step that somebody may take, `check(state)` lists what a state breaks, `atRest(state)` what it
 * breaks if nobody who is under way goes on. `alike(state)` gives one form, in place, to states that differ in names only.
 */

/** States are kept in several sets: one of JavaScript's holds 16 million at most. */
const SETS = 16;

/**
 * @returns the number of states, or the shortest way to a broken one
 * @throws Error when there are more states than that
 */
export function explore(model, mostStates = 15_000_000) {
  const { initial, next, check, atRest, alike } = model;
  const seen = Array.from({ length: SETS }, () => new Set());
  const states = [];
  const cameFrom = [];
  const actions = [];
  let wrong;

  const keyOf = (state) => Buffer.from(state.buffer, state.byteOffset, state.length).toString('latin1');
  function visit(key, from, action) {
    let hash = 0;
    for (let index = 0; index < key.length; index++) hash = (hash * 31 + key.charCodeAt(index)) | 0;
    const set = seen[hash & (SETS - 1)];
    if (set.has(key)) return;
    set.add(key);
    states.push(key);
    cameFrom.push(from);
    actions.push(action);
  }
  function traceTo(index) {
    const trace = [];
    for (let at = index; at > 0; at = cameFrom[at]) trace.unshift(actions[at]);
    return trace;
  }

  visit(keyOf(initial), -1, '');
  const state = new Uint8Array(initial.length);
  for (let index = 0; index < states.length; index++) {
    const key = states[index];
    for (let byte = 0; byte < state.length; byte++) state[byte] = key.charCodeAt(byte);
    const broken = check(state)[0] ?? atRest?.(state)[0];
    if (broken !== undefined) return { states: states.length, wrong: broken, trace: traceTo(index) };
    next(state, (action, after, mistake) => {
      if (mistake) wrong ??= { wrong: mistake, trace: [...traceTo(index), action] };
      alike?.(after);
      visit(keyOf(after), index, action);
    });
    if (wrong !== undefined) return { states: states.length, ...wrong };
    if (states.length > mostStates) throw new Error(`more than ${mostStates} states: the model has grown too large to search`);
  }
  return { states: states.length };
}

/** Names the bytes of a state: `one()` and `many(count, { NAME: bytes })` answer where they are. */
export function layout() {
  let size = 0;
  return {
    get size() {
      return size;
    },
    one() {
      return size++;
    },
    /** A row of records of the same bytes: `records(index) + records.NAME`. */
    many(count, fields) {
      const first = size;
      let stride = 0;
      const offsets = {};
      for (const [name, bytes] of Object.entries(fields)) {
        offsets[name] = stride;
        stride += bytes;
      }
      size += count * stride;
      return Object.assign((index) => first + index * stride, offsets, { stride, first, end: size });
    },
  };
}
