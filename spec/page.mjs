/**
 * A page's periods and its level's budgets, in one item: clocks behind and ahead roll periods, plans of every age move the budget, pages
 * are made and deleted, levels are taken away and made again. Each attempt sets 1 aside, on each period of the page.
 */
import { layout } from './explore.mjs';

const ZERO = 32;
/** A page that is not there, as the start of its first period. */
const ABSENT = 9;
const STEP = { NEW: 0, READS: 1, WRITES: 2, HOLDS: 3, ENDED: 4 };

export const PAGE_MISTAKES = {
  anywhere: [
    'rolls back',
    'creates without a condition',
    'rolls whatever it is',
    'a roll drops what is open',
    'refunds into another period',
    'a level made again begins its generations anew',
  ],
  deleted: ['a page is deleted while current', 'a page is deleted when its period ends'],
  twoPeriods: ['who sets g leaves a period', 'E is all or nothing', 'E looks at one period'],
};

const DEFAULTS = {
  attempts: 3,
  /** What the row says at each of its changes: a limit for each period. */
  rows: [[2], [1], [3]],
  costs: [0, 1],
  absent: false,
  deletes: false,
};

export function pageModel(options) {
  const config = { ...DEFAULTS, ...options };
  const { attempts, rows, costs } = config;
  const is = (mistake) => config.mistake === mistake;
  const periods = rows[0].map((_limit, period) => period);
  const two = periods.length;
  const bytes = layout();
  const NOW = bytes.many(two, { ENDED: 1 });
  const ROW = bytes.one();
  const page = bytes.many(two, { START: 1, LEFT: 1, LIMIT: 1 });
  const GENERATION = bytes.one();
  const DELETED = bytes.one();
  const attempt = bytes.many(attempts, {
    STEP: 1,
    ROW: 1,
    START: two,
    SEEN_START: two,
    SEEN_GENERATION: 1,
    ENTRY: 1,
    TOOK_START: two,
    COST: 1,
  });

  /** The last change is of a level that was taken away and made again. */
  const generationOf = (row) => (is('a level made again begins its generations anew') && row === rows.length - 1 ? 0 : row);
  const absent = (s) => s[page(0) + page.START] === ABSENT;
  const clear = (s) => {
    for (const p of periods) {
      s[page(p) + page.START] = ABSENT;
      s[page(p) + page.LEFT] = s[page(p) + page.LIMIT] = ZERO;
    }
    s[GENERATION] = 0;
  };

  const initial = new Uint8Array(bytes.size);
  for (const p of periods) initial[page(p) + page.LEFT] = initial[page(p) + page.LIMIT] = rows[0][p] + ZERO;
  if (config.absent) clear(initial);

  function changes(s, add) {
    for (const p of periods) {
      if (s[NOW(p)]) continue;
      const n = s.slice();
      n[NOW(p)] = 1;
      add(`period ${p} ends`, n);
    }
    if (s[ROW] + 1 < rows.length) {
      const n = s.slice();
      n[ROW]++;
      add('the row has a new budget', n);
    }
    if (!absent(s) && s[GENERATION] < generationOf(s[ROW])) {
      const n = s.slice();
      for (const p of periods) move(n, p, s[ROW]);
      n[GENERATION] = generationOf(s[ROW]);
      add('the page is moved to it', n);
    }
    if (config.deletes && !absent(s)) deletes(s, add);
  }

  function move(n, p, row) {
    n[page(p) + page.LEFT] += rows[row][p] + ZERO - n[page(p) + page.LIMIT];
    n[page(p) + page.LIMIT] = rows[row][p] + ZERO;
  }

  /** A day after the period, when no clock and no plan is in it any more. */
  function deletes(s, add) {
    let held = false;
    let oldPlan = false;
    for (let a = 0; a < attempts; a++) {
      const step = s[attempt(a) + attempt.STEP];
      if (s[attempt(a) + attempt.ENTRY]) held = true;
      if ((step === STEP.READS || step === STEP.WRITES) && s[attempt(a) + attempt.START] === 0) oldPlan = true;
    }
    const soon = is('a page is deleted when its period ends');
    const passed = s[NOW(0)] && s[page(0) + page.START] === 0 && (!oldPlan || soon);
    if (held || !(passed || is('a page is deleted while current'))) return;
    const n = s.slice();
    clear(n);
    n[DELETED] = soon || is('a page is deleted while current') ? 0 : 1;
    add('the page is deleted', n);
  }

  function plans(s, a, add) {
    const o = attempt(a);
    if (a > 0 && s[attempt(a - 1) + attempt.STEP] === STEP.NEW) return;
    for (let row = 0; row <= s[ROW]; row++) {
      for (let starts = s[DELETED] ? (1 << two) - 1 : 0; starts < 1 << two; starts++) {
        const n = s.slice();
        n[o + attempt.STEP] = STEP.READS;
        n[o + attempt.ROW] = row;
        for (const p of periods) n[o + attempt.START + p] = (starts >> p) & 1;
        add(`a${a} plans by row ${row}, starts ${periods.map((p) => (starts >> p) & 1)}`, n);
      }
    }
  }

  function end(n, o) {
    n[o + attempt.STEP] = STEP.ENDED;
    for (let byte = attempt.ROW; byte < attempt.stride; byte++) n[o + byte] = 0;
  }

  /** R in its first form; where it is refused, what ALL_OLD shows decides. */
  function reads(s, a, add) {
    const o = attempt(a);
    const generation = generationOf(s[o + attempt.ROW]);
    const n = s.slice();
    if (!absent(s) && s[GENERATION] > generation) {
      end(n, o);
      return add(`a${a} is stale`, n);
    }
    const older = periods.filter((p) => !absent(s) && s[page(p) + page.START] > s[o + attempt.START + p]);
    if (older.length > 0 && !is('rolls back')) {
      for (const p of older) n[o + attempt.START + p] = s[page(p) + page.START];
      return add(`a${a} learns the newer period`, n);
    }
    const binds = periods.every((p) => s[page(p) + page.START] === s[o + attempt.START + p]) && s[GENERATION] === generation;
    if (!binds) {
      n[o + attempt.STEP] = STEP.WRITES;
      for (const p of periods) n[o + attempt.SEEN_START + p] = s[page(p) + page.START];
      n[o + attempt.SEEN_GENERATION] = s[GENERATION];
      return add(`a${a} sees starts ${periods.map((p) => s[page(p) + page.START])}, generation ${s[GENERATION]}`, n);
    }
    takes(s, n, a, 'reserves', add);
  }

  function takes(s, n, a, what, add, wrong) {
    const o = attempt(a);
    const enough = periods.every((p) => n[page(p) + page.LEFT] > ZERO);
    if (!enough) {
      const m = s.slice();
      end(m, o);
      return add(`a${a} is refused`, m);
    }
    for (const p of periods) {
      n[page(p) + page.LEFT]--;
      n[o + attempt.TOOK_START + p] = n[page(p) + page.START];
      n[o + attempt.START + p] = n[o + attempt.SEEN_START + p] = 0;
    }
    n[o + attempt.STEP] = STEP.HOLDS;
    n[o + attempt.ROW] = n[o + attempt.SEEN_GENERATION] = 0;
    n[o + attempt.ENTRY] = 1;
    add(`a${a} ${what}`, n, wrong);
  }

  /** The roll, the move, the first write of a page: on condition of what was seen. The entries stay. */
  function writes(s, a, add) {
    const o = attempt(a);
    const row = s[o + attempt.ROW];
    const generation = generationOf(row);
    const seen =
      periods.every((p) => s[page(p) + page.START] === s[o + attempt.SEEN_START + p]) && s[GENERATION] === s[o + attempt.SEEN_GENERATION];
    const anyhow = is('rolls whatever it is') || (is('creates without a condition') && s[o + attempt.SEEN_START] === ABSENT);
    const n = s.slice();
    if (!seen && !anyhow) {
      n[o + attempt.STEP] = STEP.READS;
      for (const p of periods) n[o + attempt.SEEN_START + p] = 0;
      n[o + attempt.SEEN_GENERATION] = 0;
      return add(`a${a} comes too late to roll`, n);
    }
    const rolls = periods.filter((p) => absent(s) || s[page(p) + page.START] !== s[o + attempt.START + p]);
    for (const p of periods) {
      if (rolls.includes(p)) {
        n[page(p) + page.START] = s[o + attempt.START + p];
        n[page(p) + page.LEFT] = n[page(p) + page.LIMIT] = rows[row][p] + ZERO;
      } else if (s[GENERATION] !== generation && !(is('who sets g leaves a period') && rolls.length > 0)) move(n, p, row);
    }
    n[GENERATION] = generation;
    if (rolls.length > 0 && is('a roll drops what is open')) for (let b = 0; b < attempts; b++) n[attempt(b) + attempt.ENTRY] = 0;
    const olderPeriod = periods.some((p) => n[page(p) + page.START] < s[page(p) + page.START])
      ? 'a page went back to an older period'
      : undefined;
    const olderBudget = generation < s[GENERATION] ? 'a page went back to an older budget' : undefined;
    takes(s, n, a, 'rolls, moves or makes the page', add, absent(s) ? undefined : (olderPeriod ?? olderBudget));
  }

  /** C: each period for itself; where another has begun, the entry goes without its money. */
  function closes(s, a, add) {
    const o = attempt(a);
    const same = periods.map((p) => s[page(p) + page.START] === s[o + attempt.TOOK_START + p]);
    for (const cost of costs) {
      const n = s.slice();
      n[o + attempt.STEP] = STEP.ENDED;
      n[o + attempt.COST] = s[o + attempt.ENTRY] ? 1 + cost : 0;
      n[o + attempt.ENTRY] = 0;
      for (const p of periods) {
        const anyhow = is('refunds into another period') || is('E looks at one period');
        const gives = is('E is all or nothing') ? same.every(Boolean) : same[p] || anyhow;
        if (s[o + attempt.ENTRY] && gives) n[page(p) + page.LEFT] += 1 - cost;
      }
      add(`a${a} closes, cost ${cost}`, n, s[o + attempt.ENTRY] ? undefined : 'a call lost its entry');
    }
  }

  const steps = [plans, reads, writes, closes, () => {}];

  function next(s, add) {
    changes(s, add);
    for (let a = 0; a < attempts; a++) steps[s[attempt(a) + attempt.STEP]](s, a, add);
  }

  function check(s) {
    const wrong = [];
    const sameAgain = rows.map((_limits, row) => row).filter((row) => row <= s[ROW] && generationOf(row) === s[GENERATION]);
    for (const p of periods) {
      const start = s[page(p) + page.START];
      let sum = s[page(p) + page.LEFT] - ZERO;
      const used = [0, 0];
      for (let a = 0; a < attempts; a++) {
        const o = attempt(a);
        if (s[o + attempt.STEP] < STEP.HOLDS) continue;
        const uses = s[o + attempt.ENTRY] ? 1 : Math.max(0, s[o + attempt.COST] - 1);
        const took = s[o + attempt.TOOK_START + p];
        used[took] += uses;
        if (took === start) sum += uses;
      }
      if (sum !== s[page(p) + page.LIMIT] - ZERO) wrong.push(`period ${p} holds ${sum} of ${s[page(p) + page.LIMIT] - ZERO}`);
      if (rows.length === 1 && used.some((uses) => uses > rows[0][p])) wrong.push('a period is overspent');
      if (!absent(s) && sameAgain.some((row) => rows[row][p] !== s[page(p) + page.LIMIT] - ZERO))
        wrong.push('generation and limit do not agree');
    }
    return wrong;
  }

  return { initial, next, check };
}
