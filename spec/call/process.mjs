/** The process of an attempt: one round, a send or a retreat, the settlement. It may die at every step, and every answer may be lost. */
import { GHOST, ON_ITS_WAY, RECORD_NAMES, REPLY, STEP, STEP_NAMES, TIME, W, ZERO } from './table.mjs';

export const MESSAGE = { NONE: 0, SETTLE: 1, UNSENT: 2 };

export function createProcess(config, table) {
  const { pages, costs, limits, most, is } = config;
  const { page, attempt, REVOKED, ROW_GENERATION, record, lists, stray, entry, complete } = table;
  const named = (s, a) => RECORD_NAMES[record(s, a)];
  /** C takes two writes: what is not in `o` is closed in `k`; what moves, moves from `o` to `k`. */
  const closings = config.split ? 2 * pages : pages;
  const pageAt = (index) => (config.split ? index >> 1 : index);
  const fromAt = (index) => (config.split ? 1 + ((index & 1) ^ (is('closes k, then o') ? 1 : 0)) : 0);

  function goTo(s, a, step) {
    const n = s.slice();
    const o = attempt(a);
    n[o + attempt.STEP] = step;
    n[o + attempt.ROWS] = REPLY.NONE;
    n[o + attempt.GHOST] &= ~(GHOST.HEARD | GHOST.TRIED_AGAIN);
    for (let k = 0; k < pages; k++) n[o + attempt.REPLY + k] = REPLY.NONE;
    for (let index = 0; index < 2 * pages; index++) n[o + attempt.DONE + index] = 0;
    return n;
  }

  /** What the table does not take goes to the queue. */
  function leave(s, a, message) {
    const n = goTo(s, a, STEP.END);
    const lost = is('the queue loses messages') || (is('a doubtful attempt is not queued') && message === MESSAGE.UNSENT);
    if (!lost) {
      n[attempt(a) + attempt.QUEUED] = message;
      n[attempt(a) + attempt.QUEUED_TIMES] = config.deliveries;
    }
    return n;
  }

  function admits(s, a, add) {
    const o = attempt(a);
    const rows = s[o + attempt.ROWS];
    const planned = s[o + attempt.PLAN] === (config.budget ? s[ROW_GENERATION] : 0);
    const replies = [];
    for (let k = 0; k < pages; k++) {
      const moves = stray(a, k) ? s[o + attempt.REPLY + k - 1] === REPLY.REFUSED : lists(a, k);
      if (moves) replies.push(k);
    }
    const reply = (k) => s[o + attempt.REPLY + k];
    if (config.budget && !planned && rows === REPLY.NONE && replies.every((k) => reply(k) === REPLY.NONE)) {
      const n = s.slice();
      n[o + attempt.PLAN] = s[ROW_GENERATION];
      add(`a${a} plans anew`, n);
    }
    if (config.rows && rows === REPLY.NONE) {
      for (const heard of config.lost
        ? [s[REVOKED] || !planned ? REPLY.REFUSED : REPLY.YES, REPLY.LOST]
        : [s[REVOKED] || !planned ? REPLY.REFUSED : REPLY.YES]) {
        const n = s.slice();
        n[o + attempt.ROWS] = heard;
        add(`a${a} reads rows: ${['', 'as planned', 'not as planned', 'no answer'][heard]}`, n);
      }
    }
    for (const k of replies) {
      if (reply(k) === REPLY.NONE) reserves(s, a, k, add);
      else if (config.tries > 1 && reply(k) === REPLY.LOST && s[o + attempt.TRIES + k] < config.tries) reservesAgain(s, a, k, add);
      else if (config.again && reply(k) === REPLY.REFUSED && !(s[o + attempt.GHOST] & GHOST.TRIED_AGAIN)) {
        const n = s.slice();
        n[o + attempt.REPLY + k] = REPLY.NONE;
        n[o + attempt.GHOST] |= GHOST.TRIED_AGAIN;
        add(`a${a} heals page ${k}, R again`, n);
      }
    }
    const all = replies.every((k) => reply(k) !== REPLY.NONE) && (!config.rows || rows !== REPLY.NONE);
    const lost = rows === REPLY.LOST || replies.some((k) => reply(k) === REPLY.LOST);
    const refused = replies.some((k) => reply(k) === REPLY.REFUSED && !(stray(a, pages - 1) && k === pages - 2));
    decides(s, a, { all, lost, refused, shut: rows === REPLY.REFUSED }, add);
  }

  function reserves(s, a, k, add) {
    const o = attempt(a);
    const answered = (heard) => {
      const n = s.slice();
      n[o + attempt.REPLY + k] = heard;
      if (config.tries > 1) n[o + attempt.TRIES + k] = 1;
      return n;
    };
    const n = answered(REPLY.YES);
    if (config.tries > 1) n[o + attempt.TOLD + k] = 1;
    const applied = table.reserve(n, a, k);
    if (!applied) {
      n[o + attempt.REPLY + k] = REPLY.REFUSED;
      n[o + attempt.TOLD + k] = 0;
    }
    if (applied && is('one try leaves twice')) n[o + attempt.LATE_RESERVE + k] = 1;
    const back = n[page(k) + page.GENERATION] < s[page(k) + page.GENERATION] ? 'a page went back to an older budget' : undefined;
    const below = applied && n[page(k) + page.LEFT] < ZERO ? 'below zero after a reserve' : undefined;
    add(`a${a} reserves on page ${k}: ${applied}`, n, below ?? back);
    if (config.refuses) add(`a${a} is refused by page ${k}`, answered(REPLY.REFUSED));
    if (is('takes its own entry for a refusal')) {
      const m = answered(REPLY.REFUSED);
      if (table.reserve(m, a, k)) add(`a${a} reserves on page ${k}; a copy is refused and shows its own id`, m);
    }
    if (!config.lost) return;
    const m = answered(REPLY.LOST);
    if (table.reserve(m, a, k)) add(`a${a} reserves on page ${k}, no answer`, m);
    add(`a${a} does not reach page ${k}`, answered(REPLY.LOST));
    if (!config.late) return;
    const late = answered(REPLY.LOST);
    late[o + attempt.LATE_RESERVE + k] |= 1;
    add(`a${a}'s reserve on page ${k} is on its way`, late);
  }

  /** The same reserve once more, under the same id and another number: the entry says which of them was taken. */
  function reservesAgain(s, a, k, add) {
    const o = attempt(a);
    const number = s[o + attempt.TRIES + k] + 1;
    const answered = (heard, told = 0) => {
      const n = s.slice();
      n[o + attempt.TRIES + k] = number;
      n[o + attempt.REPLY + k] = heard;
      n[o + attempt.TOLD + k] = told;
      return n;
    };
    if (entry(s, a, k)) return add(`a${a} reserves again on page ${k}: it was taken`, answered(REPLY.YES, s[o + attempt.TRY + k]));
    const refused = answered(is('a refusal is the last word although a try is on its way') ? REPLY.REFUSED : REPLY.LOST);
    if (config.refuses) add(`a${a} is refused by page ${k}, a try may be on its way`, refused);
    const n = answered(REPLY.YES, number);
    if (table.reserve(n, a, k, number)) {
      if (is('one try leaves twice')) n[o + attempt.LATE_RESERVE + k] |= 1 << (number - 1);
      add(`a${a} reserves again on page ${k}`, n);
      const m = answered(REPLY.LOST);
      table.reserve(m, a, k, number);
      add(`a${a} reserves again on page ${k}, no answer`, m);
    } else add(`a${a} is refused by page ${k}, a try may be on its way`, refused);
    if (!config.late) return;
    const late = answered(REPLY.LOST);
    late[o + attempt.LATE_RESERVE + k] |= 1 << (number - 1);
    add(`a${a}'s try ${number} on page ${k} is on its way`, late);
  }

  function decides(s, a, { all, lost, refused, shut }, add) {
    const o = attempt(a);
    const sound = is('sends with an answer missing')
      ? all && !refused && !shut
      : all && !lost && !refused && (!shut || is('sends by the plan'));
    if (sound) {
      const time = s[o + attempt.TIME];
      const heard = s[o + attempt.GHOST] & GHOST.HEARD;
      if (!heard && (time === TIME.BEFORE_S || is('sends late'))) {
        const n = s.slice();
        n[o + attempt.GHOST] |= GHOST.HEARD;
        add(`a${a} has heard all`, n);
      }
      if (heard && (time < TIME.PAST_X || is('sends past x'))) {
        const n = goTo(s, a, STEP.STREAM);
        n[o + attempt.BILL] = 1;
        const wrong = !complete(s, a)
          ? 'sent without its entries'
          : record(s, a)
            ? `sent with the record ${named(s, a)}`
            : shut
              ? 'sent although the rows refuse'
              : undefined;
        add(`a${a} sends`, n, wrong);
      }
      if (time > TIME.BEFORE_S || config.abandons) add(`a${a} does not send`, goTo(s, a, STEP.VOID));
    } else if (refused) {
      // The page that refused never gets the entry, so this attempt can never be complete.
      const n = goTo(s, a, STEP.FREE);
      if (config.listed) n[o + attempt.GHOST] |= GHOST.REFUSED;
      add(`a${a} is refused`, n);
    } else if (all) {
      const early = lost ? is('a doubt is released without a void') : is('a complete attempt is released without a void');
      add(`a${a} ${lost ? 'is in doubt' : 'is not wanted by the rows'}`, goTo(s, a, early ? STEP.FREE : STEP.VOID));
    }
  }

  function voids(s, a, add) {
    const o = attempt(a);
    const n = goTo(s, a, STEP.FREE);
    const { wrong, stops } = table.unsent(n, a);
    if (stops) n[o + attempt.STEP] = STEP.END;
    add(`a${a} says unsent: ${named(s, a)} -> ${named(n, a)}`, n, wrong);
    if (config.lost) {
      const m = s.slice();
      table.unsent(m, a);
      if (record(m, a) !== record(s, a)) add(`a${a} says unsent, no answer`, m);
      if (is('frees before the void is heard')) add(`a${a} does not hear and frees`, goTo(s, a, STEP.FREE));
      putsLate(s, a, ON_ITS_WAY.VOID, add);
    }
    add(`a${a} leaves the void to the queue`, leave(s, a, MESSAGE.UNSENT));
  }

  function putsLate(s, a, put, add) {
    if (!config.late || s[attempt(a) + attempt.PUT] & put) return;
    const n = s.slice();
    n[attempt(a) + attempt.PUT] |= put;
    add(`a${a}'s ${put === ON_ITS_WAY.VOID ? 'void' : 'settlement'} is on its way`, n);
  }

  function closes(s, a, add) {
    const o = attempt(a);
    const frees = s[o + attempt.STEP] === STEP.FREE;
    const message = frees ? MESSAGE.UNSENT : MESSAGE.SETTLE;
    let left = false;
    for (let index = 0; index < closings; index++) {
      const k = pageAt(index);
      if ((!lists(a, k) && !stray(a, k)) || s[o + attempt.DONE + index]) continue;
      left = true;
      if (config.split && index & 1 && !s[o + attempt.DONE + index - 1]) continue;
      const n = s.slice();
      n[o + attempt.DONE + index] = 1;
      const cost = table.costOf(s, a, k);
      const isOurs = frees || !table.strayTry(s, a, k) || is('closes whichever try is there');
      const closed = isOurs && table.close(n, a, k, cost, frees && is('E looks into o only') ? 1 : fromAt(index));
      add(`a${a} closes on page ${k}: ${closed}`, n, frees && closed && s[o + attempt.BILL] ? 'a sent call is released' : undefined);
      if (!config.lateClose || !entry(s, a, k)) continue;
      const late = leave(s, a, message);
      late[o + attempt.LATE_CLOSE + k] = 1 + cost;
      add(`a${a}'s close on page ${k} is on its way; it leaves the rest to the queue`, late);
    }
    if (left) add(`a${a} leaves closing to the queue`, leave(s, a, message));
    else add(`a${a} ends`, goTo(s, a, STEP.END));
  }

  /** An answer says what it cost. A send that is lost may cost anything up to the bound of one send, and is charged that. */
  function streams(s, a, add) {
    for (const cost of costs) {
      ended(s, a, cost, cost, `a${a} is answered, cost ${cost}`, add);
      if (!config.second) continue;
      failed(s, a, cost, cost, `a${a} gets no answer, which cost ${cost}`, add);
      const charge = is('charges a lost send nothing') ? 0 : most;
      if (cost > 0) failed(s, a, cost, charge, `a${a} loses an answer that cost ${cost}`, add);
    }
  }

  function ended(s, a, cost, charge, what, add) {
    const o = attempt(a);
    const n = s.slice();
    n[o + attempt.STEP] = STEP.SETTLE;
    n[o + attempt.BILL] = 2 + Math.max(0, s[o + attempt.FIRST] - 1) + charge;
    n[o + attempt.FIRST] = 0;
    n[o + attempt.TRUE] += cost;
    add(what, n);
    return n;
  }

  /** Another send on the same entries, only where they cover both; else what was sent is decided, and the request begins anew. */
  function failed(s, a, cost, charge, what, add) {
    const o = attempt(a);
    if (s[o + attempt.FIRST]) return ended(s, a, cost, charge, `${what}, again`, add);
    const covers = charge + most <= W || is('sends again though the first was billed');
    const inTime = s[o + attempt.TIME] < TIME.PAST_X || is('sends again past x');
    if (!covers || !inTime) {
      const n = ended(s, a, cost, charge, `${what}, and decides it`, () => undefined);
      if (is('takes the first send back to begin anew')) n[o + attempt.STEP] = STEP.VOID;
      n[o + attempt.GHOST] |= GHOST.ANEW;
      return add(`${what}, and decides it`, n);
    }
    const n = s.slice();
    n[o + attempt.FIRST] = 1 + charge;
    n[o + attempt.TRUE] += cost;
    add(`${what}, and sends again`, n, record(s, a) ? `sent again with the record ${named(s, a)}` : undefined);
  }

  function settles(s, a, add) {
    const n = goTo(s, a, STEP.CLOSE);
    const wrong = table.settle(n, a);
    add(`a${a} settles: ${named(s, a)} -> ${named(n, a)}`, n, wrong);
    if (config.lost) {
      const m = s.slice();
      table.settle(m, a);
      if (record(m, a) !== record(s, a)) add(`a${a} settles, no answer`, m);
      putsLate(s, a, ON_ITS_WAY.SETTLED, add);
    }
    add(`a${a} leaves the settlement to the queue`, leave(s, a, MESSAGE.SETTLE));
  }

  const steps = {
    [STEP.ADMIT]: admits,
    [STEP.VOID]: voids,
    [STEP.FREE]: closes,
    [STEP.STREAM]: streams,
    [STEP.SETTLE]: settles,
    [STEP.CLOSE]: closes,
  };

  function next(s, a, add) {
    const o = attempt(a);
    const step = s[o + attempt.STEP];
    if (step >= STEP.END) return;
    if (config.dies) {
      const n = goTo(s, a, STEP.DEAD);
      if (!s[o + attempt.BILL]) n[o + attempt.GHOST] |= GHOST.DIED_UNSENT;
      add(`a${a} dies while it ${STEP_NAMES[step]}`, n);
    }
    steps[step](s, a, add);
  }

  return { next, closings, pageAt, fromAt, limits };
}
