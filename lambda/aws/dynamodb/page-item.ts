import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type {
  EntryCall,
  KeptEntry,
  Loan,
  Mark,
  PageEntry,
  PageState,
  Parcel,
  PeriodState,
  ShardAmounts,
  SlotFigures,
  TakenTokens,
  WindowFigures,
  WindowName,
} from '../../money/ports';
import { WINDOW_NAMES } from '../../money/ports';
import { bigintOf, fromItem, type Item, numberOf, toItem } from './attributes';

/** Names are short, because a write costs by the kilobyte and an entry is written three times. */
const PERIODS = { hour: 'h', day: 'd', week: 'w', month: 'm', lifetime: 'l' } as const;
const PERIOD_NAMES = new Map<string, string>(Object.entries(PERIODS).map(([name, short]) => [short, name]));
/** Under `tk`. */
export const WINDOWS: Readonly<Record<WindowName, 'm' | 'd'>> = { minute: 'm', day: 'd' };
/** Marks of the request rates, and the limits that they were made under. */
export const MARKS: Readonly<Record<WindowName, 'tm' | 'td'>> = { minute: 'tm', day: 'td' };
export const MARK_LIMITS: Readonly<Record<WindowName, 'lm' | 'ld'>> = { minute: 'lm', day: 'ld' };
/** `[mark, limit]` that a lower one took the place of. */
export const MARKS_BEFORE: Readonly<Record<WindowName, 'bm' | 'bd'>> = { minute: 'bm', day: 'bd' };

/** `month.7` is kept as `m.7`. */
export function shortPeriod(name: string): string {
  const dot = name.indexOf('.');
  const short = PERIODS[(dot < 0 ? name : name.slice(0, dot)) as keyof typeof PERIODS];
  return dot < 0 ? short : short + name.slice(dot);
}

function longPeriod(short: string): string {
  return (PERIOD_NAMES.get(short.charAt(0)) ?? short) + short.slice(1);
}

export function seconds(ms: number): AttributeValue {
  return { N: String(Math.floor(ms / 1_000)) };
}

export function number(value: number | bigint): AttributeValue {
  return { N: String(value) };
}

function msOf(attribute: AttributeValue | undefined): number {
  return (numberOf(attribute) ?? 0) * 1_000;
}

export function writeEntry(entry: PageEntry): AttributeValue {
  const item: Item = {
    w: number(entry.nanoUsd),
    s: seconds(entry.heardByMs),
    x: number(Math.ceil((entry.expiresAtMs - entry.heardByMs) / 1_000)),
    ...writeHeld(entry),
  };
  if (entry.slot) item['sl'] = { N: '1' };
  if (entry.call !== undefined) Object.assign(item, writeCall(entry.call));
  return { M: item };
}

/** What K leaves of an entry. */
export function writeKept(entry: PageEntry): AttributeValue {
  return { M: { w: number(entry.nanoUsd), s: seconds(entry.expiresAtMs), ...writeHeld(entry) } };
}

function writeHeld({ starts, tokens, first, tryNumber = 1 }: Pick<PageEntry, 'starts' | 'tokens' | 'first' | 'tryNumber'>): Item {
  const item: Item = {};
  const periods = writeStarts(starts);
  if (periods !== undefined) item['p'] = periods;
  for (const window of WINDOW_NAMES) {
    const taken = tokens[window];
    if (taken !== undefined) item[`t${WINDOWS[window]}`] = { L: [seconds(taken.startMs), number(taken.amount)] };
  }
  if (first !== undefined) item['h'] = { S: first };
  if (tryNumber > 1) item['n'] = number(tryNumber);
  return item;
}

function writeCall({ model, operation, teamId, projectId, userId, tags, others }: EntryCall): Item {
  return toItem({ m: model, op: operation, te: teamId, pr: projectId, us: userId, g: tags, t: others.length === 0 ? undefined : others });
}

