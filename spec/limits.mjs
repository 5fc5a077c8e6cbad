/**
 * A rate whose limit changes: its mark, as GCRA has it, is moved so that as many requests are used of the new limit as were of the old one,
 * though never more than all; what a lowered limit cannot show is remembered until it is raised again.
 */
import { layout } from './explore.mjs';

export const LIMIT_MISTAKES = [
  'a new limit begins with a full bucket',
  'a lowered limit forgets what was more',
  'a raised limit keeps the mark of the lower one',
  'a lowered limit keeps the mark of the higher one',
];

/** In ticks. A limit of 4 is a request a tick. */
const WINDOW = 4;
const HALF = WINDOW / 2;
const TICKS = 9;
/** Marks may lie before the first tick. */
const FIRST = 12;

export function limitModel(options) {
  const { limits } = options;
  const is = (mistake) => options.mistake === mistake;
  const most = Math.max(...limits);
  const bytes = layout();
  const NOW = bytes.one();
  /** How often the limit has changed. */
  const CHANGES = bytes.one();
  const MARK = bytes.one();
  /** Of the highest limit, where a lower one took its place; 0: none. */
  const BEFORE = bytes.one();
  const ADMITTED = bytes.many(TICKS, { COUNT: 1 });

  const initial = new Uint8Array(bytes.size);
  initial[NOW] = FIRST;
  const stepOf = (limit) => WINDOW / limit;
  const limitOf = (s) => limits[s[CHANGES]];

  /** The mark after one more; undefined: it is refused. */
  function taken(s, limit) {
    const now = s[NOW];
    const from = s[MARK] < now - HALF ? now : s[MARK];
    return from > Math.max(now, now + HALF - stepOf(limit)) ? undefined : from + stepOf(limit);
  }

  function changes(s, add) {
    if (s[CHANGES] + 1 === limits.length) return;
    const from = limitOf(s);
    const to = limits[s[CHANGES] + 1];
    const low = s[NOW] - HALF;
    const used = Math.max(0, (s[MARK] - low) / stepOf(from)) + (s[BEFORE] === 0 ? 0 : Math.max(0, (s[BEFORE] - low) / stepOf(most)));
    const n = s.slice();
    n[CHANGES]++;
    n[BEFORE] = 0;
    if (is('a new limit begins with a full bucket')) n[MARK] = low;
    else if (used === 0) n[MARK] = s[NOW];
    else {
      n[MARK] = low + Math.ceil(Math.min(used, to) * stepOf(to));
      const more = used > to && !is('a lowered limit forgets what was more');
      if (more) n[BEFORE] = low + Math.ceil(Math.min(used, most) * stepOf(most));
      const kept =
        to > from ? is('a raised limit keeps the mark of the lower one') : is('a lowered limit keeps the mark of the higher one');
      if (kept) n[MARK] = s[MARK];
    }
    const raised = to > Math.max(...limits.slice(0, s[CHANGES] + 1));
    const lowered = to < from && used >= to && taken(n, to) !== undefined;
    const wrong =
      raised && taken(n, to) === undefined ? 'a raised limit refuses' : lowered ? 'a lowered limit gives more than all' : undefined;
    add(`the limit is ${to}, ${used} are used`, n, wrong);
  }

  function next(s, add) {
    if (s[NOW] + 1 < FIRST + TICKS) {
      const n = s.slice();
      n[NOW]++;
      add('a tick passes', n);
    }
    const mark = taken(s, limitOf(s));
    if (mark !== undefined) {
      const n = s.slice();
      n[MARK] = mark;
      n[ADMITTED(s[NOW] - FIRST)]++;
      add('a request passes', n);
    }
    changes(s, add);
  }

  function check(s) {
    for (let from = 0; from + WINDOW <= TICKS; from++) {
      let admitted = 0;
      for (let tick = from; tick < from + WINDOW; tick++) admitted += s[ADMITTED(tick)];
      if (admitted > 2 * most) return [`${admitted} in a window, ${most} are the highest limit`];
    }
    return [];
  }

  return { initial, next, check };
}
