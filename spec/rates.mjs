/**
 * A rate that moves between a page and its shards: each has a share of it and a mark of its own, as GCRA has it. Whoever gains a share
 * begins with an empty bucket; so in no window do all of them together admit more than twice the limit, as one bucket would.
 */
import { layout } from './explore.mjs';

export const RATE_MISTAKES = ['a shard begins with a full bucket', 'the root keeps its bucket with a share that came home'];

/** In ticks. Each share admits one request a window; all of them are the limit. The root lends half of them. */
const WINDOW = 4;
const HALF = WINDOW / 2;
const TICKS = 10;
/** Marks may lie before the first tick. */
const FIRST = 8;

export function rateModel(options) {
  const shares = options.shares ?? WINDOW;
  const is = (mistake) => options.mistake === mistake;
  const bytes = layout();
  const NOW = bytes.one();
  const MOVES = bytes.one();
  /** 0: the root; 1: its shard. */
  const item = bytes.many(2, { SHARE: 1, MARK: 1 });
  /** Admitted in each tick. */
  const ADMITTED = bytes.many(TICKS, { COUNT: 1 });

  const initial = new Uint8Array(bytes.size);
  initial[NOW] = FIRST;
  initial[item(0) + item.SHARE] = shares;

  const stepOf = (share) => WINDOW / share;

  function admits(s, i, add) {
    const share = s[item(i) + item.SHARE];
    if (share === 0) return;
    const now = s[NOW];
    const mark = s[item(i) + item.MARK];
    const from = mark < now - HALF ? now : mark;
    const step = stepOf(share);
    if (from > Math.max(now, now + HALF - step)) return;
    const n = s.slice();
    n[item(i) + item.MARK] = from + step;
    n[ADMITTED(now - FIRST)]++;
    add(`${i === 0 ? 'the root' : 'the shard'} admits`, n);
  }

  function moves(s, from, to, add) {
    const given = from === 0 ? shares / 2 : s[item(1) + item.SHARE];
    if (s[MOVES] === 2 || given === 0 || (from === 0 && s[item(0) + item.SHARE] !== shares)) return;
    const n = s.slice();
    n[MOVES]++;
    n[item(from) + item.SHARE] -= given;
    n[item(to) + item.SHARE] += given;
    const keeps = from === 0 ? is('a shard begins with a full bucket') : is('the root keeps its bucket with a share that came home');
    if (!keeps) n[item(to) + item.MARK] = Math.max(s[item(to) + item.MARK], s[NOW] + WINDOW);
    else if (from === 0) n[item(to) + item.MARK] = s[NOW] - HALF;
    add(from === 0 ? 'the shard takes a share' : 'the share comes home', n);
  }

  function next(s, add) {
    if (s[NOW] + 1 < FIRST + TICKS) {
      const n = s.slice();
      n[NOW]++;
      add('a tick passes', n);
    }
    for (const i of [0, 1]) admits(s, i, add);
    moves(s, 0, 1, add);
    moves(s, 1, 0, add);
  }

  function check(s) {
    for (let from = 0; from + WINDOW <= TICKS; from++) {
      let admitted = 0;
      for (let tick = from; tick < from + WINDOW; tick++) admitted += s[ADMITTED(tick)];
      if (admitted > 2 * shares) return [`${admitted} in a window, ${shares} are the limit`];
    }
    return [];
  }

  return { initial, next, check };
}
