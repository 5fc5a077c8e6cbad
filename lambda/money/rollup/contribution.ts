import type { KeptRecord } from '../ports';
import { type HeldPage, isGivenUp } from '../record';
import { add, COST, NOTHING, PROVIDER_ADJUSTMENT, type Sums, sketched, sumsOf, TEAM_ADJUSTMENT, tokensOf } from './sums';
import { textOfTuple, tupleOf, tupleOfAttempt, type UsageTuple } from './tuple';

/** What is added to one row: the sums of an hour's requests that are alike. */
export interface RowChange {
  /** UTC hour: `2026-11-24T12`. */
  readonly hour: string;
  readonly tuple: UsageTuple;
  readonly sums: Sums;
}

/** What one request adds to the rollups in its present state. */
export interface Contribution {
  readonly requestId: string;
  /** UTC day of the request's arrival: `2026-11-24`. */
  readonly day: string;
  /** The request's record will not change any more. */
  readonly final: boolean;
  readonly rows: readonly RowChange[];
  readonly costNanoUsd: bigint;
  /** Labels of the levels that it was spent at, its arrival in epoch ms, and by which names it may be counted there. */
  readonly levels: readonly string[];
  readonly atMs: number;
  readonly askedFor: string;
  readonly places: readonly string[];
  /** The pages that it took money from. */
  readonly pages: readonly HeldPage[];
}

/** What a request's record adds to the rollups; undefined where nothing was sent and nobody was told how it went. */
export function contributionOf(record: KeptRecord): Contribution | undefined {
  if (isGivenUp(record)) return undefined;
  // What is charged is known by its model: only the void of a dead call may lack it.
  const { originalModel = '' } = record;
  if (record.reratedOf !== undefined) return contributionOfRerating(record);
  return {
    requestId: record.id,
    day: record.createdAt.slice(0, 10),
    final: record.state !== 'expired_charged',
    rows: rowsOf(record),
    costNanoUsd: record.costNanoUsd,
    levels: levelsOf(record),
    atMs: Date.parse(record.createdAt),
    askedFor: originalModel,
    places: record.candidateModels ?? [originalModel],
    pages: record.pages.filter(({ starts }) => Object.keys(starts).length > 0),
  };
}

/** It corrects what was counted, at the hour and the place of its request; what levels have spent, and their budgets, stay as they were. */
function contributionOfRerating(record: KeptRecord): Contribution {
  return {
    requestId: record.id,
    day: record.createdAt.slice(0, 10),
    final: true,
    rows: [{ hour: record.createdAt.slice(0, 13), tuple: tupleOf(record), sums: sumsOf(amountsOf(record)) }],
    costNanoUsd: record.costNanoUsd,
    levels: [],
    atMs: Date.parse(record.createdAt),
    askedFor: record.originalModel ?? '',
    places: [],
    pages: [],
  };
}

function amountsOf({ costNanoUsd, providerAdjustmentNanoUsd = 0n, teamAdjustmentNanoUsd = 0n }: KeptRecord) {
  return [
    [COST, costNanoUsd],
    [PROVIDER_ADJUSTMENT, providerAdjustmentNanoUsd],
    [TEAM_ADJUSTMENT, teamAdjustmentNanoUsd],
  ] as const;
}

function levelsOf({ keyId, teamId, projectId, userId, tags = {} }: KeptRecord): readonly string[] {
  const levels = ['gateway#gateway', `key#${keyId}`];
  if (teamId !== undefined) levels.push(`team#${teamId}`);
  if (projectId !== undefined) levels.push(`project#${projectId}`);
  if (userId !== undefined) levels.push(`user#${userId}`);
  for (const [name, value] of Object.entries(tags)) levels.push(`tag#${name}=${value}`);
  return levels;
}

/** Ends of attempts that say nothing of the provider. */
const OF_CALLER: ReadonlySet<string> = new Set(['ok', 'client_closed_request', 'caller_timeout']);

/** The request where it was answered, or asked last, and each attempt where it was made. */
function rowsOf(record: KeptRecord): readonly RowChange[] {
  const hour = record.createdAt.slice(0, 13);
  const rows: RowChange[] = [{ hour, tuple: tupleOf(record), sums: requestOf(record) }];
  for (const attempt of record.attempts ?? []) {
    const failed = OF_CALLER.has(attempt.outcome) ? 0 : 1;
    const sums = sumsOf([
      ['attempts', 1],
      ['failed_attempts', failed],
    ]);
    rows.push({ hour, tuple: tupleOfAttempt(record, attempt), sums });
  }
  return merged(rows);
}

function requestOf(record: KeptRecord): Sums {
  const { usage = {}, outcome = 'ok', latencyMs, timeToFirstChunkMs } = record;
  return sumsOf([
    ['requests', 1],
    ['errors', outcome === 'ok' ? 0 : 1],
    ['estimated', usage.estimated === true || record.state === 'expired_charged' ? 1 : 0],
    ...tokensOf(usage),
    ...amountsOf(record),
    ...(latencyMs === undefined ? [] : [[sketched('latency', latencyMs), 1] as const]),
    ...(timeToFirstChunkMs === undefined ? [] : [[sketched('timeToFirstChunk', timeToFirstChunkMs), 1] as const]),
  ]);
}

/** The name of a row, the same for the same hour and tuple. */
export function nameOfRow({ hour, tuple }: Pick<RowChange, 'hour' | 'tuple'>): string {
  return `${hour} ${textOfTuple(tuple)}`;
}

/** Changes of the same row made one. */
export function merged(changes: readonly RowChange[]): readonly RowChange[] {
  const rows = new Map<string, RowChange>();
  for (const change of changes) {
    const name = nameOfRow(change);
    rows.set(name, { ...change, sums: add(rows.get(name)?.sums ?? NOTHING, change.sums) });
  }
  return [...rows.values()];
}
