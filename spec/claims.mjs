/**
 * A caller's key with which a call happens at most once: whoever holds it may die anywhere, and whoever meets it then ends it before taking
 * the key over. The holder has one page; of its entry and its record it does as any call does.
 */
import { layout } from './explore.mjs';

export const CLAIM_MISTAKES = [
  'a holder is ended before s + 60 s',
  'a key is taken over without a void',
  'a key is taken over although the void failed',
  'a holder with an entry is voided',
  'a key is taken over whoever holds it by then',
  'a settled holder leaves its key',
];

const HOLDER = { CLAIMS: 0, RESERVES: 1, HEARS: 2, SENDS: 3, SETTLES: 4, FREES: 5, ENDED: 6, DEAD: 7 };
const OTHER = { MEETS: 0, READS_PAGE: 1, VOIDS: 2, TAKES: 3, SENDS: 4, ENDED: 5 };
const RECORD = { NONE: 0, SETTLED: 1, VOID: 2 };
const OTHERS = 2;

export function claimModel(options) {
  const is = (mistake) => options.mistake === mistake;
  const bytes = layout();
  /** Past `s` + 60 s of the holder. */
  const LATE = bytes.one();
  /** Past `x`: it has ended. */
  const OVER = bytes.one();
  const STEP = bytes.one();
  const ENTRY = bytes.one();
  const RECORDED = bytes.one();
  const SENT = bytes.one();
  /** Its reserve is on its way. */
  const COMES = bytes.one();
  /** Who has the key. 0: nobody; 1: the holder; 2 and more: the others. */
  const KEY = bytes.one();
  const other = bytes.many(OTHERS, { STEP: 1, SENT: 1, SAW: 1 });
  const initial = new Uint8Array(bytes.size);

  function holder(s, add) {
    const to = (step, change = () => undefined) => {
      const n = s.slice();
      n[STEP] = step;
      change(n);
      return n;
    };
    const step = s[STEP];
    if (step >= HOLDER.ENDED) return;
    add('the holder dies', to(HOLDER.DEAD));
    if (step === HOLDER.CLAIMS && s[KEY] === 0)
      add(
        'the holder takes the key',
        to(HOLDER.RESERVES, (n) => (n[KEY] = 1)),
      );
    if (step === HOLDER.RESERVES) {
      add(
        'the holder reserves',
        to(HOLDER.HEARS, (n) => (n[ENTRY] = 1)),
      );
      add(
        'the holder hears nothing of its reserve',
        to(HOLDER.DEAD, (n) => (n[COMES] = 1)),
      );
    }
    if (step === HOLDER.HEARS && !s[LATE]) add('the holder has heard all', to(HOLDER.SENDS));
    if (step === HOLDER.HEARS && s[LATE] && s[RECORDED] === RECORD.NONE) {
      add(
        'the holder says void',
        to(HOLDER.FREES, (n) => (n[RECORDED] = RECORD.VOID)),
      );
    }
    if (step === HOLDER.SENDS && !s[OVER]) {
      add(
        'the holder sends',
        to(HOLDER.SETTLES, (n) => (n[SENT] = 1)),
        s[RECORDED] ? 'sent with a record' : twice(s),
      );
    }
    if (step === HOLDER.SETTLES) {
      const wrong = s[RECORDED] === RECORD.VOID ? 'a settlement meets a void' : undefined;
      add(
        'the holder settles',
        to(HOLDER.FREES, (n) => (n[RECORDED] = RECORD.SETTLED)),
        wrong,
      );
    }
    if (step === HOLDER.FREES)
      add(
        'the holder closes its page',
        to(HOLDER.ENDED, (n) => (n[ENTRY] = 0)),
      );
  }

  const twice = (s) => {
    for (let o = 0; o < OTHERS; o++) if (s[other(o) + other.SENT]) return 'two calls are made with one key';
    return undefined;
  };

  function others(s, o, add) {
    const at = other(o);
    const to = (step, change = () => undefined) => {
      const n = s.slice();
      n[at + other.STEP] = step;
      change(n);
      return n;
    };
    const name = `other ${o}`;
    switch (s[at + other.STEP]) {
      case OTHER.MEETS: {
        if (s[KEY] !== 1) return;
        const ended = s[RECORDED] === RECORD.VOID || (s[RECORDED] === RECORD.SETTLED && is('a settled holder leaves its key'));
        if (ended)
          add(
            `${name} finds the holder void`,
            to(OTHER.TAKES, (n) => (n[at + other.SAW] = 1)),
          );
        else if (s[RECORDED] === RECORD.NONE && (s[LATE] || is('a holder is ended before s + 60 s'))) {
          add(
            `${name} finds no record`,
            to(OTHER.READS_PAGE, (n) => (n[at + other.SAW] = 1)),
          );
        } else add(`${name} is refused`, to(OTHER.ENDED));
        return;
      }
      case OTHER.READS_PAGE:
        if (s[ENTRY] && !is('a holder with an entry is voided')) add(`${name} sees that it may live`, to(OTHER.ENDED));
        else add(`${name} sees no entry`, to(is('a key is taken over without a void') ? OTHER.TAKES : OTHER.VOIDS));
        return;
      case OTHER.VOIDS: {
        const first = s[RECORDED] === RECORD.NONE;
        const goesOn = first || s[RECORDED] === RECORD.VOID || is('a key is taken over although the void failed');
        add(
          `${name} says void`,
          to(goesOn ? OTHER.TAKES : OTHER.ENDED, (n) => (n[RECORDED] = first ? RECORD.VOID : s[RECORDED])),
        );
        return;
      }
      case OTHER.TAKES: {
        const takes = s[KEY] === s[at + other.SAW] || is('a key is taken over whoever holds it by then');
        if (takes)
          add(
            `${name} takes the key over`,
            to(OTHER.SENDS, (n) => (n[KEY] = 2 + o)),
          );
        else add(`${name} comes too late`, to(OTHER.ENDED));
        return;
      }
      case OTHER.SENDS:
        add(
          `${name} sends`,
          to(OTHER.ENDED, (n) => (n[at + other.SENT] = 1)),
          s[SENT] ? 'two calls are made with one key' : twice(s),
        );
        return;
      default:
    }
  }

  function next(s, add) {
    if (!s[LATE]) add('s and 60 s pass', changed(s, LATE));
    else if (!s[OVER]) add('x passes', changed(s, OVER));
    if (s[COMES]) add('the reserve comes', changed(changed(s, ENTRY), COMES, 0));
    holder(s, add);
    for (let o = 0; o < OTHERS; o++) others(s, o, add);
  }

  function changed(s, byte, value = 1) {
    const n = s.slice();
    n[byte] = value;
    return n;
  }

  return { initial, next, check: () => [] };
}
