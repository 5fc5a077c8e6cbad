/** Adds to one item, kept in parts, of what a level has spent on calls of the same names. */
export interface SpendChange {
  readonly pk: string;
  readonly sk: string;
  /** Nano-USD by attribute. */
  readonly adds: Readonly<Record<string, bigint>>;
  /** Absent: it is kept for ever. */
  readonly ttl?: number;
}

/** A level, and the names under which a call is counted there: see `spendNames`. */
export interface SpentAt {
  readonly level: string;
  readonly names: string;
}

/** As fine as any time zone's edge. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** The items of days correct the edges of periods that have not ended: months, at the longest. */
const DAYS_KEPT = 40;
/** The only attribute of a month's item. */
const TOTAL = 'total';
/** Begins the names of all months, and of no day. */
const MONTHS = 'm';
/** What calls of too many or too long names are counted under together: any pattern may fit them. */
export const OTHER_NAMES = '';
/** A sort key has 1,024 bytes. */
const LONGEST_NAMES_BYTES = 900;

/**
 * All names by which a budget that is narrowed to models may know a call, as one text: calls of the same text are bound by the same budgets.
 *
 * @param places `provider/model` of every place that the call could go to
 */
export function spendNames(askedFor: string, places: readonly string[]): string {
  const names = JSON.stringify([askedFor, ...[...new Set(places)].sort()].map((name) => name.toLowerCase()));
  return Buffer.byteLength(names) > LONGEST_NAMES_BYTES ? OTHER_NAMES : names;
}

/** What one request adds to its levels' spend. */
export function spendChanges(places: readonly SpentAt[], atMs: number, nanoUsd: bigint, nowMs: number): readonly SpendChange[] {
  if (nanoUsd === 0n) return [];
  const ttl = Math.floor(nowMs / 1_000) + DAYS_KEPT * 86_400;
  return places.flatMap(({ level, names }) => [
    { pk: partition(level), sk: `${monthOf(atMs)}#${names}`, adds: { [TOTAL]: nanoUsd } },
    { pk: partition(level), sk: `${dayName(atMs)}#${names}`, adds: { [quarterOf(atMs)]: nanoUsd }, ttl },
  ]);
}

/** Changes of the same item made one. */
export function mergeSpend(changes: readonly SpendChange[]): readonly SpendChange[] {
  const merged = new Map<string, SpendChange>();
  for (const change of changes) {
    const name = `${change.pk}\n${change.sk}`;
    const adds: Record<string, bigint> = { ...merged.get(name)?.adds };
    for (const [attribute, nanoUsd] of Object.entries(change.adds)) adds[attribute] = (adds[attribute] ?? 0n) + nanoUsd;
    merged.set(name, { ...change, adds });
  }
  return [...merged.values()];
}

/** The names that the calls of an item, or of its part, could be bound by; undefined: any. */
export function namesOfSort(sk: string): readonly [askedFor: string, ...places: string[]] | undefined {
  const names = sk.slice(sk.indexOf('#') + 1, sk.lastIndexOf('#'));
  return names === OTHER_NAMES ? undefined : JSON.parse(names);
}

export function partition(level: string): string {
  return `spend#${level}`;
}

function dayName(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function monthOf(atMs: number): string {
  return `${MONTHS}${dayName(atMs).slice(0, 7)}`;
}

function quarterOf(atMs: number): string {
  return `q${Math.floor((atMs % DAY_MS) / QUARTER_MS)}`;
}

/** Whether an attribute of a day's item is what was spent in a quarter of an hour. */
export function isQuarter(attribute: string): boolean {
  return /^q\d+$/.test(attribute);
}

/** Whole items of days or months, of which all or certain attributes are summed. */
export interface SpendSpan {
  /** Begins the names of the items. */
  readonly prefix: string;
  readonly attributes: readonly string[];
  /** It is subtracted. */
  readonly less?: boolean;
}

/** Spans longer than this are taken from the sums of months. */
const LONGEST_BY_DAYS_MS = 9 * DAY_MS;

/** Of which items what was spent from one moment to another is the sum. Few, whatever the span. @param endMs may be infinite */
export function spendSpans(startMs: number, endMs: number, nowMs: number): readonly SpendSpan[] {
  if (startMs === 0) return [{ prefix: MONTHS, attributes: [TOTAL] }];
  const lastMs = Math.min(endMs, nowMs + QUARTER_MS);
  if (lastMs - startMs <= LONGEST_BY_DAYS_MS) return dayByDay(startMs, lastMs);
  // The calendar month that the period is about, and what it has more or less at its edges.
  const middle = new Date(startMs + (lastMs - startMs) / 2);
  const monthMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth(), 1);
  const nextMs = Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth() + 1, 1);
  return [
    { prefix: `${monthOf(monthMs)}#`, attributes: [TOTAL] },
    ...dayByDay(startMs, monthMs),
    ...dayByDay(monthMs, startMs).map((span) => ({ ...span, less: true })),
    ...dayByDay(nextMs, lastMs),
  ];
}

function dayByDay(startMs: number, endMs: number): readonly SpendSpan[] {
  if (startMs >= endMs) return [];
  const spans: SpendSpan[] = [];
  for (let dayMs = startMs - (startMs % DAY_MS); dayMs < endMs; dayMs += DAY_MS) {
    const attributes: string[] = [];
    for (let atMs = Math.max(dayMs, startMs); atMs < Math.min(dayMs + DAY_MS, endMs); atMs += QUARTER_MS) attributes.push(quarterOf(atMs));
    spans.push({ prefix: `${dayName(dayMs)}#`, attributes });
  }
  return spans;
}
