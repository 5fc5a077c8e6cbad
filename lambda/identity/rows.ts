import { GATEWAY_ID, type LevelKind, labelOf } from '../money/ledger';
import type { PlannedRows, RowCheck, RowMarks } from '../money/ports';
import { ageMs, type Clock, type Moment, momentOf, type Soon, sharedReads } from '../platform/runtime';
import type { KeyRecord, LevelRecord } from './entities';
import type { IdentityStore, RowName } from './ports';

/** The rows that a key's call is planned from. */
export interface KeptRows extends PlannedRows<KeyRecord, LevelRecord> {
  /** Tags of which this process does not know whether they have a row; the plan is made as if they had none, which the round checks. */
  readonly unreadTags: readonly string[];
}

export interface DatedRows {
  /** Undefined: there is no such key. */
  readonly rows: KeptRows | undefined;
  /** Of the key's own row; 0: it was read for who asks. */
  readonly ageMs: number;
}

type Tags = Readonly<Record<string, string>>;

/**
 * Keys and the levels above them as this process knows them, of whatever age: each call's round reads in one consistent batch whether they
 * still stand.
 */
export interface IdentityRows extends RowCheck<KeptRows> {
  /**
   * The rows of a key, without tags. What this process does not know it reads: a key's row brings a copy of what is above it. That there is
   * no such key is remembered for 30 s: ids are drawn at random and come into use after their row, so only guesses find none.
   *
   * @throws whatever the table's connector throws
   */
  of(keyId: string): Soon<DatedRows>;
  /** The same as they stand, by reads that begin now. */
  anew(keyId: string): Promise<DatedRows>;
  /** The rows with those of tags, as far as they are known, for a plan made under this mark of the overrides. */
  withTags(rows: KeptRows, tags: Tags, overrides: number): KeptRows;
  /** The same, with all of them: what is not known is read. */
  withAllTags(rows: KeptRows, tags: Tags, overrides: number): Promise<KeptRows>;
}

const READ_TIMEOUT_MS = 1_500;
/** What is above a key is read within the time that a call waits for the ledger. */
const ABOVE_TIMEOUT_MS = 700;
/** A key that does not exist is remembered for so long. */
const ABSENT_KEY_MS = 30_000;
const MOST_ROWS = 10_000;
const NOBODY: DatedRows = { rows: undefined, ageMs: 0 };
const NO_MARKS: RowMarks = { overrides: 0, tags: 0 };

interface Entry {
  readonly record: LevelRecord | undefined;
  /** From before the read: the row may change while it is read. */
  readonly readAt: Moment;
  /** Reads are numbered as they begin. */
  readonly number: number;
}

/** A tag's row, good as long as the gateway's mark of tags is the one that was known before it was read. */
interface TagEntry {
  readonly record: LevelRecord | undefined;
  readonly mark: number;
}

