/** Who ends what others left: healers (a refused caller, the sweeper) and the queue's consumers. Each may stall or stop between two steps. */
import { MESSAGE } from './process.mjs';
import { ENTRY, NOBODY, RECORD, RECORD_NAMES, TIME, W } from './table.mjs';

/** What a healer is about to do. */
const MODE = { READ: 1, CLOSE: 2, KEEP: 3, LOOK: 4, VOID: 5, EXPIRE: 6, ADJUST: 7, UNDUE: 8, FREE: 9, DROP: 10, KEEP_FIRST: 11 };
const SOMEBODY = 254;
const DECIDED = 4;

export function createHelpers(config, table, process) {
  const { attempts, pages, is } = config;
  const { page, attempt, helper, healers, consumers, record, lists, entry } = table;
  const { closings, pageAt, fromAt } = process;

  const at = (s, o, who, mode, index) => {
    const n = s.slice();
    n[o + helper.WHO] = who;
    n[o + helper.MODE] = mode;
    n[o + helper.AT] = index;
    return n;
  };
  const idle = (s, o) => at(s, o, NOBODY, 0, 0);
  const closeNext = (n, a, index) => table.close(n, a, pageAt(index), table.costOf(n, a, pageAt(index)), fromAt(index));

  /** Entries that keep a page in the index. */
  function holds(s, k) {
    for (let a = 0; a < attempts; a++) {
      const found = entry(s, a, k);
      if (found && !(is('U looks into o only') && found === ENTRY.KEPT)) return true;
    }
    return false;
  }

  function begins(s, o, name, add) {
    for (let a = 0; a < attempts; a++) {
      const time = s[attempt(a) + attempt.TIME];
      let open = false;
      let kept = false;
      for (let k = 0; k < pages; k++) {
        if (!s[page(k) + page.DUE]) continue;
        open ||= entry(s, a, k) === ENTRY.OPEN;
        kept ||= entry(s, a, k) === ENTRY.KEPT;
      }
      // What is decided may be closed by anyone at any time.
      const decided = config.early && (record(s, a) === RECORD.SETTLED || record(s, a) === RECORD.VOID);
      const due =
        (open && decided) || (open && (time >= TIME.PAST_S || is('heals before s + 60 s'))) || (kept && time === TIME.PAST_RETENTION);
      if (due) add(`${name} meets a${a}`, at(s, o, a, MODE.READ, 0));
    }
    if (!config.undue) return;
    for (let k = 0; k < pages; k++)
      if (s[page(k) + page.DUE] && !holds(s, k)) add(`${name} sees page ${k} empty`, at(s, o, SOMEBODY, MODE.UNDUE, k));
  }

  function reads(s, o, a, name, add) {
    const found = record(s, a);
    const late = s[attempt(a) + attempt.TIME] === TIME.PAST_RETENTION;
    const mode = found === RECORD.NONE ? MODE.LOOK : found !== RECORD.EXPIRED ? MODE.CLOSE : late ? MODE.ADJUST : MODE.KEEP;
    add(`${name} reads ${RECORD_NAMES[found]}`, at(s, o, a, mode, 0));
    if (is('reads records by eventual consistency') && found) add(`${name} reads an old nothing`, at(s, o, a, MODE.LOOK, 0));
  }

  function looks(s, o, a, index, name, add) {
    const time = s[attempt(a) + attempt.TIME];
    if (index < pages) {
      const there = !lists(a, index) || entry(s, a, index);
      const waits = is('waits for x before it frees') && time < TIME.PAST_X;
      const after = there ? at(s, o, a, MODE.LOOK, index + 1) : waits ? idle(s, o) : at(s, o, a, MODE.VOID, 0);
      add(`${name} looks at page ${index}: ${there ? 'there' : 'lacking'}`, after);
      if (is('reads pages by eventual consistency') && there) add(`${name} looks at an old page ${index}`, at(s, o, a, MODE.VOID, 0));
    } else if (time >= TIME.PAST_X || is('heals before s + 60 s') || is('charges at s + 60 s')) {
      const mode = is('returns the money of a dead call') ? MODE.VOID : is('K before X') ? MODE.KEEP_FIRST : MODE.EXPIRE;
      add(`${name} finds all there`, at(s, o, a, mode, 0));
    } else add(`${name} finds that it may live`, idle(s, o));
  }

  function voids(s, o, a, name, add) {
    if (is('frees without a void')) return add(`${name} frees`, at(s, o, a, MODE.FREE, 0));
    if (is('frees after a second look at the record'))
      return add(`${name} looks again`, record(s, a) ? idle(s, o) : at(s, o, a, MODE.FREE, 0));
    if (config.voidLost) {
      const m = idle(s, o);
      table.put(m, a, RECORD.VOID, 0);
      add(`${name} voids a${a}, no answer, and stops`, m);
    }
    const n = at(s, o, a, is('closes although its void failed') ? MODE.FREE : MODE.CLOSE, 0);
    const done = table.put(n, a, RECORD.VOID, 0, is('void overwrites') || is('puts without a condition'));
    add(`${name} voids a${a}: ${done}`, done || is('closes although its void failed') ? n : idle(n, o));
  }

  /** Does something on one page after the other, then what comes then. */
  function onEach(s, o, a, count, doOne, then, name, what, add) {
    const index = s[o + helper.AT];
    if (index >= count) return add(`${name} is done with ${what}`, then(s));
    const n = at(s, o, a, s[o + helper.MODE], index + 1);
    doOne(n, index);
    add(`${name} ${what} a${a}, step ${index}`, n);
  }

  function heals(s, index, add) {
    const o = healers(index);
    const name = `healer ${index}`;
    const a = s[o + helper.WHO];
    if (a === NOBODY) {
      if (index === 0 || s[healers(index - 1) + helper.WHO] !== NOBODY) begins(s, o, name, add);
      return;
    }
    const mode = s[o + helper.MODE];
    if (mode !== MODE.READ && config.stops) add(`${name} stops`, idle(s, o));
    const each = (doOne, then, what, count = pages) => onEach(s, o, a, count, doOne, then, name, what, add);
    const end = (n) => idle(n, o);
    if (mode === MODE.UNDUE) {
      const n = idle(s, o);
      const k = s[o + helper.AT];
      if (!holds(s, k) || is('takes due without a condition')) n[page(k) + page.DUE] = 0;
      add(`${name} takes page ${k} out of the index`, n);
    } else if (mode === MODE.READ) reads(s, o, a, name, add);
    else if (mode === MODE.LOOK) looks(s, o, a, s[o + helper.AT], name, add);
    else if (mode === MODE.VOID) voids(s, o, a, name, add);
    else if (mode === MODE.CLOSE) each((n, at) => closeNext(n, a, at), end, 'closes', closings);
    else if (mode === MODE.KEEP) each((n, k) => table.keep(n, a, k), end, 'keeps');
    else if (mode === MODE.FREE) each((n, k) => table.close(n, a, k, 0), end, 'frees');
    else if (mode === MODE.DROP) each((n, k) => table.close(n, a, k, W), end, 'drops');
    else if (mode === MODE.KEEP_FIRST) {
      const expires = (x) => {
        const n = idle(x, o);
        table.put(n, a, RECORD.EXPIRED, W);
        return n;
      };
      each((n, k) => table.keep(n, a, k), expires, 'keeps before X');
    } else if (mode === MODE.EXPIRE) {
      const n = at(s, o, a, MODE.KEEP, 0);
      const done = table.put(n, a, RECORD.EXPIRED, W, is('puts without a condition'));
      if (done) for (let k = 0; k < pages; k++) n[attempt(a) + attempt.TOLD + k] = n[attempt(a) + attempt.TRY + k];
      add(`${name} charges a${a}: ${done}`, done ? n : idle(n, o));
    } else if (is('drops a token without the record')) add(`${name} drops tokens of a${a}`, at(s, o, a, MODE.DROP, 0));
    else {
      const n = at(s, o, a, MODE.CLOSE, 0);
      const done = table.adjust(n, a, W);
      add(`${name} adjusts a${a}: ${done}`, done ? n : idle(n, o));
    }
  }

  /** Messages are delivered at least once, in any order. */
  function consumes(s, index, add) {
    const o = consumers(index);
    const name = `consumer ${index}`;
    const a = s[o + helper.WHO];
    if (a === NOBODY) {
      if (index > 0 && s[consumers(index - 1) + helper.WHO] === NOBODY) return;
      for (let b = 0; b < attempts; b++) {
        const message = s[attempt(b) + attempt.QUEUED];
        if (!message) continue;
        const n = at(s, o, b, message, 0);
        if (is('deletes the message first')) n[attempt(b) + attempt.QUEUED] = 0;
        add(`${name} takes the message of a${b}`, n);
      }
      return;
    }
    if (config.stops) add(`${name} stops`, idle(s, o));
    const mode = s[o + helper.MODE];
    const step = s[o + helper.AT];
    const n = at(s, o, a, mode | DECIDED, step);
    if (!(mode & DECIDED)) {
      const { wrong, stops } = mode === MESSAGE.SETTLE ? { wrong: table.settle(n, a) } : table.unsent(n, a);
      add(`${name} tells the record of a${a}`, stops ? idle(n, o) : n, wrong);
    } else if (step < closings) {
      n[o + helper.AT]++;
      closeNext(n, a, step);
      add(`${name} closes a${a}, step ${step}`, n);
    } else {
      const m = idle(s, o);
      const q = attempt(a);
      if (m[q + attempt.QUEUED]) {
        m[q + attempt.QUEUED_TIMES]--;
        if (!m[q + attempt.QUEUED_TIMES]) m[q + attempt.QUEUED] = 0;
      }
      add(`${name} deletes the message of a${a}`, m);
    }
  }

  return {
    heals,
    next(s, add) {
      for (let index = 0; index < config.healers; index++) heals(s, index, add);
      for (let index = 0; index < config.consumers; index++) consumes(s, index, add);
    },
  };
}
