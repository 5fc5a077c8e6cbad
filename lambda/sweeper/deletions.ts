import { CONTENT_PREFIX, METRICS } from '../../lib/private/contract';
import { factsOfContent, type ObjectStore, type SubjectKeys } from '../archive';
import { DELETED_WITHIN_MS, type Deletion, type DeletionStore, type RecordBlanking, type RollupStore } from '../aws/dynamodb';
import type { UsageRecordStore } from '../money/ports';
import type { UsageRecord } from '../money/record';
import { type Clock, daysBefore, isoTime, type Log, type Metrics, safeStack, utcDay } from '../platform/runtime';

export interface DeletionParts {
  readonly deletions: DeletionStore;
  readonly blanking: RecordBlanking;
  readonly subjectKeys: Pick<SubjectKeys, 'destroy'>;
  readonly records: Pick<UsageRecordStore, 'list'>;
  readonly rollups: Pick<RollupStore, 'requestRebuild'>;
  /** Bucket of contents; undefined where none are kept. */
  readonly contents: Pick<ObjectStore, 'list' | 'remove'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'emit'>;
}

const DAY_MS = 86_400_000;
/** Records are kept this long. */
const KEPT_DAYS = 401;
const PAGE = 100;
/** Requests that are under way when a deletion is asked for end within this. */
const SETTLED_MS = 20 * 60_000;

/**
 * Goes on with what is to be deleted, as long as there is time: contents first, then what identifies somebody in records, the newest first, then
 * the rollups of those days. What does not fit goes on with the next tick, and may be begun again at any point.
 */
export async function deleteWhatIsAsked(parts: DeletionParts, stop: () => boolean): Promise<void> {
  try {
    const open = await parts.deletions.open();
    const overdueMs = parts.clock.now() - DELETED_WITHIN_MS;
    const overdue = open.filter(({ createdAt }) => Date.parse(createdAt) < overdueMs).length;
    if (overdue > 0) parts.metrics.emit({ [METRICS.DELETIONS_OVERDUE]: overdue });
    for (const deletion of open) {
      if (stop()) return;
      await goOn(parts, deletion, stop);
    }
  } catch (error) {
    parts.log.write('error', 'deletion-failed', { stack: safeStack(error), ...(error instanceof Error ? { code: error.name } : {}) });
  }
}

async function goOn(parts: DeletionParts, asked: Deletion, stop: () => boolean): Promise<void> {
  const { deletions, clock, log } = parts;
  let deletion = asked;
  const keep = async (change: Partial<Deletion>): Promise<void> => {
    deletion = { ...deletion, ...change };
    await deletions.put(deletion);
  };
  while (deletion.contentsAfter !== '') {
    if (stop()) return;
    await keep(await deleteContents(parts, deletion));
  }
  const oldestMs = Date.parse(deletion.createdAt) - KEPT_DAYS * DAY_MS;
  while (deletion.day === undefined || Date.parse(deletion.day) >= oldestMs) {
    if (stop()) return;
    await keep(await blankRecords(parts, deletion));
  }
  // What was under way when it was asked for is looked for once more when it has ended.
  if (clock.now() < Date.parse(deletion.createdAt) + SETTLED_MS) {
    const { contentsAfter: _contents, day: _day, recordsAfter: _records, ...again } = deletion;
    return deletions.put(again);
  }
  // Last of all: until then the stream may have told the trail of one more call.
  if (deletion.kind === 'end_user') await parts.subjectKeys.destroy(deletion.value);
  for (const day of deletion.days) await parts.rollups.requestRebuild({ day, requestId: deletion.id }, clock.now());
  await keep({ status: 'done', value: '', finishedAt: isoTime(clock.now()) });
  log.write('info', 'deletion-done', { count: deletion.records + deletion.contents });
}

async function deleteContents(
  { contents }: DeletionParts,
  { facts, contents: count, contentsAfter }: Deletion,
): Promise<Partial<Deletion>> {
  if (contents === undefined) return { contentsAfter: '' };
  const { keys, more } = await contents.list(CONTENT_PREFIX, contentsAfter === undefined ? {} : { after: contentsAfter });
  const about = keys.filter((key) => factsOfContent(key).some((fact) => facts.includes(fact)));
  for (const key of about) await contents.remove(key);
  return { contents: count + about.length, contentsAfter: more ? (keys.at(-1) ?? '') : '' };
}

async function blankRecords(parts: DeletionParts, deletion: Deletion): Promise<Partial<Deletion>> {
  const { records, blanking, clock } = parts;
  const day = deletion.day ?? utcDay(clock.now());
  const { recordsAfter } = deletion;
  const page = await records.list(day, { limit: PAGE, ...(recordsAfter === undefined ? {} : { after: recordsAfter }) });
  const about = page.items.filter((record) => isAbout(record, deletion));
  for (const record of about) await blanking.blank(record, deletion);
  const days = [...new Set([...deletion.days, ...about.map(({ createdAt }) => createdAt.slice(0, 10))])];
  const next = page.next === undefined ? { day: daysBefore(day, 1) } : { day };
  return { records: deletion.records + about.length, days, ...next, recordsAfter: page.next as string };
}

function isAbout(record: UsageRecord, { kind, value }: Deletion): boolean {
  if (kind === 'key') return record.keyId === value;
  if (kind === 'user') return record.userId === value;
  if (kind === 'end_user') return record.endUser === value;
  const [name, tag] = [value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1)];
  return record.tags?.[name] === tag || record.labels?.[name] === tag;
}
