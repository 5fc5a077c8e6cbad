import type { KeptRecord } from '../../money/ports';
import type { CountedTokens, HeldPage, RecordState } from '../../money/record';
import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../../money/record';
import type { Usage } from '../../wire/model';
import { spendNames } from './spend-change';

const COST = RESULT_FIELDS.costNanoUsd.attribute;
const COUNTED = shown(USAGE_FIELDS, 'measure').map(({ name, api }) => ({ name: name as TokenCount, measure: api as CountedTokens }));
type TokenCount = { [Name in keyof Usage]: NonNullable<Usage[Name]> extends number ? Name : never }[keyof Usage] & string;

/** What rollups count, by attribute name. Exact integers; money in nano-USD. */
export type Measure = 'requests' | 'errors' | 'estimated' | CountedTokens | typeof COST;
export const MEASURES: readonly Measure[] = ['requests', 'errors', 'estimated', ...COUNTED.map(({ measure }) => measure), COST];
export type Totals = Readonly<Record<Measure, bigint>>;

/** Where a request's figures are added up: one value of one dimension, in the whole gateway or within one team. */
export interface RollupRow {
  /** Team id; empty: the whole gateway. */
  readonly scope: string;
  /** `gateway`, `team`, `project`, `user`, `key`, `provider`, `model` or `tag:<name>`. */
  readonly dimension: string;
  readonly value: string;
  /** The team that a project, user or key belonged to. */
  readonly teamId?: string;
}

/** What one request adds to the rollups in its present state. */
export interface Contribution {
  readonly requestId: string;
  /** UTC day of the request's arrival: `2026-11-24`. */
  readonly day: string;
  /** Grows along a record's states, so that an older image never replaces a newer one. */
  readonly rank: number;
  readonly totals: Totals;
  readonly rows: readonly RollupRow[];
  /** Labels of the levels that it was spent at, by which names (see `spendNames`), and its arrival in epoch ms. */
  readonly levels: readonly string[];
  /** The pages that it took money from. */
  readonly pages: readonly HeldPage[];
  readonly names: string;
  readonly atMs: number;
}

/** States that charge something. `void` adds nothing. */
const RANKS: Readonly<Partial<Record<RecordState, number>>> = { expired_charged: 1, settled: 2, adjusted: 3 };

export const NO_TOTALS: Totals = Object.fromEntries(MEASURES.map((measure) => [measure, 0n])) as Record<Measure, bigint>;

/** What a request's record adds to the rollups; undefined when nothing was charged. */
export function contributionOf(record: KeptRecord): Contribution | undefined {
  const rank = RANKS[record.state];
  if (rank === undefined) return undefined;
  const day = dayOf(record.createdAt);
  const atMs = Date.parse(record.createdAt);
  // What is charged is known by its model: only the void of a dead call may lack it.
  const { originalModel = '' } = record;
  const names = spendNames(originalModel, record.candidateModels ?? [originalModel]);
  const pages = record.pages.filter(({ starts }) => Object.keys(starts).length > 0);
  return { requestId: record.id, day, rank, totals: totalsOf(record), rows: rowsOf(record), levels: levelsOf(record), pages, names, atMs };
}

function levelsOf({ keyId, teamId, projectId, userId, tags = {} }: KeptRecord): readonly string[] {
  const levels = ['gateway#gateway', `key#${keyId}`];
  if (teamId !== undefined) levels.push(`team#${teamId}`);
  if (projectId !== undefined) levels.push(`project#${projectId}`);
  if (userId !== undefined) levels.push(`user#${userId}`);
  for (const [name, value] of Object.entries(tags)) levels.push(`tag#${name}=${value}`);
  return levels;
}

/** UTC day of an ISO 8601 time in UTC. */
export function dayOf(at: string): string {
  return at.slice(0, 10);
}

function totalsOf(record: KeptRecord): Totals {
  const { usage = {} } = record;
  return {
    requests: 1n,
    errors: record.outcome === undefined || record.outcome === 'ok' ? 0n : 1n,
    estimated: usage.estimated === true || record.state === 'expired_charged' ? 1n : 0n,
    ...tokensOf(usage),
    cost_nano_usd: record.costNanoUsd,
  };
}

function tokensOf(usage: Usage): Readonly<Record<CountedTokens, bigint>> {
  const entries = COUNTED.map(({ name, measure }) => [measure, BigInt(Math.max(0, Math.trunc(usage[name] ?? 0)))]);
  return Object.fromEntries(entries) as Record<CountedTokens, bigint>;
}

function rowsOf(record: KeptRecord): readonly RollupRow[] {
  const { teamId } = record;
  const rows: RollupRow[] = [{ scope: '', dimension: 'gateway', value: 'gateway' }];
  const ofTeam = teamId === undefined ? {} : { teamId };
  const add = (dimension: string, value: string | undefined) => {
    if (value !== undefined && value !== '') rows.push({ scope: '', dimension, value, ...ofTeam });
  };
  add('key', record.keyId);
  add('team', teamId);
  add('project', record.projectId);
  add('user', record.userId);

  const shared: [string, string][] = dimensionsOf(record);
  for (const scope of teamId === undefined ? [''] : ['', teamId]) {
    for (const [dimension, value] of shared) rows.push({ scope, dimension, value });
  }
  return rows;
}

/** Dimensions whose values teams share. */
function dimensionsOf(record: KeptRecord): [string, string][] {
  const shared: [string, string][] = [];
  if (record.provider !== undefined) {
    shared.push(['provider', record.provider]);
    if (record.requestModel !== undefined) shared.push(['model', `${record.provider}/${record.requestModel}`]);
  }
  for (const [name, value] of Object.entries(record.tags ?? {})) if (value !== '') shared.push([`tag:${name}`, value]);
  return shared;
}

/** The value of a dimension for one request, as `rowsOf` sees it; `null` where the request has none. */
export function dimensionValue(record: KeptRecord, dimension: string): string | null {
  const row = rowsOf(record).find((candidate) => candidate.scope === '' && candidate.dimension === dimension);
  return row?.value ?? null;
}

export function addTotals(left: Totals, right: Totals): Totals {
  return combine(left, right, (one, other) => one + other);
}

export function subtractTotals(left: Totals, right: Totals): Totals {
  return combine(left, right, (one, other) => one - other);
}

export function isZero(totals: Totals): boolean {
  return MEASURES.every((measure) => totals[measure] === 0n);
}

function combine(left: Totals, right: Totals, operation: (one: bigint, other: bigint) => bigint): Totals {
  return Object.fromEntries(MEASURES.map((measure) => [measure, operation(left[measure], right[measure])])) as Record<Measure, bigint>;
}