export function createIdentityRows(store: Pick<IdentityStore, 'rows' | 'states'>, clock: Clock): IdentityRows {
  const known = new Map<string, Entry>();
  // Apart, so that whoever guesses ids pushes nobody's row out.
  const absentKeys = new Map<string, Moment>();
  const tagRows = new Map<string, TagEntry>();
  let marks = NO_MARKS;
  let reads = 0;

  function note(kind: LevelKind, id: string, entry: Entry): void {
    const label = labelOf(kind, id);
    // A read that began later knows better, though it may have ended before.
    const before = known.get(label);
    if ((before?.number ?? 0) > entry.number) return;
    known.delete(label);
    // The same row stays the same object: what is made of it is made once.
    const isSame = before?.record !== undefined && before.record.generation === entry.record?.generation;
    keep(known, label, isSame ? { ...entry, record: before.record } : entry);
  }

  /** Reads rows as they stand. */
  async function read(names: readonly RowName[], timeoutMs: number): Promise<void> {
    const number = ++reads;
    const readAt = momentOf(clock);
    // An answer that is lost does not cost all of the time.
    const found = await store.rows(names, timeoutMs / 3).catch(() => store.rows(names, (2 * timeoutMs) / 3));
    for (const [index, [kind, id]] of names.entries()) {
      const record = found.records[index];
      if (kind === 'key' && record === undefined) {
        known.delete(labelOf(kind, id));
        keep(absentKeys, id, readAt);
        continue;
      }
      if (kind === 'key') absentKeys.delete(id);
      note(kind, id, { record, readAt, number });
      if (kind === 'key') noteCopies(record as KeyRecord, readAt);
    }
    const { overrides, tags } = found.marks ?? marks;
    if (overrides > marks.overrides || tags > marks.tags) {
      marks = { overrides: Math.max(marks.overrides, overrides), tags: Math.max(marks.tags, tags) };
    }
  }

  /** What a key's row says of the levels above it is better than nothing, and than what is known to be older. */
  function noteCopies({ above = {}, teamId, projectId, userId }: KeyRecord, readAt: Moment): void {
    for (const [kind, id] of aboveOf({ teamId, projectId, userId })) {
      const copy = above[kind];
      const entry = known.get(labelOf(kind, id));
      if (copy === undefined || copy.id !== id) continue;
      if (entry === undefined || (entry.record !== undefined && entry.record.generation < copy.generation))
        note(kind, id, { record: copy, readAt, number: entry?.number ?? 0 });
    }
  }

  const keyOf = (keyId: string) => known.get(labelOf('key', keyId));
  const missingAbove = (key: KeyRecord): readonly RowName[] =>
    [GATEWAY, ...aboveOf(key)].filter(([kind, id]) => !known.has(labelOf(kind, id)));

  const recordOf = (kind: LevelKind, id: string | undefined) => (id === undefined ? undefined : known.get(labelOf(kind, id))?.record);

  const assembled = new WeakMap<KeyRecord, KeptRows>();
  function assemble(key: KeyRecord): KeptRows {
    const gateway = recordOf(...GATEWAY);
    const [team, project, user] = [recordOf('team', key.teamId), recordOf('project', key.projectId), recordOf('user', key.userId)];
    const before = assembled.get(key);
    const isSame = before?.gateway === gateway && before?.team === team && before?.project === project && before?.user === user;
    if (before !== undefined && isSame && before.marks === marks) return before;
    const rows: KeptRows = { key, gateway, team, project, user, tags: [], marks, unreadTags: [] };
    assembled.set(key, rows);
    return rows;
  }

  function answer(keyId: string, ageOf: (entry: Entry) => number): Soon<DatedRows> {
    const entry = keyOf(keyId);
    if (entry?.record === undefined) return NOBODY;
    const key = entry.record as KeyRecord;
    const missing = missingAbove(key);
    if (missing.length === 0) return { rows: assemble(key), ageMs: ageOf(entry) };
    return read(missing, ABOVE_TIMEOUT_MS).then(() => ({ rows: assemble(key), ageMs: ageOf(entry) }));
  }

  /** Whoever wants the rows as they are now may not join a read that began before. */
  const readAllNow = sharedReads(async (keyId) => {
    const before = keyOf(keyId)?.record as KeyRecord | undefined;
    const names = before === undefined ? [] : aboveOf(before);
    await read([['key', keyId], GATEWAY, ...names], READ_TIMEOUT_MS);
    const key = keyOf(keyId)?.record as KeyRecord | undefined;
    if (key === undefined) return;
    // Of a key that was not known before, or has moved, the levels above were not read yet; copies of them may be old.
    const others = aboveOf(key).filter(([kind, id]) => !names.some(([other, otherId]) => other === kind && otherId === id));
    if (others.length > 0) await read(others, ABOVE_TIMEOUT_MS);
  });

  /** Who comes at the same time shares the read: the round checks what it brings. */
  const pending = new Map<string, Promise<void>>();
  function readOnce(keyId: string): Promise<void> {
    let running = pending.get(keyId);
    if (running === undefined) {
      const names: RowName[] = [['key', keyId]];
      if (!known.has(labelOf(...GATEWAY))) names.push(GATEWAY);
      running = read(names, READ_TIMEOUT_MS).finally(() => pending.delete(keyId));
      pending.set(keyId, running);
    }
    return running;
  }

  const isAbsent = (keyId: string): boolean => {
    const readAt = absentKeys.get(keyId);
    return readAt !== undefined && ageMs(clock, readAt) < ABSENT_KEY_MS;
  };

  const tagged = new WeakMap<KeptRows, KeptRows>();
  function withTags(rows: KeptRows, tags: Tags, overrides: number): KeptRows {
    const before = tagged.get(rows);
    if (before?.marks.overrides === overrides && before.marks.tags === marks.tags) return before;
    const found: LevelRecord[] = [];
    const unread: string[] = [];
    // Without a change ever there is no row of any tag.
    if (marks.tags > 0) {
      for (const id of idsOf(tags)) {
        const entry = tagRows.get(id);
        if (entry?.mark !== marks.tags) unread.push(id);
        else if (entry.record !== undefined) found.push(entry.record);
      }
    }
    const all = { ...rows, tags: found, unreadTags: unread, marks: { overrides, tags: marks.tags } };
    // A key's tags follow from its rows, so these are the same each time.
    if (unread.length === 0) tagged.set(rows, all);
    return all;
  }

  return {
    of(keyId) {
      if (isAbsent(keyId)) return NOBODY;
      if (keyOf(keyId) !== undefined) return answer(keyId, ({ readAt }) => ageMs(clock, readAt));
      return readOnce(keyId).then(() => answer(keyId, () => 0));
    },

    async anew(keyId) {
      if (isAbsent(keyId)) return NOBODY;
      await readAllNow(keyId);
      return answer(keyId, () => 0);
    },

    withTags,

    async withAllTags(rows, tags, overrides) {
      const { unreadTags: ids } = withTags(rows, tags, overrides);
      if (ids.length > 0) {
        const mark = marks.tags;
        const { records } = await store.rows(
          ids.map((id) => ['tag', id]),
          ABOVE_TIMEOUT_MS,
        );
        for (const [index, id] of ids.entries()) keep(tagRows, id, { record: records[index], mark });
      }
      return withTags(rows, tags, overrides);
    },

    async stand(rows, timeoutMs) {
      const { marks: planned, unreadTags } = rows;
      const { names, wanted } = questionOf(rows);
      const { generations, marks: found } = await store.states(names, timeoutMs);
      for (let index = 0; index < names.length; index++) if (generations[index] !== wanted[index]) return false;
      if (found.overrides !== planned.overrides || found.tags !== planned.tags) return false;
      for (const id of unreadTags) keep(tagRows, id, { record: undefined, mark: planned.tags });
      return true;
    },
  };
}

