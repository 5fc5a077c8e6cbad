/**
 * The life of calls: attempts at admission, a send, a settlement, what dies, who heals. Time is three thresholds: `s` + 60 s, `x`, the
 * end of the queue's retention.
 */
import { createHelpers } from './helpers.mjs';
import { createProcess } from './process.mjs';
import { createPromises } from './promises.mjs';
import { createTable, GHOST, NOBODY, ON_ITS_WAY, RECORD, STEP, TIME, W, ZERO } from './table.mjs';

const DEFAULTS = {
  attempts: 1,
  pages: 2,
  /** By page, then by generation of its level. */
  limits: [[2], [2]],
  /** What a provider may bill; each attempt sets 2 aside. */
  costs: [0, 1, 2],
  /** Bound of one send. */
  most: W,
  healers: 2,
  consumers: 2,
  /** Times that the queue delivers a message. */
  deliveries: 2,
  /** Of each page; 0: not limited. */
  slots: 0,
  tokens: 0,
  /** Pages that each attempt lists; then the next attempt is the same request's, begun once this one was refused or decided early. */
  listed: undefined,
  /** What may happen. */
  lost: true,
  late: true,
  lateClose: true,
  dies: true,
  stops: true,
  abandons: true,
  undue: true,
  rows: true,
  revoked: false,
  budget: false,
  refuses: false,
  again: false,
  /** Healers look at calls before `s` + 60 s too, and end what is decided. */
  early: false,
  /** At one reserve, under the same id. */
  tries: 1,
  second: false,
  split: false,
  voidLost: false,
};

/** Most of what may happen does not. */
export const CALM = {
  healers: 1,
  consumers: 1,
  rows: false,
  stops: false,
  late: false,
  lateClose: false,
  costs: [1],
  undue: false,
  abandons: false,
};

export function callModel(options) {
  const is = (mistake) => options.mistake === mistake;
  const config = { ...DEFAULTS, ...options, is };
  const { attempts, pages, limits, tokens } = config;
  const table = createTable(config);
  const process = createProcess(config, table);
  const helpers = createHelpers(config, table, process);
  const promises = createPromises(config, table, helpers.heals);
  const { page, attempt, healers, consumers, REVOKED, ROW_GENERATION, record, strayTry } = table;

  function changesRows(s, add) {
    if (config.revoked && !s[REVOKED]) {
      const n = s.slice();
      n[REVOKED] = 1;
      add('the key is revoked', n);
    }
    if (!config.budget) return;
    if (s[ROW_GENERATION] + 1 < limits[0].length) {
      const n = s.slice();
      n[ROW_GENERATION]++;
      add('the row has a new budget', n);
    }
    if (s[page(0) + page.GENERATION] < s[ROW_GENERATION]) {
      const n = s.slice();
      [n[page(0) + page.LEFT], n[page(0) + page.LIMIT]] = table.moved(n, s[ROW_GENERATION]);
      n[page(0) + page.GENERATION] = s[ROW_GENERATION];
      add('the page is moved to it', n);
    }
  }

  /** Another request rolls the window. */
  function changesWindows(s, add) {
    if (tokens === 0) return;
    for (let k = 0; k < pages; k++) {
      if (s[page(k) + page.WINDOW]) continue;
      const n = s.slice();
      n[page(k) + page.WINDOW] = 1;
      n[page(k) + page.TOKENS] = tokens + ZERO;
      add(`a window ends on page ${k}`, n);
    }
  }

  function passesTime(s, a, add) {
    const o = attempt(a);
    const time = s[o + attempt.TIME];
    const early = is('forgets before the queue does') || is('a redrive after 15 days');
    const told = early || (!s[o + attempt.QUEUED] && !s[o + attempt.PUT] && !promises.taken(s, a));
    if (time === TIME.PAST_RETENTION || (time === TIME.PAST_X && !(s[o + attempt.STEP] >= STEP.END && told))) return;
    const n = s.slice();
    n[o + attempt.TIME]++;
    add(`time passes for a${a}: ${['s + 60 s', 'x', 'retention'][time]}`, n);
  }

  function delivers(s, a, add) {
    const o = attempt(a);
    for (let k = 0; k < pages; k++) {
      for (let number = 1; number <= config.tries; number++) {
        const bit = 1 << (number - 1);
        if (!(s[o + attempt.LATE_RESERVE + k] & bit)) continue;
        const n = s.slice();
        n[o + attempt.LATE_RESERVE + k] &= ~bit;
        if (table.reserve(n, a, k, number)) n[o + attempt.GHOST] |= GHOST.CAME_LATE;
        add(`try ${number} of a${a} comes late on page ${k}`, n);
      }
      const close = s[o + attempt.LATE_CLOSE + k];
      if (close) {
        const n = s.slice();
        n[o + attempt.LATE_CLOSE + k] = 0;
        const isOurs = record(s, a) === RECORD.VOID || !strayTry(s, a, k) || is('closes whichever try is there');
        if (isOurs) table.close(n, a, k, close - 1);
        add(`a close of a${a} comes late on page ${k}`, n);
      }
    }
    const over = is('puts without a condition');
    for (const [bit, put] of [
      [ON_ITS_WAY.SETTLED, (n) => table.put(n, a, RECORD.SETTLED, table.billed(n, a), over)],
      [ON_ITS_WAY.VOID, (n) => table.put(n, a, RECORD.VOID, 0, over || is('void overwrites'))],
    ]) {
      if (!(s[o + attempt.PUT] & bit)) continue;
      const n = s.slice();
      n[o + attempt.PUT] &= ~bit;
      put(n);
      add(`a record of a${a} comes late`, n);
    }
  }

  function next(s, add) {
    changesRows(s, add);
    changesWindows(s, add);
    for (let a = 0; a < attempts; a++) {
      if (!promises.begun(s, a)) continue;
      passesTime(s, a, add);
      delivers(s, a, add);
      process.next(s, a, add);
    }
    helpers.next(s, add);
  }

  /** Attempts differ in their order only. */
  function alike(s) {
    for (let i = 1; i < attempts; i++) {
      for (let j = i; j > 0; j--) {
        const left = attempt(j - 1);
        const right = attempt(j);
        let order = 0;
        for (let byte = 0; byte < attempt.stride && order === 0; byte++) order = s[left + byte] - s[right + byte];
        if (order <= 0) break;
        for (let byte = 0; byte < attempt.stride; byte++) [s[left + byte], s[right + byte]] = [s[right + byte], s[left + byte]];
        for (const row of [healers, consumers])
          for (let at = row.first; at < row.end; at += row.stride) {
            if (s[at] === NOBODY) continue;
            if (s[at] === j) s[at] = j - 1;
            else if (s[at] === j - 1) s[at] = j;
          }
      }
    }
  }

  const { check, atRest } = promises;
  return { initial: table.initial, next, check, atRest, alike: attempts > 1 && config.listed === undefined ? alike : undefined };
}
