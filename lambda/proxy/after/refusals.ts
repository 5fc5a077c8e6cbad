import type { RefusalStore } from '../../aws/dynamodb';
import { type RefusedCalls, textOfTuple, type UsageTuple } from '../../money/rollup';
import { attemptId, type Clock, type Log } from '../../platform/runtime';
import type { Trace } from './trace';

/** Counts calls that were refused before they reached a provider. None of them is a write: many are written at once, some seconds later. */
export interface RefusalCounts {
  /** @param level whose budget or limit refused it */
  note(trace: Trace, level: string | undefined): void;
  /** Writes what is counted. Never rejects: what the table does not take is kept for the next time. */
  flush(): Promise<void>;
}

const EVERY_MS = 5_000;
/** Combinations that are told apart until they are written; a caller may choose its models' names. */
const MOST_ROWS = 100;

type Parts = { readonly store: Pick<RefusalStore, 'put'>; readonly clock: Pick<Clock, 'now'>; readonly log: Log };

export function createRefusalCounts({ store, clock, log }: Parts): RefusalCounts {
  let counts = new Map<string, { -readonly [Name in keyof RefusedCalls]: RefusedCalls[Name] }>();
  /** Sums of a day each that the table has not acknowledged: they keep their ids, so that it has each once. */
  const unwritten = new Map<string, readonly RefusedCalls[]>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const nowMs = clock.now();
    const days = new Map<string, RefusedCalls[]>();
    for (const row of counts.values()) days.set(row.hour.slice(0, 10), [...(days.get(row.hour.slice(0, 10)) ?? []), row]);
    counts = new Map();
    for (const rows of days.values()) unwritten.set(attemptId(nowMs), rows);
    await Promise.all(
      [...unwritten].map(async ([id, rows]) => {
        try {
          await store.put({ id, rows }, nowMs);
          unwritten.delete(id);
        } catch {
          log.write('warn', 'refusals-unwritten', { count: rows.length });
        }
      }),
    );
  }

  return {
    note(trace, level) {
      const hour = new Date(clock.now()).toISOString().slice(0, 13);
      const tuple = tupleOf(trace, level);
      const name = `${hour} ${textOfTuple(tuple)}`;
      const known = counts.get(name);
      if (known !== undefined) known.count += 1;
      else if (counts.size < MOST_ROWS) counts.set(name, { hour, tuple, count: 1 });
      else addOther(hour, tuple.outcome ?? '');
      // A process that is frozen writes when it is asked for the next time.
      timer ??= setTimeout(() => void flush(), EVERY_MS).unref();
    },
    flush,
  };

  function addOther(hour: string, outcome: string): void {
    const name = `${hour} other ${outcome}`;
    const known = counts.get(name);
    if (known !== undefined) known.count += 1;
    else counts.set(name, { hour, tuple: { outcome }, count: 1 });
  }
}

function tupleOf({ teamId, projectId, userId, keyId, originalModel, outcome }: Trace, level: string | undefined): UsageTuple {
  return {
    ...(teamId === undefined ? {} : { team: teamId }),
    ...(projectId === undefined ? {} : { project: projectId }),
    ...(userId === undefined ? {} : { user: userId }),
    ...(keyId === undefined ? {} : { key: keyId }),
    ...(originalModel === undefined ? {} : { alias: originalModel.slice(0, 256) }),
    outcome,
    ...(level === undefined ? {} : { level }),
  };
}
