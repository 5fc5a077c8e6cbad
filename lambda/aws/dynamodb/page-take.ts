import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Mark, MarkTake, PageEntry, PageSlotTake, PageTake, PeriodTake, WindowName, WindowTake } from '../../money/ports';
import type { Item } from './attributes';
import { MARK_LIMITS, MARKS, MARKS_BEFORE, number, seconds, shortPeriod, WINDOWS, writeEntry } from './page-item';

/** One conditional update, in parts. */
export interface PageUpdate {
  readonly set: string[];
  readonly remove: string[];
  readonly conditions: string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

export function blankUpdate(): PageUpdate {
  return { set: [], remove: [], conditions: [], names: {}, values: {} };
}

/** Every text about the period in one place of an update, made once. */
function periodTexts(index: number) {
  const name = `#p${index}`;
  const at = `p.${name}`;
  return {
    name,
    start: `:s${index}`,
    limit: `:l${index}`,
    seen: `:o${index}`,
    take: `:m${index}`,
    whole: `:v${index}`,
    isStart: `${at}.s = :s${index}`,
    isLimit: `${at}.l = :l${index}`,
    wasLimit: `${at}.l = :o${index}`,
    wasStart: `${at}.s = :o${index}`,
    isAbsent: `attribute_not_exists(${at})`,
    hasEnough: `${at}.r >= :w`,
    hasEnoughMoved: `${at}.r >= :m${index}`,
    take_w: `${at}.r = ${at}.r - :w`,
    takeMoved: `${at}.r = ${at}.r - :m${index}, ${at}.l = :l${index}`,
    roll: `${at} = :v${index}`,
    giveBack: `${at}.r = ${at}.r + :f`,
    amount: `:a${index}`,
    takeAmount: `${at}.r = ${at}.r - :a${index}`,
    giveAmount: `${at}.r = ${at}.r + :a${index}`,
    hasAmount: `${at}.r >= :a${index}`,
    back: `#b${index}`,
    pack: `#b${index} = ${at}.r`,
    empty: `${at}.r = :none`,
    hasAny: `${at}.r <> :none`,
    hasNone: `${at}.r = :none`,
  };
}

const textsByIndex: ReturnType<typeof periodTexts>[] = [];

export function periodAtIndex(index: number): ReturnType<typeof periodTexts> {
  textsByIndex[index] ??= periodTexts(index);
  return textsByIndex[index] as ReturnType<typeof periodTexts>;
}

function windowTexts(window: WindowName) {
  const mark = MARKS[window];
  const rate = MARK_LIMITS[window];
  const at = `tk.${WINDOWS[window]}`;
  const prefix = `:${WINDOWS[window]}`;
  return {
    step: `${prefix}_step`,
    rate: `${prefix}_rate`,
    low: `${prefix}_low`,
    high: `${prefix}_high`,
    next: `${prefix}_next`,
    impossible: `${prefix}_far`,
    seenMark: `${prefix}_mark`,
    seenRate: `${prefix}_was`,
    before: `${prefix}_before`,
    theBefore: MARKS_BEFORE[window],
    setBefore: `${MARKS_BEFORE[window]} = ${prefix}_before`,
    isRate: `${rate} = ${prefix}_rate`,
    isWithin: `${rate} = ${prefix}_rate AND ${mark} BETWEEN ${prefix}_low AND ${prefix}_high`,
    isIdle: `(attribute_not_exists(${mark}) OR (${rate} = ${prefix}_rate AND (${mark} < ${prefix}_low OR ${mark} > ${prefix}_far)))`,
    isSeen: `${mark} = ${prefix}_mark AND ${rate} = ${prefix}_was`,
    advance: `${mark} = ${mark} + ${prefix}_step`,
    begin: `${mark} = ${prefix}_next, ${rate} = ${prefix}_rate`,
    stepBack: `${mark} = ${mark} - ${prefix}_step`,
    start: `${prefix}_s`,
    limit: `${prefix}_l`,
    seen: `${prefix}_o`,
    amount: `${prefix}_a`,
    whole: `${prefix}_v`,
    isStart: `${at}.s = ${prefix}_s`,
    isLimit: `${at}.l = ${prefix}_l`,
    wasLimit: `${at}.l = ${prefix}_o`,
    wasStart: `${at}.s = ${prefix}_o`,
    isAbsent: `attribute_not_exists(${at})`,
    hasEnough: `${at}.r >= ${prefix}_a`,
    take: `${at}.r = ${at}.r - ${prefix}_a`,
    takeMoved: `${at}.r = ${at}.r - ${prefix}_a, ${at}.l = ${prefix}_l`,
    roll: `${at} = ${prefix}_v`,
    giveBack: `${at}.r = ${at}.r + ${prefix}_a`,
  };
}

export const WINDOW_TEXTS: Readonly<Record<WindowName, ReturnType<typeof windowTexts>>> = {
  minute: windowTexts('minute'),
  day: windowTexts('day'),
};

/**
 * R as an update of a page that exists.
 *
 * @param entry undefined: the page moves to its level's present limits, and no call takes of it
 * @param partition of the index
 */
export function writeTake(take: PageTake, partition: string, attemptId?: string, entry?: PageEntry): PageUpdate {
  const update = blankUpdate();
  const { set, conditions, names, values } = update;
  conditions.push('g = :g');
  values[':g'] = number(take.seenGeneration ?? take.generation);
  if (take.seenGeneration !== take.generation) {
    set.push('g = :n');
    values[':n'] = number(take.generation);
  }
  for (let index = 0; index < take.periods.length; index++) writePeriod(update, index, take.periods[index] as PeriodTake, take.nanoUsd);
  for (const mark of take.marks) writeMark(update, mark);
  for (const window of take.tokens) writeWindow(update, window);
  if (take.slot !== undefined) writeSlot(update, take.slot, entry === undefined ? 0 : 1);
  if (take.mostEntries !== undefined) {
    conditions.push('size(o) < :most');
    values[':most'] = number(take.mostEntries);
  }
  if (attemptId !== undefined && entry !== undefined) {
    names['#id'] = attemptId;
    values[':e'] = writeEntry(entry);
    values[':ds'] = { S: partition };
    values[':due'] = seconds(take.dueMs);
    set.push('o.#id = :e, ds = :ds, due = :due');
    conditions.push('attribute_not_exists(o.#id)', 'attribute_not_exists(k.#id)');
  }
  return update;
}

function writePeriod({ set, conditions, names, values }: PageUpdate, index: number, period: PeriodTake, nanoUsd: bigint): void {
  const text = periodAtIndex(index);
  const { startMs, limitNanoUsd } = period;
  const mustHave = period.binds && nanoUsd > 0n;
  names[text.name] = shortPeriod(period.name);
  if (period.kind === 'roll') {
    values[text.whole] = begun(period, nanoUsd);
    set.push(text.roll);
    conditions.push(period.seenStartMs === undefined ? text.isAbsent : text.wasStart);
    if (period.seenStartMs !== undefined) values[text.seen] = seconds(period.seenStartMs);
    return;
  }
  values[text.start] = seconds(startMs);
  values[text.limit] = number(limitNanoUsd);
  conditions.push(text.isStart);
  if (period.kind === 'move') {
    values[text.take] = number(nanoUsd - period.change);
    values[text.seen] = number(limitNanoUsd - period.change);
    set.push(text.takeMoved);
    conditions.push(text.wasLimit);
    if (mustHave) conditions.push(text.hasEnoughMoved);
    return;
  }
  conditions.push(text.isLimit);
  if (nanoUsd === 0n) return;
  values[':w'] = number(nanoUsd);
  set.push(text.take_w);
  if (mustHave) conditions.push(text.hasEnough);
}

function writeMark({ set, remove, conditions, values }: PageUpdate, take: MarkTake): void {
  const text = WINDOW_TEXTS[take.window];
  values[text.rate] = number(take.limit);
  if (take.kind === 'advance') {
    values[text.low] = number(take.low);
    values[text.high] = number(take.high);
    values[text.step] = number(take.step);
    set.push(text.advance);
    conditions.push(text.isWithin);
    return;
  }
  set.push(text.begin);
  if (take.kind === 'carry') {
    const { seen, next } = take;
    values[text.next] = number(next.at);
    values[text.seenMark] = number(seen.at);
    values[text.seenRate] = number(seen.limit);
    conditions.push(text.isSeen);
    if (next.before !== undefined) {
      values[text.before] = { L: [number(next.before.at), number(next.before.limit)] };
      set.push(text.setBefore);
    } else if (seen.before !== undefined) remove.push(text.theBefore);
    return;
  }
  values[text.next] = number(take.next);
  values[text.low] = number(take.low);
  values[text.impossible] = number(take.impossible);
  conditions.push(text.isIdle);
}

function writeWindow({ set, conditions, values }: PageUpdate, take: WindowTake): void {
  const text = WINDOW_TEXTS[take.window];
  if (take.kind === 'roll') {
    values[text.whole] = figures(take.startMs, take.limit - take.amount, take.limit);
    set.push(text.roll);
    conditions.push(take.seenStartMs === undefined ? text.isAbsent : text.wasStart);
    if (take.seenStartMs !== undefined) values[text.seen] = seconds(take.seenStartMs);
    return;
  }
  const change = take.kind === 'move' ? take.change : 0;
  values[text.start] = seconds(take.startMs);
  values[text.limit] = number(take.limit);
  values[text.amount] = number(take.amount - change);
  conditions.push(text.isStart, change === 0 ? text.isLimit : text.wasLimit);
  if (change !== 0) values[text.seen] = number(take.limit - change);
  set.push(change === 0 ? text.take : text.takeMoved);
  if (take.amount > 0) conditions.push(text.hasEnough);
}

function writeSlot({ set, conditions, values }: PageUpdate, take: PageSlotTake, taken: 0 | 1): void {
  values[':sl'] = number(take.limit);
  if (take.kind === 'begin') {
    values[':sv'] = { M: { r: number(take.limit - taken), l: number(take.limit) } };
    delete values[':sl'];
    set.push('slots = :sv');
    conditions.push('attribute_not_exists(slots)');
    return;
  }
  const change = take.kind === 'move' ? take.change : 0;
  values[':st'] = number(taken - change);
  if (change === 0) {
    set.push('slots.r = slots.r - :st');
    conditions.push('slots.l = :sl');
  } else {
    values[':so'] = number(take.limit - change);
    set.push('slots.r = slots.r - :st, slots.l = :sl');
    conditions.push('slots.l = :so');
  }
  if (taken === 1) conditions.push('slots.r >= :st');
}

/** R as the put of a page that is not there yet. Every path that an update may set must have its map. */
export function writeNewPage(take: PageTake, partition: string, attemptId: string, entry: PageEntry): Item {
  const periods: Item = {};
  for (const period of take.periods) {
    if (period.kind === 'roll') periods[shortPeriod(period.name)] = begun(period, take.nanoUsd);
  }
  const tokens: Item = {};
  for (const { window, startMs, limit, amount } of take.tokens) tokens[WINDOWS[window]] = figures(startMs, limit - amount, limit);
  const item: Item = {
    pk: { S: take.key },
    g: number(take.generation),
    p: { M: periods },
    tk: { M: tokens },
    o: { M: { [attemptId]: writeEntry(entry) } },
    k: { M: {} },
    ds: { S: partition },
    due: seconds(take.dueMs),
  };
  for (const mark of take.marks) if (mark.kind === 'begin') putMark(item, mark.window, { at: mark.next, limit: mark.limit });
  if (take.slot !== undefined) item['slots'] = { M: { r: number(take.slot.limit - 1), l: number(take.slot.limit) } };
  return item;
}

export function putMark(item: Item, window: WindowName, { at, limit }: Mark): void {
  item[MARKS[window]] = number(at);
  item[MARK_LIMITS[window]] = number(limit);
}

/** A period as its first call leaves it, with what was spent before it stood on its page. */
function begun({ startMs, limitNanoUsd, remaining }: Extract<PeriodTake, { kind: 'roll' }>, nanoUsd: bigint): AttributeValue {
  const made = figures(startMs, remaining - nanoUsd, limitNanoUsd);
  if (remaining !== limitNanoUsd && made.M !== undefined) made.M['b'] = number(limitNanoUsd - remaining);
  return made;
}

export function figures(startMs: number, remaining: bigint | number, limit: bigint | number): AttributeValue {
  return { M: { s: seconds(startMs), r: number(remaining), l: number(limit) } };
}
