/** What is promised of a call in every state, and once nobody is under way. */
import { ENTRY, GHOST, NOBODY, RECORD, RECORD_NAMES, STEP, TIME, W, ZERO } from './table.mjs';

/** More steps than a healer needs for one attempt. */
const MOST_STEPS = 20;

export function createPromises(config, table, heals) {
  const { attempts, pages, limits, slots, tokens, is } = config;
  const { page, attempt, helper, healers, consumers, record, lists, entry, billed, complete } = table;
  const all = Array.from({ length: attempts }, (_unused, a) => a);
  const byte = (s, a, name) => s[attempt(a) + attempt[name]];
  const onPage = (s, a, name, k) => s[attempt(a) + attempt[name] + k];
  const tookOf = (s, a, k) => onPage(s, a, 'TOOK', k);

  const begun = (s, a) => config.listed === undefined || a === 0 || (byte(s, a - 1, 'GHOST') & (GHOST.REFUSED | GHOST.ANEW)) !== 0;
  const idle = (s, row) => {
    for (let at = row.first; at < row.end; at += row.stride) if (s[at + helper.WHO] !== NOBODY) return false;
    return true;
  };
  const taken = (s, a) => {
    for (let at = consumers.first; at < consumers.end; at += consumers.stride) if (s[at + helper.WHO] === a) return true;
    return false;
  };
  const flying = (s, a) => {
    if (byte(s, a, 'PUT')) return true;
    for (let k = 0; k < pages; k++) if (onPage(s, a, 'LATE_RESERVE', k) || onPage(s, a, 'LATE_CLOSE', k)) return true;
    return false;
  };
  /** Nobody will do anything for it any more but a healer. */
  const left = (s, a) => byte(s, a, 'STEP') >= STEP.END && !byte(s, a, 'QUEUED') && !flying(s, a);

  function checkPage(s, k, wrong) {
    const p = page(k);
    let money = s[p + page.LEFT] - ZERO;
    let slotsTaken = s[p + page.SLOTS];
    let tokensTaken = s[p + page.TOKENS] - ZERO;
    let spent = 0;
    let held = false;
    for (const a of all) {
      const found = entry(s, a, k);
      const took = tookOf(s, a, k);
      const inWindow = onPage(s, a, 'WINDOW', k) === 1 + s[p + page.WINDOW];
      const mayComeBack = table.strayTry(s, a, k) || (config.tries > 1 && record(s, a) === RECORD.VOID);
      if (found && took && !mayComeBack) wrong.push('an entry came back after its close');
      if (found) held = true;
      if (found === ENTRY.OPEN) slotsTaken++;
      const uses = (found ? W : 0) + (took ? took - 1 : 0);
      money += uses;
      if (inWindow) tokensTaken += uses;
      const bill = byte(s, a, 'BILL');
      if (lists(a, k) && bill) spent += bill === 1 ? W : billed(s, a);
    }
    if (money !== s[p + page.LIMIT] - ZERO) wrong.push('money appeared or vanished');
    if (slots && slotsTaken !== slots) wrong.push(`${slotsTaken} slots of ${slots}`);
    if (tokens && tokensTaken !== tokens) wrong.push(`${tokensTaken} tokens of ${tokens}`);
    if (!is('another shard under the same id') && !config.budget && spent > limits[k][0]) wrong.push('billed more than the budget');
    if (held && !s[p + page.DUE]) wrong.push('the sweeper cannot find an entry');
  }

  function checkAttempt(s, a, wrong) {
    const state = record(s, a);
    const bill = byte(s, a, 'BILL');
    if (bill && state === RECORD.VOID) wrong.push('a sent call is void');
    if (bill && state === RECORD.NONE && !complete(s, a)) wrong.push('a sent call without record lacks an entry');
    if (!bill && state === RECORD.SETTLED) wrong.push('an unsent call is settled');
    const due = byte(s, a, 'TRUE') + (bill === 1 ? config.most : 0);
    if (bill > 1 && due > billed(s, a)) wrong.push('charged less than is billed');
    if (bill === 1 && due > W) wrong.push('more may be billed than is set aside');
    // A reserve that came late is a healer's.
    const told = left(s, a) && byte(s, a, 'STEP') === STEP.END && !taken(s, a);
    for (let k = 0; k < pages; k++) {
      const found = entry(s, a, k);
      const took = tookOf(s, a, k);
      if (found === ENTRY.KEPT && state === RECORD.NONE) wrong.push('an entry is kept without a record');
      if (took && state === RECORD.EXPIRED) wrong.push('closed under expired_charged');
      const cost = state === RECORD.NONE ? 0 : byte(s, a, 'COST');
      if (took && took - 1 !== cost) wrong.push(`the record says ${cost}, a page took ${took - 1}`);
      if (told && state !== RECORD.EXPIRED && found === ENTRY.OPEN && !(byte(s, a, 'GHOST') & GHOST.CAME_LATE))
        wrong.push('a process ended and its money is still held');
      if (config.split && told && idle(s, healers) && found === ENTRY.KEPT && (state === RECORD.ADJUSTED || state === RECORD.SETTLED))
        wrong.push('decided and said, and its money is still kept');
    }
  }

  function check(s) {
    const wrong = [];
    for (let k = 0; k < pages; k++) checkPage(s, k, wrong);
    for (const a of all) checkAttempt(s, a, wrong);
    return wrong;
  }

  /** One healer, alone, before `x`, frees every entry but those of an attempt that is complete and may live. */
  function healAlone(s) {
    for (const a of all) {
      const open = (x) => {
        for (let k = 0; k < pages; k++) if (entry(x, a, k) === ENTRY.OPEN) return true;
        return false;
      };
      if (!open(s) || byte(s, a, 'TIME') === TIME.PAST_RETENTION) continue;
      let now = s;
      for (let steps = 0; steps < MOST_STEPS && (steps === 0 || now[healers(0) + helper.WHO] === a); steps++) {
        let then;
        heals(now, 0, (action, after) => {
          if (then === undefined && !/stops|sees page/.test(action) && (steps > 0 || action === `healer 0 meets a${a}`)) then = after;
        });
        if (then === undefined) break;
        now = then;
      }
      const mayLive = record(now, a) === RECORD.NONE && complete(now, a) && byte(now, a, 'TIME') < TIME.PAST_X;
      if (open(now) && !mayLive) return ['a healer alone does not free an entry'];
    }
    return [];
  }

  function atRest(s) {
    if (!idle(s, healers) || !idle(s, consumers)) return [];
    const begunOnes = all.filter((a) => begun(s, a));
    if (!begunOnes.every((a) => left(s, a) && byte(s, a, 'TIME') >= TIME.PAST_S)) return [];
    const findable = (a) => {
      for (let k = 0; k < pages; k++) if (s[page(k) + page.DUE] && entry(s, a, k)) return true;
      return false;
    };
    const atLast = begunOnes.every((a) => byte(s, a, 'TIME') === TIME.PAST_RETENTION && !findable(a));
    if (!atLast) return config.healers > 0 ? healAlone(s) : [];
    const wrong = [];
    for (const a of begunOnes) checkLast(s, a, wrong);
    return wrong;
  }

  function checkLast(s, a, wrong) {
    const state = record(s, a);
    const cost = byte(s, a, 'COST');
    const bill = byte(s, a, 'BILL');
    let charged = 0;
    for (let k = 0; k < pages; k++) {
      if (entry(s, a, k)) wrong.push('an entry is left');
      if (!lists(a, k)) continue;
      charged = Math.max(charged, tookOf(s, a, k) - 1);
      if (bill && tookOf(s, a, k) - 1 !== cost) wrong.push('a page and the record do not agree');
    }
    const ghost = byte(s, a, 'GHOST');
    if (bill) {
      const said = byte(s, a, 'STEP') === STEP.END;
      if (state !== RECORD.SETTLED && state !== RECORD.ADJUSTED) wrong.push(`a sent call is ${RECORD_NAMES[state]}`);
      if (said && cost !== billed(s, a)) wrong.push('a settlement that was said is lost');
      if (!said && bill > 1 && cost < billed(s, a)) wrong.push('charged less than billed');
    } else if (charged > 0) {
      if (!(ghost & GHOST.DIED_UNSENT)) wrong.push('an unsent call is charged although its process lived');
      else if (!(ghost & GHOST.WAS_COMPLETE)) wrong.push('an unsent call that was never complete is charged');
    }
  }

  return { check, atRest, begun, taken };
}
