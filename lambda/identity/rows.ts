import { type LevelKind, labelOf } from '../money/ledger';
import type { LevelRows } from '../money/ports';
import { ageMs, type Clock, type Moment, momentOf, sharedReads } from '../platform/runtime';
import type { LevelRecord } from './entities';
import type { IdentityStore, LevelRecords } from './ports';

/** A row that is older is read again beside the request that finds it. */
const FRESH_MS = 5_000;
/** A row that is older is not used. */
const STALE_MS = 10_000;
/** A key that does not exist is remembered for so long. */
const ABSENT_KEY_MS = 30_000;
/** The levels above a key are read within the time that a call waits for the ledger; its own row is read before. */
const READ_TIMEOUT_MS = { key: 1_500, above: 700 } as const;
const MOST_ROWS = 10_000;
const MOST_ABSENT_KEYS = 10_000;

export interface DatedRow<R> {
  /** Undefined: there is no such row. */
  readonly record: R | undefined;
  /** 0: it was read for who asks. */
  readonly ageMs: number;
}

/** Rows of the identity table, none older than ten seconds. What overlaps is one read, and each read sees all that was written before it. */
export interface IdentityRows extends LevelRows<LevelRecord> {
  /**
   * A row, with its age. That there is no such key is remembered for 30 s whatever is asked for: ids are drawn at random and come into use
   * after their row, so only guesses find none.
   *
   * @param maxAgeMs default: 10 s; 0 is answered by a read that began after the question
   * @throws whatever the table's connector throws
   */
  dated<K extends LevelKind>(kind: K, id: string, maxAgeMs?: number): Promise<DatedRow<LevelRecords[K]>>;
}

interface Entry {
  readonly record: LevelRecord | undefined;
  /** From before the read: the row may change while it is read. */
  readonly readAt: Moment;
  /** Reads are numbered as they begin. */
  readonly number: number;
}

/** The one cache of keys and of the levels above them, for authentication, policies and the ledger alike. */
export function createIdentityRows(store: Pick<IdentityStore, 'get'>, clock: Clock): IdentityRows {
  const rows = new Map<string, Entry>();
  // Apart, so that whoever guesses ids pushes nobody's row out.
  const absentKeys = new Map<string, Entry>();
  const pending = new Map<string, Promise<Entry>>();
  let reads = 0;

  async function read(kind: LevelKind, id: string, label: string): Promise<Entry> {
    const number = ++reads;
    const readAt = momentOf(clock);
    const timeoutMs = kind === 'key' ? READ_TIMEOUT_MS.key : READ_TIMEOUT_MS.above;
    const entry: Entry = { record: await store.get(kind, id, { consistent: true, timeoutMs }), readAt, number };
    // A read that began later knows better, though it may have ended before.
    if ((rows.get(label)?.number ?? 0) > number || (absentKeys.get(label)?.number ?? 0) > number) return entry;
    rows.delete(label);
    absentKeys.delete(label);
    if (kind === 'key' && entry.record === undefined) keep(absentKeys, MOST_ABSENT_KEYS, label, entry);
    else keep(rows, MOST_ROWS, label, entry);
    return entry;
  }

  function readOnce(kind: LevelKind, id: string, label: string): Promise<Entry> {
    let running = pending.get(label);
    if (running === undefined) {
      running = read(kind, id, label).finally(() => pending.delete(label));
      pending.set(label, running);
    }
    return running;
  }

  /** Whoever wants the row as it is now may not join a read that began before. */
  const readNow = sharedReads((label) => {
    const split = label.indexOf('#');
    return read(label.slice(0, split) as LevelKind, label.slice(split + 1), label);
  });

  function find(kind: LevelKind, id: string, maxAgeMs: number): Entry | Promise<Entry> {
    const label = labelOf(kind, id);
    const absent = kind === 'key' ? absentKeys.get(label) : undefined;
    if (absent !== undefined && ageMs(clock, absent.readAt) < ABSENT_KEY_MS) return absent;
    if (maxAgeMs === 0) return readNow(label);
    const known = rows.get(label);
    const age = known === undefined ? Number.POSITIVE_INFINITY : ageMs(clock, known.readAt);
    if (known === undefined || age > maxAgeMs) return readOnce(kind, id, label);
    // A read that fails is tried again by the next who asks; once the row is stale they are told.
    if (age > FRESH_MS) readOnce(kind, id, label).catch(() => undefined);
    return known;
  }

  return {
    async get(kind, id) {
      return (await find(kind, id, STALE_MS)).record;
    },
    async refresh(kind, id) {
      return (await readNow(labelOf(kind, id))).record;
    },
    async dated(kind, id, maxAgeMs = STALE_MS) {
      const found = find(kind, id, maxAgeMs);
      if (found instanceof Promise) return { record: (await found).record as never, ageMs: 0 };
      return { record: found.record as never, ageMs: ageMs(clock, found.readAt) };
    },
  };
}

/** Beyond so many, the one that was read longest ago goes. */
function keep(entries: Map<string, Entry>, most: number, label: string, entry: Entry): void {
  if (entries.size >= most) entries.delete(entries.keys().next().value as string);
  entries.set(label, entry);
}