/** Of which periods, by their starts, an entry took money. Undefined: of none. */
export function writeStarts(starts: PageEntry['starts']): AttributeValue | undefined {
  const periods: Item = {};
  let some = false;
  for (const name in starts) {
    periods[shortPeriod(name)] = seconds(starts[name] as number);
    some = true;
  }
  return some ? { M: periods } : undefined;
}

function readKept(item: Item): KeptEntry {
  const starts: Record<string, number> = {};
  const periods = item['p']?.M;
  for (const short in periods) starts[longPeriod(short)] = msOf(periods[short]);
  const tokens: Partial<Record<WindowName, TakenTokens>> = {};
  for (const window of WINDOW_NAMES) {
    const taken = item[`t${WINDOWS[window]}`]?.L;
    if (taken !== undefined) tokens[window] = { startMs: msOf(taken[0]), amount: numberOf(taken[1]) ?? 0 };
  }
  const kept = { nanoUsd: bigintOf(item['w']) ?? 0n, expiresAtMs: msOf(item['s']), starts, tokens, first: item['h']?.S };
  return { ...kept, tryNumber: numberOf(item['n']) ?? 1 };
}

function readEntry(item: Item): PageEntry {
  const heardByMs = msOf(item['s']);
  const call = item['m'] === undefined ? undefined : readCall(item);
  return { ...readKept(item), heardByMs, expiresAtMs: heardByMs + msOf(item['x']), slot: item['sl'] !== undefined, call };
}

function readCall(item: Item): EntryCall {
  return {
    model: item['m']?.S ?? '',
    operation: item['op']?.S ?? '',
    teamId: item['te']?.S,
    projectId: item['pr']?.S,
    userId: item['us']?.S,
    tags: item['g']?.M === undefined ? undefined : (fromItem(item['g'].M) as Record<string, string>),
    others: (item['t']?.L ?? []).map(({ S: key = '' }) => key),
  };
}

export function writeParcel({ nanoUsd, starts, slots }: Parcel): AttributeValue {
  const periods: Item = {};
  for (const name in starts) periods[shortPeriod(name)] = { L: [seconds(starts[name] as number), number(nanoUsd[name] ?? 0n)] };
  return { M: { p: { M: periods }, ...(slots === undefined ? {} : { sl: number(slots) }) } };
}

function readParcel(item: Item): Parcel {
  const nanoUsd: Record<string, bigint> = {};
  const starts: Record<string, number> = {};
  const periods = item['p']?.M;
  for (const short in periods) {
    const [start, amount] = periods[short]?.L ?? [];
    starts[longPeriod(short)] = msOf(start);
    nanoUsd[longPeriod(short)] = bigintOf(amount) ?? 0n;
  }
  return { nanoUsd, starts, slots: numberOf(item['sl']) };
}

/** Under which name a shard keeps what has left it of a period. It means something only while there is a `bk`. */
export function backName(period: string): string {
  return `b_${shortPeriod(period)}`;
}

function readBack(item: Item): ShardAmounts {
  const nanoUsd: Record<string, bigint> = {};
  for (const short in item['p']?.M) nanoUsd[longPeriod(short)] = bigintOf(item[`b_${short}`]) ?? 0n;
  return { nanoUsd, slots: numberOf(item['bs']) };
}

/** A page as an item showed it. Each part is read when it is asked for: few callers look at all. */
export class StoredPage implements PageState {
  readonly #item: Item;
  #periods: Readonly<Record<string, PeriodState>> | undefined;
  #open: ReadonlyMap<string, PageEntry> | undefined;

  public constructor(item: Item) {
    this.#item = item;
  }

  public get key(): string {
    return this.#item['pk']?.S ?? '';
  }

