/**
 * Money between a page's root and its shards, without transactions: parcels out (L1, L2, L3) and everything back (B1, B2, B3), by movers
 * that stall or die between any two writes. A shard belongs to one generation of the budget; one of the past is retired once it is empty,
 * and then forgotten by its root.
 */
import { layout } from './explore.mjs';

const ZERO = 32;
/** What goes home may be below zero, too. */
const BACK = 8;
const NOBODY = 255;
const MOST_PARCELS = 4;
/** A shard's number when it takes no parcel any more. */
const RETIRED = 200;

const MODE = { LENDS_OR_GATHERS: 1, L2: 2, L3: 3, READS_SHARD: 4, READS_ROOT: 5, B2: 7, B3: 8, RETIRES: 9, FORGETS: 10 };

export const SHARD_MISTAKES = {
  generations: ['sh by index serves every generation'],
  anywhere: [
    'a new budget keeps its shards',
    'gathers over a back',
    'adds a parcel without its number',
    'clears a parcel before it arrived',
    'clears any parcel',
    'takes a parcel for a receipt',
    'receives without the number',
    'clears a back before it is received',
    'clears any back',
  ],
  retiring: ['retires a shard that has money', 'retires a shard that has entries', 'retires by an old look at the root'],
  unbudgeted: ['a page moves before its shards come home'],
  belowZero: ['lends what the root does not have', 'gathers no more than nothing'],
};

const DEFAULTS = {
  /** Generation that each shard belongs to. */
  of: [0],
  movers: 2,
  limits: [3],
  parcels: [1, 2],
  /** Each reservation is of 1. */
  costs: [0, 1],
  mostReserves: 3,
  mostOpen: 2,
  /** Old shards are retired. */
  retires: false,
  /** The first generation counts and refuses nothing; whoever is planned by rows of the past is not sent. */
  unbudgeted: false,
};

