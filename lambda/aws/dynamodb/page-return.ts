import { type Giving, isOpen } from '../../money/pages';
import type { KeptEntry, PageEntry } from '../../money/ports';
import { number, seconds, shortPeriod, writeKept, writeStarts } from './page-item';
import { blankUpdate, type PageUpdate, periodAtIndex, WINDOW_TEXTS } from './page-take';

const OPEN = textsAt('o.#id');
const KEPT = textsAt('k.#id');

function textsAt(entry: string) {
  return {
    entry,
    exists: `attribute_exists(${entry})`,
    took: `${entry}.p = :took`,
    isFirstTry: `attribute_not_exists(${entry}.n)`,
    isTry: `${entry}.n = :try`,
  };
}

/** K: the entry moves to the kept ones, and its slot is free. */
export function writeKeeping(held: PageEntry, attemptId: string): PageUpdate {
  const update = blankUpdate();
  const { set, remove, conditions, names, values } = update;
  names['#id'] = attemptId;
  values[':e'] = writeKept(held);
  set.push(`${KEPT.entry} = :e`);
  remove.push(OPEN.entry);
  conditions.push(OPEN.exists);
  // What is kept says of which try it is, so it is kept as that one alone.
  ofTry(update, OPEN, held);
  if (held.slot) {
    values[':one'] = number(1);
    set.push('slots.r = slots.r + :one');
  }
  return update;
}

function ofTry({ conditions, values }: PageUpdate, texts: typeof OPEN, { tryNumber }: PageEntry | KeptEntry): void {
  if (tryNumber === 1) conditions.push(texts.isFirstTry);
  else if (tryNumber !== undefined) {
    conditions.push(texts.isTry);
    values[':try'] = number(tryNumber);
  }
}

/** E and C: the entry goes, and with it what it took; each part has a condition of its own. */
export function writeGiving(giving: Giving, held: PageEntry | KeptEntry, attemptId: string): PageUpdate {
  const update = blankUpdate();
  const { set, remove, conditions, names, values } = update;
  const texts = isOpen(held) ? OPEN : KEPT;
  const starts = writeStarts(held.starts);
  names['#id'] = attemptId;
  remove.push(texts.entry);
  if (starts === undefined) conditions.push(texts.exists);
  else {
    conditions.push(texts.took);
    values[':took'] = starts;
  }
  ofTry(update, texts, held);
  for (const [index, { name, startMs, change }] of giving.periods.entries()) {
    const text = periodAtIndex(index);
    names[text.name] = shortPeriod(name);
    values[text.start] = seconds(startMs);
    values[':f'] = number(change);
    conditions.push(text.isStart);
    set.push(text.giveBack);
  }
  for (const { window, startMs, change } of giving.tokens) {
    const text = WINDOW_TEXTS[window];
    values[text.start] = seconds(startMs);
    values[text.amount] = number(change);
    conditions.push(text.isStart);
    set.push(text.giveBack);
  }
  for (const { window, limit, step } of giving.marks) {
    const text = WINDOW_TEXTS[window];
    values[text.step] = number(step);
    values[text.rate] = number(limit);
    conditions.push(text.isRate);
    set.push(text.stepBack);
  }
  if (giving.slot) {
    values[':one'] = number(1);
    set.push('slots.r = slots.r + :one');
  }
  return update;
}