/** What is asked of the table to know whether rows still stand, and what it has to answer. */
interface Question {
  readonly names: readonly RowName[];
  readonly wanted: readonly (number | undefined)[];
}

/** Rows are kept as long as they hold, and so is what is asked of them with every call. */
const questions = new WeakMap<KeptRows, Question>();

function questionOf(rows: KeptRows): Question {
  let question = questions.get(rows);
  if (question === undefined) {
    question = makeQuestion(rows);
    questions.set(rows, question);
  }
  return question;
}

function makeQuestion({ key, gateway, team, project, user, unreadTags }: KeptRows): Question {
  const names: RowName[] = [['key', key.id], GATEWAY];
  const wanted: (number | undefined)[] = [key.generation === NO_ROW ? undefined : key.generation, gateway?.generation];
  for (const [kind, id, record] of [
    ['team', key.teamId, team],
    ['project', key.projectId, project],
    ['user', key.userId, user],
  ] as const) {
    if (id === undefined) continue;
    names.push([kind, id]);
    wanted.push(record?.generation);
  }
  for (const id of unreadTags) names.push(['tag', id]);
  return { names, wanted };
}

const GATEWAY: RowName = ['gateway', GATEWAY_ID];
/** Generation of a key that is made up: there is no row of it. */
const NO_ROW = 0;

function aboveOf({
  teamId,
  projectId,
  userId,
}: Pick<KeyRecord, 'teamId' | 'projectId' | 'userId'>): (readonly ['team' | 'project' | 'user', string])[] {
  const names: (readonly ['team' | 'project' | 'user', string])[] = [];
  if (teamId !== undefined) names.push(['team', teamId]);
  if (projectId !== undefined) names.push(['project', projectId]);
  if (userId !== undefined) names.push(['user', userId]);
  return names;
}

function idsOf(tags: Tags): readonly string[] {
  return Object.entries(tags).map(([name, value]) => `${name}=${value}`);
}

/** Beyond so many, the one that was read longest ago goes. */
function keep<T>(entries: Map<string, T>, label: string, entry: T): void {
  if (entries.size >= MOST_ROWS && !entries.has(label)) entries.delete(entries.keys().next().value as string);
  entries.set(label, entry);
}
