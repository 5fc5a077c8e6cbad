/**
 * The table as one call's life sees it: pages with money, slots and tokens, an entry for each attempt, and the attempt's record.
 * Each operation is one conditional write, named as in `docs/ledger.md`.
 */
import { layout } from '../explore.mjs';

export const RECORD = { NONE: 0, SETTLED: 1, VOID: 2, EXPIRED: 3, ADJUSTED: 4 };
export const RECORD_NAMES = ['none', 'settled', 'void', 'expired_charged', 'adjusted'];
/** Where an attempt's process stands. */
export const STEP = { ADMIT: 0, VOID: 1, FREE: 2, STREAM: 3, SETTLE: 4, CLOSE: 5, END: 6, DEAD: 7 };
export const STEP_NAMES = ['admits', 'voids', 'frees', 'streams', 'settles', 'closes', 'has ended', 'is dead'];
/** What time it is for an attempt. */
export const TIME = { BEFORE_S: 0, PAST_S: 1, PAST_X: 2, PAST_RETENTION: 3 };
export const REPLY = { NONE: 0, YES: 1, REFUSED: 2, LOST: 3 };
export const ENTRY = { NONE: 0, OPEN: 1, KEPT: 2 };
/** What the network may still deliver of an attempt's puts. */
export const ON_ITS_WAY = { SETTLED: 1, VOID: 2 };
/** What the search remembers of an attempt, and nobody else. */
export const GHOST = { DIED_UNSENT: 1, CAME_LATE: 2, WAS_COMPLETE: 4, HEARD: 8, TRIED_AGAIN: 16, REFUSED: 32, ANEW: 64 };
/** What every attempt sets aside, of money and of tokens. */
export const W = 2;
/** Amounts may fall below zero, bytes do not. */
export const ZERO = 64;
export const NOBODY = 255;

