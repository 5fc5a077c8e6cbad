/**
 * Visits every state that a model can reach, breadth first.
 *
 * A model is `{ initial, next(state), check(state) }`: `next` lists `[action, state]` pairs, `check` names what a state breaks.
 *
 * @returns the number of states, or the shortest way to a broken one
 */
export function explore(model, mostStates = 2_000_000) {
  const first = JSON.stringify(model.initial);
  const cameFrom = new Map([[first, undefined]]);
  let frontier = [first];
  while (frontier.length > 0) {
    const reached = [];
    for (const key of frontier) {
      const state = JSON.parse(key);
      const wrong = state.broken ?? model.check(state);
      if (wrong) return { states: cameFrom.size, wrong, trace: traceTo(cameFrom, key) };
      for (const [action, after] of model.next(state)) {
        const name = JSON.stringify(after);
        if (cameFrom.has(name)) continue;
        cameFrom.set(name, [key, action]);
        reached.push(name);
      }
    }
    if (cameFrom.size > mostStates) throw new Error(`more than ${mostStates} states: the model has grown too large to search`);
    frontier = reached;
  }
  return { states: cameFrom.size };
}

function traceTo(cameFrom, key) {
  const trace = [];
  for (let step = cameFrom.get(key); step !== undefined; step = cameFrom.get(step[0])) trace.unshift(step[1]);
  return trace;
}