  public get generation(): number {
    return numberOf(this.#item['g']) ?? 0;
  }

  public get periods(): Readonly<Record<string, PeriodState>> {
    this.#periods ??= readPeriods(this.#item['p']?.M ?? {});
    return this.#periods;
  }

  public get marks(): PageState['marks'] {
    const marks: Partial<Record<WindowName, Mark>> = {};
    for (const window of WINDOW_NAMES) {
      const at = numberOf(this.#item[MARKS[window]]);
      if (at === undefined) continue;
      const [beforeAt, beforeLimit] = this.#item[MARKS_BEFORE[window]]?.L ?? [];
      const before = beforeAt === undefined ? undefined : { at: numberOf(beforeAt) ?? 0, limit: numberOf(beforeLimit) ?? 0 };
      marks[window] = { at, limit: numberOf(this.#item[MARK_LIMITS[window]]) ?? 0, before };
    }
    return marks;
  }

  public get tokens(): PageState['tokens'] {
    const tokens: Partial<Record<WindowName, WindowFigures>> = {};
    for (const window of WINDOW_NAMES) {
      const found = this.#item['tk']?.M?.[WINDOWS[window]]?.M;
      if (found !== undefined) tokens[window] = { startMs: msOf(found['s']), ...readSlots(found) };
    }
    return tokens;
  }

  public get slots(): SlotFigures | undefined {
    const found = this.#item['slots']?.M;
    return found === undefined ? undefined : readSlots(found);
  }

  public get openCount(): number {
    let count = 0;
    for (const _id in this.#item['o']?.M) count++;
    return count;
  }

  /** Told without reading the entries: nearly always nobody asks for more. */
  public get firstEndMs(): number {
    let first = Number.POSITIVE_INFINITY;
    const open = this.#item['o']?.M;
    for (const id in open) {
      const entry = open[id]?.M;
      first = Math.min(first, (numberOf(entry?.['s']) ?? 0) + (numberOf(entry?.['x']) ?? 0));
    }
    const kept = this.#item['k']?.M;
    for (const id in kept) first = Math.min(first, numberOf(kept[id]?.M?.['s']) ?? 0);
    return first * 1_000;
  }

  public get open(): ReadonlyMap<string, PageEntry> {
    this.#open ??= readMap(this.#item['o'], readEntry);
    return this.#open;
  }

  public get kept(): ReadonlyMap<string, KeptEntry> {
    return readMap(this.#item['k'], readKept);
  }

  public get dueMs(): number | undefined {
    return this.#item['due'] === undefined ? undefined : msOf(this.#item['due']);
  }

  public get shards(): number {
    return numberOf(this.#item['shards']) ?? 0;
  }

  public get loans(): ReadonlyMap<string, Loan> {
    return readMap(this.#item['sh'], ({ n, a }) => ({
      number: numberOf(n) ?? 0,
      parcel: a?.M === undefined ? undefined : readParcel(a.M),
    }));
  }

  public get parcels(): number {
    return numberOf(this.#item['q']) ?? 0;
  }

  public get back(): ShardAmounts | undefined {
    return this.#item['bk'] === undefined ? undefined : readBack(this.#item);
  }
}

/** Whether an item holds anything of an attempt, open or kept. */
export function holdsAttempt(item: Item, attemptId: string): 'open' | 'kept' | undefined {
  if (item['o']?.M?.[attemptId] !== undefined) return 'open';
  return item['k']?.M?.[attemptId] === undefined ? undefined : 'kept';
}

function readMap<T>(attribute: AttributeValue | undefined, read: (item: Item) => T): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  const found = attribute?.M;
  for (const name in found) map.set(name, read(found[name]?.M ?? {}));
  return map;
}

function readPeriods(map: Item): Readonly<Record<string, PeriodState>> {
  const periods: Record<string, PeriodState> = {};
  for (const short in map) {
    const found = map[short]?.M;
    periods[longPeriod(short)] = {
      startMs: msOf(found?.['s']),
      remainingNanoUsd: bigintOf(found?.['r']) ?? 0n,
      limitNanoUsd: bigintOf(found?.['l']) ?? 0n,
      spentBeforeNanoUsd: bigintOf(found?.['b']),
    };
  }
  return periods;
}

function readSlots(found: Item): SlotFigures {
  return { remaining: numberOf(found['r']) ?? 0, limit: numberOf(found['l']) ?? 0 };
}