export function shardModel(options) {
  const config = { ...DEFAULTS, ...options };
  const { of, limits, costs } = config;
  const is = (mistake) => config.mistake === mistake;
  const indexes = of.map((_generation, index) => index);
  const bytes = layout();
  const ROW = bytes.one();
  const LEFT = bytes.one();
  const GENERATION = bytes.one();
  const OPEN = bytes.one();
  const SPENT = bytes.one();
  /** What was spent above what was set aside: nobody could know. */
  const EXCESS = bytes.one();
  const RESERVES = bytes.one();
  const root = bytes.many(of.length, { NUMBER: 1, PARCEL: 1 });
  const shard = bytes.many(of.length, { LEFT: 1, SEEN: 1, BACK: 1, OPEN: 1 });
  const mover = bytes.many(config.movers, { SHARD: 1, MODE: 1, NUMBER: 1, AMOUNT: 1 });

  const initial = new Uint8Array(bytes.size);
  initial[LEFT] = limits[0] + ZERO;
  for (const i of indexes) initial[shard(i) + shard.LEFT] = ZERO;
  for (let m = 0; m < config.movers; m++) initial[mover(m)] = NOBODY;

  const rootOf = (i) => root(is('sh by index serves every generation') ? 0 : i);
  const numberAt = (i) => rootOf(i) + root.NUMBER;
  const parcelAt = (i) => rootOf(i) + root.PARCEL;
  const shardsOpen = (s) => indexes.reduce((sum, i) => sum + s[shard(i) + shard.OPEN], 0);
  const used = (s) => s[SPENT] + s[OPEN] + shardsOpen(s);

  function changesBudget(s, add) {
    if (s[ROW] + 1 < limits.length) {
      const n = s.slice();
      n[ROW]++;
      add('the row has a new budget', n);
    }
    const isHome = (i) => of[i] >= s[ROW] || (s[shard(i) + shard.LEFT] >= ZERO && !s[shard(i) + shard.BACK]);
    const home = !config.unbudgeted || is('a page moves before its shards come home') || indexes.every(isHome);
    if (s[GENERATION] < s[ROW] && home) {
      const n = s.slice();
      n[LEFT] += limits[s[ROW]] - limits[s[GENERATION]];
      n[GENERATION] = s[ROW];
      add('the root is moved to it', n);
    }
  }

  /** Some know the row as it is, some as it was. */
  function reserves(s, add) {
    if (s[RESERVES] >= config.mostReserves || s[OPEN] + shardsOpen(s) >= config.mostOpen) return;
    for (let generation = config.unbudgeted ? s[ROW] : 0; generation <= s[ROW]; generation++) {
      const free = config.unbudgeted && generation === 0;
      const takes = (left, open, where) => {
        const n = s.slice();
        n[left]--;
        n[open]++;
        n[RESERVES]++;
        const current = generation === s[ROW] && s[GENERATION] === generation;
        const over = current && !free && used(n) > limits[generation] + s[EXCESS];
        add(`reserves on ${where} (generation ${generation})`, n, over ? 'reserved above the budget' : undefined);
      };
      if (s[GENERATION] === generation && (free || s[LEFT] > ZERO)) takes(LEFT, OPEN, 'the root');
      for (const i of indexes) {
        const own = of[i] === generation || is('a new budget keeps its shards');
        if (own && (free || s[shard(i) + shard.LEFT] > ZERO)) takes(shard(i) + shard.LEFT, shard(i) + shard.OPEN, `shard ${i}`);
      }
    }
  }

  function closes(s, add) {
    for (const cost of costs) {
      const closesOn = (left, open, where) => {
        if (!s[open]) return;
        const n = s.slice();
        n[open]--;
        n[left] += 1 - cost;
        n[SPENT] += cost;
        n[EXCESS] += Math.max(0, cost - 1);
        add(`closes on ${where}, cost ${cost}`, n);
      };
      closesOn(LEFT, OPEN, 'the root');
      for (const i of indexes) closesOn(shard(i) + shard.LEFT, shard(i) + shard.OPEN, `shard ${i}`);
    }
  }

  function moves(s, m, add) {
    const o = mover(m);
    const i = s[o];
    const name = `mover ${m}`;
    const to = (mode, number = 0, amount = 0, which = i) => {
      const n = s.slice();
      n[o + mover.SHARD] = which;
      n[o + mover.MODE] = mode;
      n[o + mover.NUMBER] = number;
      n[o + mover.AMOUNT] = amount;
      return n;
    };
    const idle = (n) => {
      n[o] = NOBODY;
      n.fill(0, o + 1, o + mover.stride);
      return n;
    };
    if (i === NOBODY) {
      if (m > 0 && s[mover(m - 1)] === NOBODY) return;
      for (const j of indexes) {
        const [number, parcel] = [s[numberAt(j)], s[parcelAt(j)]];
        const old = of[j] < s[GENERATION];
        if (config.retires && number && !parcel && (old || is('retires by an old look at the root')))
          add(`${name} looks at an old loan`, to(MODE.RETIRES, number, 0, j));
        if (parcel) add(`${name} meets a parcel`, to(MODE.L2, number, parcel, j));
        else if (number < MOST_PARCELS) add(`${name} reads the root`, to(MODE.LENDS_OR_GATHERS, number, 0, j));
        else if (s[shard(j) + shard.BACK]) add(`${name} looks for a back`, to(MODE.READS_SHARD, 0, 0, j));
      }
      return;
    }
    add(`${name} stops`, idle(s.slice()));
    steps[s[o + mover.MODE]](s, { i, name, number: s[o + mover.NUMBER], amount: s[o + mover.AMOUNT], to, idle }, add);
  }

  const steps = {
    [MODE.LENDS_OR_GATHERS](s, { i, name, number, to }, add) {
      const h = shard(i);
      for (const amount of config.parcels) {
        const enough = s[LEFT] - ZERO >= amount || is('lends what the root does not have');
        if (!enough || s[numberAt(i)] !== number || (s[GENERATION] !== of[i] && !is('a new budget keeps its shards'))) continue;
        const n = to(MODE.L2, number + 1, amount);
        n[LEFT] -= amount;
        n[numberAt(i)] = number + 1;
        n[parcelAt(i)] = amount;
        add(`${name} L1: parcel ${number + 1} of ${amount} for shard ${i}`, n);
      }
      if (s[h + shard.BACK]) add(`${name} meets a back`, to(MODE.READS_SHARD));
      if ((s[h + shard.BACK] && !is('gathers over a back')) || s[h + shard.LEFT] === ZERO) return;
      const n = to(MODE.READS_SHARD);
      const left = s[h + shard.LEFT] - ZERO;
      n[h + shard.BACK] = BACK + (is('gathers no more than nothing') ? Math.max(0, left) : left);
      n[h + shard.LEFT] = ZERO;
      add(`${name} B1: shard ${i} sends ${left} home`, n);
    },
    [MODE.L2](s, { i, name, number, amount, to }, add) {
      const seen = s[shard(i) + shard.SEEN];
      if (seen === number - 1 || (is('adds a parcel without its number') && seen >= number - 1)) {
        const n = to(MODE.L3, number, amount);
        n[shard(i) + shard.LEFT] += amount;
        n[shard(i) + shard.SEEN] = Math.max(number, seen);
        add(`${name} L2: shard ${i} takes parcel ${number}`, n);
      } else if (seen >= number) add(`${name} finds the parcel taken`, to(MODE.L3, number, amount));
      else add(`${name} finds a back before the parcel`, to(MODE.READS_SHARD));
      if (is('clears a parcel before it arrived')) add(`${name} clears early`, to(MODE.L3, number, amount));
    },
    [MODE.L3](s, { i, name, number, idle }, add) {
      const n = idle(s.slice());
      if (s[parcelAt(i)] && (s[numberAt(i)] === number || is('clears any parcel'))) n[parcelAt(i)] = 0;
      add(`${name} L3: the root clears parcel ${number}`, n);
    },
    [MODE.READS_SHARD](s, { i, name, to, idle }, add) {
      const h = shard(i);
      if (s[h + shard.BACK]) add(`${name} reads shard ${i}`, to(MODE.READS_ROOT, s[h + shard.SEEN], s[h + shard.BACK]));
      else add(`${name} finds no back`, idle(s.slice()));
    },
    [MODE.READS_ROOT](s, { i, name, number, amount, to }, add) {
      const parcel = s[parcelAt(i)] ? 1 : 0;
      const received = s[numberAt(i)] - parcel > number || (is('takes a parcel for a receipt') && s[numberAt(i)] > number);
      if (received) add(`${name} sees that the back was received`, to(MODE.B3, number, amount));
      else if (parcel) add(`${name} sees that a parcel comes first`, to(MODE.L2, s[numberAt(i)], s[parcelAt(i)]));
      else add(`${name} sees that the back is not received`, to(MODE.B2, number, amount));
    },
    [MODE.B2](s, { i, name, number, amount, to }, add) {
      if (s[numberAt(i)] === number || is('receives without the number')) {
        const n = to(MODE.B3, number, amount);
        n[LEFT] += amount - BACK;
        n[numberAt(i)] = number + 1;
        add(`${name} B2: the root receives ${amount - BACK}`, n);
      } else add(`${name} comes too late to receive`, to(MODE.READS_SHARD));
      if (is('clears a back before it is received')) add(`${name} clears early`, to(MODE.B3, number, amount));
    },
    [MODE.B3](s, { i, name, number, idle }, add) {
      const h = shard(i);
      const n = idle(s.slice());
      if (s[h + shard.BACK] && (s[h + shard.SEEN] === number || is('clears any back'))) {
        n[h + shard.BACK] = 0;
        n[h + shard.SEEN] = is('clears any back') ? s[h + shard.SEEN] + 1 : number + 1;
      }
      add(`${name} B3: shard ${i} clears its back`, n);
    },
    [MODE.RETIRES](s, { i, name, number, to, idle }, add) {
      const h = shard(i);
      const empty = s[h + shard.LEFT] === ZERO || is('retires a shard that has money');
      const unused = s[h + shard.OPEN] === 0 || is('retires a shard that has entries');
      if (!empty || !unused || s[h + shard.BACK] || of[i] >= s[GENERATION]) return add(`${name} leaves shard ${i}`, idle(s.slice()));
      const n = to(MODE.FORGETS, number);
      n[h + shard.SEEN] = RETIRED;
      add(`${name} retires shard ${i}`, n);
    },
    [MODE.FORGETS](s, { i, name, number, idle }, add) {
      const n = idle(s.slice());
      if (s[numberAt(i)] === number && !s[parcelAt(i)]) n[numberAt(i)] = 0;
      add(`${name} lets the root forget shard ${i}`, n);
    },
  };

  function next(s, add) {
    changesBudget(s, add);
    reserves(s, add);
    closes(s, add);
    for (let m = 0; m < config.movers; m++) moves(s, m, add);
  }

  function check(s) {
    const wrong = [];
    let sum = s[LEFT] - ZERO + s[SPENT] + s[OPEN];
    for (const i of indexes) {
      const h = shard(i);
      const [number, parcel, seen] = [s[numberAt(i)], s[parcelAt(i)], s[h + shard.SEEN]];
      sum += s[h + shard.LEFT] - ZERO + s[h + shard.OPEN];
      if (parcel && seen < number) sum += parcel;
      if (s[h + shard.BACK] && number - (parcel ? 1 : 0) <= seen) sum += s[h + shard.BACK] - BACK;
      if (seen === RETIRED && (s[h + shard.LEFT] !== ZERO || s[h + shard.OPEN] || s[h + shard.BACK]))
        wrong.push('a retired shard holds something');
      if (s[h + shard.LEFT] < ZERO && s[EXCESS] === 0 && !config.unbudgeted) wrong.push('a shard is below zero');
    }
    if (sum !== limits[s[GENERATION]]) wrong.push(`root, shards and parcels hold ${sum} of ${limits[s[GENERATION]]}`);
    if (limits.length === 1 && used(s) > limits[0] + s[EXCESS]) wrong.push('overspent');
    return wrong;
  }

  /** All movers have died: whoever comes brings every parcel and back home. */
  function atRest(s) {
    for (let m = 0; m < config.movers; m++) if (s[mover(m)] !== NOBODY) return [];
    const n = s.slice();
    for (const i of indexes) {
      const h = shard(i);
      for (let steps = 0; n[parcelAt(i)] || n[h + shard.BACK]; steps++) {
        if (steps > 2 * MOST_PARCELS) return ['a parcel cannot be brought home'];
        const parcel = n[parcelAt(i)];
        if (n[h + shard.BACK] && n[numberAt(i)] - (parcel ? 1 : 0) > n[h + shard.SEEN]) {
          n[h + shard.SEEN]++;
          n[h + shard.BACK] = 0;
        } else if (parcel && n[h + shard.SEEN] === n[numberAt(i)] - 1) {
          n[h + shard.LEFT] += parcel;
          n[h + shard.SEEN]++;
        } else if (parcel) n[parcelAt(i)] = 0;
        else {
          n[LEFT] += n[h + shard.BACK] - BACK;
          n[numberAt(i)]++;
        }
      }
    }
    return check(n).map((wrong) => `brought home: ${wrong}`);
  }

  return { initial, next, check, atRest };
}
