/**
 * Periods that end while a page has shards. A shard belongs to one start of every period; a parcel and a back hold an amount of each.
 * Clients' clocks are behind and ahead.
 */
import { layout } from './explore.mjs';

const ZERO = 16;
const BACK = 8;

export const START_MISTAKES = {
  onePeriod: ['a shard rolls', 'L1 without the start', 'B2 without the start'],
  twoPeriods: ['L1 asks for one start', 'B2 asks for one start', 'B2 is all or nothing'],
};

const DEFAULTS = { limits: [2, 2], mostReserves: 3, mostParcels: 3 };

export function startModel(options) {
  const config = { ...DEFAULTS, ...options };
  const { limits } = config;
  const is = (mistake) => config.mistake === mistake;
  const periods = limits.map((_limit, period) => period);
  const count = periods.length;
  /** A bit for each period: whether it is the second. */
  const starts = Array.from({ length: 1 << count }, (_unused, bits) => bits);
  const startOf = (bits, p) => (bits >> p) & 1;
  const bytes = layout();
  const ENDED = bytes.many(count, { YES: 1 });
  const root = bytes.many(count, { START: 1, LEFT: 1, SPENT: 2 });
  const RESERVES = bytes.one();
  const PARCELS = bytes.one();
  /** One for each set of starts; `OPEN` and `ROOT_OPEN` by the starts that the entries took from. */
  const shard = bytes.many(starts.length, { MADE: 1, PARCEL: 1, LEFT: count, BACK: count, ROOT_OPEN: 1, OPEN: starts.length });

  const initial = new Uint8Array(bytes.size);
  for (const p of periods) initial[root(p) + root.LEFT] = limits[p] + ZERO;
  for (const bits of starts) for (const p of periods) initial[shard(bits) + shard.LEFT + p] = ZERO;

  /** Whether the root's periods are a shard's, for a mistake that looks at none or only at the first. */
  const isCurrent = (s, bits, p) => s[root(p) + root.START] === startOf(bits, p);

  function reserves(s, bits, add) {
    const n = s.slice();
    let took = 0;
    for (const p of periods) {
      if (n[root(p) + root.START] < startOf(bits, p)) {
        n[root(p) + root.START] = 1;
        n[root(p) + root.LEFT] = limits[p] + ZERO;
      }
      took |= n[root(p) + root.START] << p;
    }
    if (periods.every((p) => n[root(p) + root.LEFT] > ZERO)) {
      for (const p of periods) n[root(p) + root.LEFT]--;
      n[shard(took) + shard.ROOT_OPEN]++;
      n[RESERVES]++;
      add(`reserves on the root, starts ${took}`, n);
    }
    const h = shard(bits);
    if (s[h + shard.MADE] && periods.every((p) => s[h + shard.LEFT + p] > ZERO)) {
      const m = s.slice();
      for (const p of periods) m[h + shard.LEFT + p]--;
      m[h + shard.OPEN + bits]++;
      m[RESERVES]++;
      add(`reserves on shard ${bits}`, m);
    }
    if (!is('a shard rolls') || !s[shard(0) + shard.MADE] || bits === 0) return;
    const m = s.slice();
    for (const p of periods) m[shard(0) + shard.LEFT + p] = limits[p] - 1 + ZERO;
    m[shard(0) + shard.OPEN + bits]++;
    m[RESERVES]++;
    add('rolls shard 0', m);
  }

  function closes(s, bits, add) {
    for (const cost of [0, 1]) {
      if (s[shard(bits) + shard.ROOT_OPEN]) {
        const n = s.slice();
        n[shard(bits) + shard.ROOT_OPEN]--;
        for (const p of periods) {
          n[root(p) + root.SPENT + startOf(bits, p)] += cost;
          if (isCurrent(s, bits, p)) n[root(p) + root.LEFT] += 1 - cost;
        }
        add(`closes on the root, starts ${bits}, cost ${cost}`, n);
      }
      for (const took of starts) {
        if (!s[shard(bits) + shard.OPEN + took]) continue;
        const n = s.slice();
        n[shard(bits) + shard.OPEN + took]--;
        for (const p of periods) {
          n[root(p) + root.SPENT + startOf(took, p)] += cost;
          n[shard(bits) + shard.LEFT + p] += 1 - cost;
        }
        add(`closes on shard ${bits}, cost ${cost}`, n);
      }
    }
  }

  function moves(s, bits, add) {
    const h = shard(bits);
    const current = periods.map((p) => isCurrent(s, bits, p));
    const lends = is('L1 without the start') || (is('L1 asks for one start') ? current[0] : current.every(Boolean));
    if (lends && !s[h + shard.PARCEL] && s[PARCELS] < config.mostParcels && periods.every((p) => s[root(p) + root.LEFT] > ZERO)) {
      const n = s.slice();
      for (const p of periods) n[root(p) + root.LEFT]--;
      n[h + shard.PARCEL] = 1;
      n[PARCELS]++;
      add(`L1: one for shard ${bits}`, n);
    }
    if (s[h + shard.PARCEL]) {
      const n = s.slice();
      n[h + shard.PARCEL] = 0;
      n[h + shard.MADE] = 1;
      for (const p of periods) n[h + shard.LEFT + p]++;
      add(`L2 and L3: shard ${bits} takes it`, n);
    }
    if (s[h + shard.MADE] && !s[h + shard.BACK] && periods.some((p) => s[h + shard.LEFT + p] !== ZERO)) {
      const n = s.slice();
      for (const p of periods) {
        n[h + shard.BACK + p] = s[h + shard.LEFT + p] - ZERO + BACK;
        n[h + shard.LEFT + p] = ZERO;
      }
      add(`B1: shard ${bits} sends all home`, n);
    }
    if (s[h + shard.BACK]) {
      const n = s.slice();
      for (const p of periods) {
        const receives = is('B2 is all or nothing')
          ? current.every(Boolean)
          : current[p] || is('B2 without the start') || (is('B2 asks for one start') && current[0]);
        if (receives) n[root(p) + root.LEFT] += s[h + shard.BACK + p] - BACK;
        n[h + shard.BACK + p] = 0;
      }
      add(`B2 and B3: the root receives it`, n);
    }
  }

  function next(s, add) {
    for (const p of periods) {
      if (s[ENDED(p)]) continue;
      const n = s.slice();
      n[ENDED(p)] = 1;
      add(`period ${p} ends`, n);
    }
    for (const bits of starts) {
      if (s[RESERVES] < config.mostReserves) reserves(s, bits, add);
      closes(s, bits, add);
      moves(s, bits, add);
    }
  }

  function check(s) {
    const wrong = [];
    for (const p of periods) {
      const now = s[root(p) + root.START];
      const used = [s[root(p) + root.SPENT], s[root(p) + root.SPENT + 1]];
      let sum = s[root(p) + root.LEFT] - ZERO + used[now];
      for (const bits of starts) {
        const h = shard(bits);
        const open = [0, 0];
        for (const took of starts) open[startOf(took, p)] += s[h + shard.OPEN + took];
        open[startOf(bits, p)] += s[h + shard.ROOT_OPEN];
        for (const start of [0, 1]) used[start] += open[start];
        sum += open[now];
        if (startOf(bits, p) !== now) continue;
        sum += s[h + shard.LEFT + p] - ZERO + s[h + shard.PARCEL];
        if (s[h + shard.BACK]) sum += s[h + shard.BACK + p] - BACK;
      }
      if (sum !== limits[p]) wrong.push(`period ${p} holds ${sum} of ${limits[p]}`);
      if (used.some((uses) => uses > limits[p])) wrong.push(`period ${p} is overspent`);
    }
    return wrong;
  }

  return { initial, next, check };
}
