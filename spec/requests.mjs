/**
 * One request on two counters: admission with lost and late writes, a process that may stop at any step, two sweepers that stall
 * between reading and writing, settlements that come late and twice. In every reachable state the rest may die: a sweep must then put
 * everything right. `mistakes` switches parts of the protocol to what broke it.
 */
const BOUND = 2;
const LIMIT = 2;
const COUNTERS = [0, 1];
/** Writes of admission: one for each counter, then the intent. */
const INTENT = 2;
const FINAL = ['settled', 'void', 'adjusted'];

export const REQUEST_MISTAKES = [
  'releases before the record is void',
  'releases although the void was never acknowledged',
  'sweeps only what has an entry',
  'sweeps only what has a record',
  'drops a token without a decision of the record',
  'returns the money of a dead request',
  'overwrites a void with an intent',
  'settles whatever the record says',
  'closes without an entry',
  'sends although an answer is missing',
  'sends after the expiry',
  'charges what its process says was not sent',
];

export function requestModel(mistake) {
  const is = (name) => mistake === name;

  const initial = {
    record: 'none',
    cost: 0,
    counters: COUNTERS.map(() => ({ remaining: LIMIT, entry: 'none' })),
    wire: [true, true, true],
    heard: [false, false, false],
    refused: false,
    /** The table has heard that nothing was sent. */
    told: false,
    phase: 'admitting',
    billed: -1,
    late: false,
    seen: ['', ''],
  };

  const held = (state, index) => state.counters[index].entry !== 'none';
  const everywhere = (state) => COUNTERS.every((index) => held(state, index));

  function decide(state, before, after, cost) {
    if (!before.includes(state.record)) return false;
    if (FINAL.includes(state.record) && state.record !== after) state.broken = `a final record changed from ${state.record} to ${after}`;
    state.record = after;
    state.cost = cost;
    return true;
  }

  function close(state, index, amount) {
    const counter = state.counters[index];
    if (counter.entry === 'none' && !is('closes without an entry')) return false;
    counter.remaining += BOUND - amount;
    counter.entry = 'none';
    return true;
  }

  function arrive(state, write, answered) {
    state.wire[write] = false;
    if (write === INTENT) {
      if (state.record === 'none') state.record = 'intent';
      else if (is('overwrites a void with an intent')) decide(state, ['void'], 'intent', 0);
      else return;
    } else {
      const counter = state.counters[write];
      if (counter.remaining < BOUND) return;
      counter.remaining -= BOUND;
      counter.entry = 'open';
    }
    if (answered) state.heard[write] = true;
  }

  /** What a sweeper reads, and what it then does on the condition of what it read. */
  function look(state) {
    const some = COUNTERS.some((index) => held(state, index));
    if (is('sweeps only what has an entry') && !some) return '';
    if (is('sweeps only what has a record') && state.record === 'none') return '';
    if (state.record === 'none') return some ? 'none' : '';
    if (state.record === 'intent') return everywhere(state) ? 'complete' : 'missing';
    return '';
  }

  function act(state, seen) {
    if (seen === 'none') return decide(state, ['none', 'intent', 'void'], 'void', 0);
    if (seen === 'missing') return decide(state, ['intent'], 'void', 0);
    if (is('returns the money of a dead request')) return decide(state, ['intent'], 'void', 0);
    return decide(state, ['intent'], 'expired', BOUND);
  }

  function settle(state) {
    if (is('settles whatever the record says'))
      return decide(state, ['intent', 'void', 'expired', 'settled', 'adjusted'], 'settling', state.billed);
    return decide(state, ['intent'], 'settling', state.billed) || decide(state, ['expired'], 'adjusting', state.billed);
  }

  /** Helpers' steps: anyone may do them at any time. Each answers whether it changed anything. */
  const helpers = {
    follow: (state, index) => ['settling', 'adjusting'].includes(state.record) && close(state, index, state.cost),
    conclude: (state) =>
      !COUNTERS.some((index) => held(state, index)) &&
      (decide(state, ['settling'], 'settled', state.cost) || decide(state, ['adjusting'], 'adjusted', state.cost)),
    giveBack: (state, index) => state.late && state.record === 'void' && close(state, index, 0),
    park: (state, index) => {
      if (state.record !== 'expired' || state.counters[index].entry !== 'open') return false;
      state.counters[index].entry = 'parked';
      return true;
    },
    adjust: (state, index) => {
      if (state.record !== 'expired') return false;
      if (is('drops a token without a decision of the record')) return close(state, index, BOUND);
      return decide(state, ['expired'], 'adjusting', BOUND);
    },
  };

  function next(state) {
    const found = [];
    const add = (action, change) => {
      const after = structuredClone(state);
      if (change(after) !== false) found.push([action, after]);
    };
    state.wire.forEach((flying, write) => {
      if (!flying) return;
      add(`write ${write} arrives`, (after) => arrive(after, write, true));
      add(`write ${write} arrives, its answer is lost`, (after) => arrive(after, write, false));
      if (write !== INTENT) {
        add(`counter ${write} refuses`, (after) => {
          after.wire[write] = false;
          after.refused = true;
        });
      }
    });
    if (state.phase === 'admitting') {
      const heard = is('sends although an answer is missing') ? state.heard.some(Boolean) : state.heard.every(Boolean);
      if (heard && (!state.late || is('sends after the expiry'))) {
        for (const bill of [0, 1, BOUND]) {
          add(`sends, billed ${bill}`, (after) => {
            after.phase = 'sent';
            after.billed = bill;
            if (!everywhere(after) || !['intent', 'expired'].includes(after.record))
              after.broken = 'sent without an open reservation and a record';
          });
        }
      }
      const early = is('releases before the record is void') || is('releases although the void was never acknowledged');
      add('gives up', (after) => {
        after.phase = early ? 'releasing' : 'voiding';
      });
    }
    if (state.phase === 'voiding') {
      for (const phase of ['releasing', 'dead']) {
        add('voids', (after) => {
          if (!decide(after, ['none', 'intent', 'void'], 'void', 0)) return false;
          after.phase = phase;
          after.told = phase === 'releasing';
          return true;
        });
      }
      add('says that nothing was sent', (after) => {
        const cost = is('charges what its process says was not sent') ? BOUND : 0;
        if (!decide(after, ['expired'], 'adjusting', cost)) return false;
        after.phase = 'releasing';
        after.told = true;
        return true;
      });
    }
    // Where a counter has refused, nobody can find the request complete: its money may go before the record is void.
    if (state.phase === 'releasing' || (state.phase === 'voiding' && state.refused)) {
      for (const index of COUNTERS) add(`releases ${index}`, (after) => close(after, index, 0));
      if (is('releases before the record is void')) add('voids at last', (after) => decide(after, ['none', 'intent', 'void'], 'void', 0));
    }
    if (state.billed >= 0) add('settles', settle);
    for (const [name, step] of Object.entries(helpers))
      for (const index of COUNTERS) add(`${name} ${index}`, (after) => step(after, index));
    if (!state.late) {
      add('expires', (after) => {
        after.late = true;
      });
    }
    for (const sweeper of [0, 1]) {
      if (state.late && state.seen[sweeper] === '') {
        add(`sweeper ${sweeper} looks`, (after) => {
          after.seen[sweeper] = look(after);
          return after.seen[sweeper] !== '';
        });
      }
      if (state.seen[sweeper] !== '') {
        add(`sweeper ${sweeper} acts`, (after) => {
          const seen = after.seen[sweeper];
          after.seen[sweeper] = '';
          act(after, seen);
        });
      }
    }
    return found;
  }

  /** Everybody dies, what is on the wire arrives or is lost for ever, and then one sweeper runs until it finds nothing. */
  function heal(state, arrives) {
    const after = structuredClone(state);
    after.late = true;
    after.wire.forEach((flying, write) => {
      if (flying && arrives) arrive(after, write, false);
    });
    for (let round = 0; round < 4; round++) {
      const seen = look(after);
      if (seen !== '') act(after, seen);
      for (const name of ['giveBack', 'park', 'adjust', 'follow', 'conclude']) for (const index of COUNTERS) helpers[name](after, index);
    }
    return after;
  }

  function check(state) {
    for (const { remaining, entry } of state.counters) {
      if (remaining < 0 || remaining + (entry === 'none' ? 0 : BOUND) > LIMIT) return `a counter holds ${remaining} and ${entry}`;
    }
    return settled(state, heal(state, true)) ?? settled(state, heal(state, false));
  }

  function settled(state, after) {
    if (after.broken) return after.broken;
    if (after.record !== 'none' && !FINAL.includes(after.record)) return `left in ${after.record}`;
    if (state.told && after.cost !== 0) return `nothing was sent, charged ${after.cost}`;
    if (state.billed > after.cost) return `billed ${state.billed}, charged ${after.cost}`;
    for (const { remaining, entry } of after.counters) {
      if (entry !== 'none') return 'an entry is left';
      if (LIMIT - remaining !== after.cost) return `a counter took ${LIMIT - remaining}, the record says ${after.cost}`;
    }
    return undefined;
  }

  return { initial, next, check };
}