export function createTable(config) {
  const { attempts, pages, limits, slots, tokens, listed, is } = config;
  const bytes = layout();
  const REVOKED = bytes.one();
  const ROW_GENERATION = bytes.one();
  const page = bytes.many(pages, { LEFT: 1, LIMIT: 1, GENERATION: 1, DUE: 1, SLOTS: 1, WINDOW: 1, TOKENS: 1 });
  const attempt = bytes.many(attempts, {
    TIME: 1,
    RECORD: 1,
    COST: 1,
    /** 0: not sent; 1: sent; 2 + what the process charges for it. */
    BILL: 1,
    /** What the providers bill for all sends that have ended. */
    TRUE: 1,
    /** 1 + what the process charges for the first of two sends. */
    FIRST: 1,
    QUEUED: 1,
    QUEUED_TIMES: 1,
    GHOST: 1,
    STEP: 1,
    PLAN: 1,
    ROWS: 1,
    PUT: 1,
    REPLY: pages,
    ENTRY: pages,
    /** Of its tokens: 1 + the window. */
    WINDOW: pages,
    /** Tries at a reserve that are on their way, as bits. */
    LATE_RESERVE: pages,
    /** Tries so far, the one whose entry is there, and the one that the record tells of. */
    TRIES: pages,
    TRY: pages,
    TOLD: pages,
    /** 1 + cost. */
    LATE_CLOSE: pages,
    /** 1 + what the page took for good. */
    TOOK: pages,
    DONE: 2 * pages,
  });
  const helper = { WHO: 0, MODE: 1, AT: 2 };
  const healers = bytes.many(config.healers, { WHO: 1, MODE: 1, AT: 1 });
  const consumers = bytes.many(config.consumers, { WHO: 1, MODE: 1, AT: 1 });

  const initial = new Uint8Array(bytes.size);
  for (let k = 0; k < pages; k++) {
    initial[page(k) + page.LEFT] = initial[page(k) + page.LIMIT] = limits[k][0] + ZERO;
    initial[page(k) + page.SLOTS] = slots;
    initial[page(k) + page.TOKENS] = tokens + ZERO;
  }
  for (const row of [healers, consumers]) for (let at = row.first; at < row.end; at += row.stride) initial[at] = NOBODY;

  const lists = (a, k) => listed === undefined || listed[a].includes(k);
  const entry = (s, a, k) => s[attempt(a) + attempt.ENTRY + k];
  const billed = (s, a) => s[attempt(a) + attempt.BILL] - 2;
  const record = (s, a) => s[attempt(a) + attempt.RECORD];
  const stray = (a, k) => is('another shard under the same id') && a === 0 && k === pages - 1;
  function complete(s, a) {
    for (let k = 0; k < pages; k++) {
      const elsewhere = k > 0 && stray(a, pages - 1) && entry(s, a, pages - 1);
      if (lists(a, k) && !entry(s, a, k) && !elsewhere) return false;
    }
    return true;
  }

  /** R, the move to a newer budget with it. Only the first page's level ever changes. */
  function reserve(s, a, k, number = 1) {
    const p = page(k);
    const plan = k === 0 ? s[attempt(a) + attempt.PLAN] : 0;
    let left = s[p + page.LEFT];
    let limit = s[p + page.LIMIT];
    const moves = k === 0 && s[p + page.GENERATION] !== plan;
    if (moves) {
      if (s[p + page.GENERATION] > plan && !is('an old plan moves a page back')) return false;
      [left, limit] = moved(s, plan);
    }
    const lacks = left - ZERO < W || (slots && !s[p + page.SLOTS]) || (tokens && s[p + page.TOKENS] - ZERO < W);
    if (lacks || entry(s, a, k)) return false;
    s[p + page.LEFT] = left - W;
    s[p + page.LIMIT] = limit;
    if (moves) s[p + page.GENERATION] = plan;
    if (slots) s[p + page.SLOTS]--;
    if (tokens) {
      s[p + page.TOKENS] -= W;
      s[attempt(a) + attempt.WINDOW + k] = 1 + s[p + page.WINDOW];
    }
    s[attempt(a) + attempt.ENTRY + k] = ENTRY.OPEN;
    s[attempt(a) + attempt.TRY + k] = number;
    if (!is('reserve does not set due')) s[p + page.DUE] = 1;
    if (complete(s, a)) s[attempt(a) + attempt.GHOST] |= GHOST.WAS_COMPLETE;
    return true;
  }

  function moved(s, generation) {
    const to = limits[0][generation] + ZERO;
    const from = is('moves a budget by the last difference') ? limits[0][generation - 1] + ZERO : s[page(0) + page.LIMIT];
    return [s[page(0) + page.LEFT] + to - from, to];
  }

  /** E (cost 0) and C: needs the entry; from `o`, from `k`, or from wherever it is. */
  function close(s, a, k, cost, from = ENTRY.NONE) {
    const p = page(k);
    const found = entry(s, a, k);
    if (!found && (!is('closes without an entry') || s[attempt(a) + attempt.TOOK + k] === 0)) return false;
    if (from && found && found !== from) return false;
    const isStray = strayTry(s, a, k);
    if (slots && (found === ENTRY.OPEN || is('a kept token gives its slot back again'))) s[p + page.SLOTS]++;
    s[p + page.LEFT] += W - cost;
    if (tokens) {
      const same = s[attempt(a) + attempt.WINDOW + k] === 1 + s[p + page.WINDOW];
      if (same || is('tokens go back into another window')) s[p + page.TOKENS] += W - cost;
    }
    s[attempt(a) + attempt.ENTRY + k] = ENTRY.NONE;
    if (!isStray) s[attempt(a) + attempt.TOOK + k] = 1 + cost;
    return true;
  }

  /** An entry that came back: a try at the same reserve which nobody heard of, and which came after the close. */
  function strayTry(s, a, k) {
    if (config.tries === 1 || entry(s, a, k) === ENTRY.NONE) return false;
    const told = s[attempt(a) + attempt.TOLD + k];
    return told === 0 ? s[attempt(a) + attempt.TOOK + k] !== 0 : s[attempt(a) + attempt.TRY + k] !== told;
  }

  /** K: the slot goes back, money and tokens stay. */
  function keep(s, a, k) {
    if (entry(s, a, k) !== ENTRY.OPEN && !(is('keeps without a condition') && !entry(s, a, k))) return;
    if (slots) s[page(k) + page.SLOTS]++;
    if (tokens && is('tokens are given back with the slot')) s[page(k) + page.TOKENS] += W;
    s[attempt(a) + attempt.ENTRY + k] = ENTRY.KEPT;
  }

  /** V, D and X. */
  function put(s, a, state, cost, over = false) {
    if (record(s, a) !== RECORD.NONE && !over) return false;
    s[attempt(a) + attempt.RECORD] = state;
    s[attempt(a) + attempt.COST] = cost;
    return true;
  }

  /** A. */
  function adjust(s, a, cost) {
    return record(s, a) === RECORD.EXPIRED && put(s, a, RECORD.ADJUSTED, cost, true);
  }

  /** D, and what it finds. Answers what cannot be. */
  function settle(s, a) {
    const found = record(s, a);
    if (found === RECORD.VOID) return 'a settlement meets a void';
    if (!adjust(s, a, billed(s, a))) put(s, a, RECORD.SETTLED, billed(s, a));
    return undefined;
  }

  /** V, and what it finds. Answers whether the pages follow, and what cannot be. */
  function unsent(s, a) {
    const found = record(s, a);
    const over = is('void overwrites');
    if (found === RECORD.SETTLED && !over) return { wrong: 'an unsent call is settled' };
    if (found === RECORD.EXPIRED && is('says nothing to expired_charged')) return { stops: true };
    if (over || !adjust(s, a, 0)) put(s, a, RECORD.VOID, 0, over);
    return {};
  }

  const toldCost = (s, a) => (record(s, a) === RECORD.NONE ? 0 : s[attempt(a) + attempt.COST]);
  const ownCost = (s, a) => (is('closes by its own cost') && s[attempt(a) + attempt.BILL] >= 2 ? billed(s, a) : toldCost(s, a));
  /** Of a page: what another try took costs nothing. */
  const isAnyTry = is('closes another try at the cost of its record') || is('closes whichever try is there');
  const costOf = (s, a, k) => (strayTry(s, a, k) && !isAnyTry ? 0 : ownCost(s, a));

  return {
    ...{ bytes, REVOKED, ROW_GENERATION, page, attempt, helper, healers, consumers, initial },
    ...{ lists, stray, entry, billed, record, complete, costOf, strayTry },
    ...{ reserve, moved, close, keep, put, adjust, settle, unsent },
  };
}
