import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { GateReturn, GateTake, RateTake, SlotTake, TokenTake } from '../../money/ledger';
import type { GateState, RateState, WindowState } from '../../money/ports';
import { type Item, numberOf } from './attributes';

/** One conditional update, in parts. */
export interface GateUpdate {
  readonly set: string[];
  readonly remove: string[];
  readonly conditions: string[];
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

/** Every text about one rate, made once. */
function rateTexts(prefix: 'minute' | 'day') {
  return {
    now: `:${prefix}_now`,
    impossible: `:${prefix}_impossible`,
    seen: `:${prefix}_seen`,
    next: `:${prefix}_next`,
    latest: `:${prefix}_latest`,
    step: `:${prefix}_step`,
    isIdle: `(attribute_not_exists(${prefix}_tat) OR ${prefix}_tat < :${prefix}_now OR ${prefix}_tat > :${prefix}_impossible)`,
    begin: `${prefix}_tat = :${prefix}_next, ${prefix}_epoch = :${prefix}_now, ${prefix}_step = :${prefix}_step`,
    isSeen: `${prefix}_tat = :${prefix}_seen`,
    hasRoom: `${prefix}_step = :${prefix}_step AND ${prefix}_tat BETWEEN :${prefix}_now AND :${prefix}_latest`,
    advance: `${prefix}_tat = ${prefix}_tat + :${prefix}_step`,
    epoch: `:${prefix}_epoch`,
    isSameEpoch: `${prefix}_epoch = :${prefix}_epoch`,
    stepBack: `${prefix}_tat = ${prefix}_tat - :${prefix}_step`,
  };
}

/** Every text about one token limit, made once. */
function tokenTexts(prefix: 'token_minute' | 'token_day') {
  return {
    at: `:${prefix}_at`,
    limit: `:${prefix}_limit`,
    seen: `:${prefix}_seen`,
    left: `:${prefix}_left`,
    old: `:${prefix}_old`,
    take: `:${prefix}_take`,
    refund: `:${prefix}_refund`,
    isSeen: `${prefix}_at = :${prefix}_seen`,
    isPast: `(attribute_not_exists(${prefix}_at) OR ${prefix}_at < :${prefix}_at)`,
    begin: `${prefix}_at = :${prefix}_at, ${prefix}_left = :${prefix}_left, ${prefix}_limit = :${prefix}_limit`,
    hasRoom: `${prefix}_at = :${prefix}_at AND ${prefix}_limit = :${prefix}_old AND ${prefix}_left >= :${prefix}_take`,
    takeFrom: `${prefix}_left = ${prefix}_left - :${prefix}_take, ${prefix}_limit = :${prefix}_limit`,
    isSameWindow: `${prefix}_at = :${prefix}_at`,
    giveBack: `${prefix}_left = ${prefix}_left + :${prefix}_refund`,
  };
}

type RateTexts = ReturnType<typeof rateTexts>;
type TokenTexts = ReturnType<typeof tokenTexts>;

const MINUTE = rateTexts('minute');
const DAY = rateTexts('day');
const TOKEN_MINUTE = tokenTexts('token_minute');
const TOKEN_DAY = tokenTexts('token_day');

/** The update by which a request takes what was decided, if the gate is still as the decision took it to be. */
export function writeTake(take: GateTake, attemptId: string, expiresAtMs: number): GateUpdate {
  const update: GateUpdate = { set: [], remove: [], conditions: [], names: {}, values: {} };
  if (take.minute !== undefined) writeRate(update, MINUTE, take.minute);
  if (take.day !== undefined) writeRate(update, DAY, take.day);
  if (take.tokenMinute !== undefined) writeTokens(update, TOKEN_MINUTE, take.tokenMinute);
  if (take.tokenDay !== undefined) writeTokens(update, TOKEN_DAY, take.tokenDay);
  if (take.slot !== undefined) writeSlot(update, take.slot, attemptId, expiresAtMs);
  return update;
}

function writeRate({ set, conditions, values }: GateUpdate, text: RateTexts, take: RateTake): void {
  values[text.now] = { N: String(take.now) };
  values[text.step] = { N: String(take.step) };
  if (take.kind === 'advance') {
    conditions.push(text.hasRoom);
    values[text.latest] = { N: String(take.latest) };
    set.push(text.advance);
    return;
  }
  if (take.kind === 'begin') {
    conditions.push(text.isIdle);
    values[text.impossible] = { N: String(take.impossible) };
  } else {
    conditions.push(text.isSeen);
    values[text.seen] = { N: String(take.seen) };
  }
  values[text.next] = { N: String(take.next) };
  set.push(text.begin);
}

function writeTokens({ set, conditions, values }: GateUpdate, text: TokenTexts, take: TokenTake): void {
  values[text.at] = { N: String(take.windowMs) };
  values[text.limit] = { N: String(take.limit) };
  if (take.kind === 'take') {
    conditions.push(text.hasRoom);
    values[text.old] = { N: String(take.under) };
    values[text.take] = { N: String(take.take) };
    set.push(text.takeFrom);
    return;
  }
  if (take.mistaken === undefined) {
    conditions.push(text.isPast);
  } else {
    conditions.push(text.isSeen);
    values[text.seen] = { N: String(take.mistaken) };
  }
  values[text.left] = { N: String(take.left) };
  set.push(text.begin);
}

function writeSlot(update: GateUpdate, take: SlotTake, attemptId: string, expiresAtMs: number): void {
  const { set, conditions, names, values } = update;
  names['#open'] = 'open';
  if (take.kind === 'first') {
    conditions.push('attribute_not_exists(#open)');
    values[':slots'] = { M: { [attemptId]: { N: String(expiresAtMs) } } };
    set.push('#open = :slots');
    return;
  }
  removeSlots(update, take.dead);
  names['#id'] = attemptId;
  conditions.push('size(#open) < :most');
  values[':most'] = { N: String(take.most) };
  values[':slot'] = { N: String(expiresAtMs) };
  set.push('#open.#id = :slot');
}

function removeSlots({ remove, conditions, names }: GateUpdate, dead: readonly string[]): void {
  dead.forEach((id, index) => {
    names[`#dead${index}`] = id;
    remove.push(`#open.#dead${index}`);
    conditions.push(`attribute_exists(#open.#dead${index})`);
  });
}

/** The update that gives back what was decided; each part has a condition of its own. */
export function writeReturn(back: GateReturn, attemptId: string): GateUpdate {
  const update: GateUpdate = { set: [], remove: [], conditions: [], names: {}, values: {} };
  const { set, remove, conditions, names, values } = update;
  const tokens = (text: TokenTexts, given: GateReturn['tokenMinute']): void => {
    if (given === undefined) return;
    set.push(text.giveBack);
    conditions.push(text.isSameWindow);
    values[text.refund] = { N: String(given.amount) };
    values[text.at] = { N: String(given.windowMs) };
  };
  const rate = (text: RateTexts, given: GateReturn['minute']): void => {
    if (given === undefined) return;
    set.push(text.stepBack);
    conditions.push(text.isSameEpoch);
    values[text.step] = { N: String(given.step) };
    values[text.epoch] = { N: String(given.epoch) };
  };
  tokens(TOKEN_MINUTE, back.tokenMinute);
  tokens(TOKEN_DAY, back.tokenDay);
  rate(MINUTE, back.minute);
  rate(DAY, back.day);
  if (back.slot) {
    remove.push('#open.#id');
    conditions.push('attribute_exists(#open.#id)');
    names['#open'] = 'open';
    names['#id'] = attemptId;
  }
  return update;
}

/** The update that frees slots of dead requests, those that are gone already too. */
export function writeSweep(dead: readonly string[]): GateUpdate {
  return {
    set: [],
    remove: dead.map((_id, index) => `#open.#d${index}`),
    conditions: ['attribute_exists(#open)'],
    names: { '#open': 'open', ...Object.fromEntries(dead.map((id, index) => [`#d${index}`, id])) },
    values: {},
  };
}

export function readGate(item: Item): GateState {
  const slots = item['open']?.M;
  return {
    minute: rateOf(item['minute_tat'], item['minute_epoch'], item['minute_step']),
    day: rateOf(item['day_tat'], item['day_epoch'], item['day_step']),
    tokenMinute: windowOf(item['token_minute_at'], item['token_minute_left'], item['token_minute_limit']),
    tokenDay: windowOf(item['token_day_at'], item['token_day_left'], item['token_day_limit']),
    slots: slots === undefined ? undefined : new Map(Object.entries(slots).map(([id, value]) => [id, Number(value.N)])),
  };
}

type Attribute = AttributeValue | undefined;

function rateOf(mark: Attribute, epoch: Attribute, step: Attribute): RateState | undefined {
  const tat = numberOf(mark);
  return tat === undefined ? undefined : { tat, epoch: numberOf(epoch) ?? 0, step: numberOf(step) ?? 0 };
}

function windowOf(at: Attribute, left: Attribute, limit: Attribute): WindowState | undefined {
  const atMs = numberOf(at);
  return atMs === undefined ? undefined : { atMs, left: numberOf(left) ?? 0, limit: numberOf(limit) ?? 0 };
}
