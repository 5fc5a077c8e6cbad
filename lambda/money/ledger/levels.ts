import type { BudgetConfig, GatewayDocument, LimitsConfig } from '../../../lib/private/contract';
import type { EntityStatus, KeyRecord, LevelKind, LevelRecord, RemovedBudget } from '../../aws/dynamodb/entities';
import type { IdentityStore } from '../../aws/dynamodb/identity';
import { ageMs, type Clock, type Moment, momentOf } from '../../platform/runtime/clock';

/** A level that binds a request, with what holds for it today. */
export interface BoundLevel {
  readonly kind: LevelKind;
  readonly id: string;
  /** `team#t1`: names its counters. */
  readonly label: string;
  readonly status: EntityStatus;
  readonly budgets: readonly BudgetConfig[];
  /** Budgets that only count. */
  readonly removedBudgets: readonly RemovedBudget[];
  /** See `LevelRecord`. */
  readonly restarts: Readonly<Record<string, number>>;
  readonly limits: LimitsConfig;
  /** Globs of the server-side tools that it allows; undefined: all that its parents allow. */
  readonly serverTools: readonly string[] | undefined;
  readonly timeZone: string;
  /** Keys may be told how its budgets and limits stand. */
  readonly showsFigures: boolean;
  readonly generation: number;
}

/** Rows of levels, at most 10 s old. A key's own row is read for each request and never comes from here. */
export interface LevelCache {
  get(kind: LevelKind, id: string): Promise<LevelRecord | undefined>;
  /** Reads consistently, and keeps what it read. */
  refresh(kind: LevelKind, id: string): Promise<LevelRecord | undefined>;
}

/** Older rows are read again beside the request that finds them. */
const FRESH_MS = 5_000;
/** Older rows are not used. */
const STALE_MS = 10_000;
const MOST_ROWS = 5_000;
const READ_TIMEOUT_MS = 700;

interface CachedRow {
  readonly row: Promise<LevelRecord | undefined>;
  readonly readAt: Moment;
  refreshing: boolean;
}

export function createLevelCache(identity: IdentityStore, clock: Clock): LevelCache {
  const rows = new Map<string, CachedRow>();

  function load(kind: LevelKind, id: string, consistent: boolean): Promise<LevelRecord | undefined> {
    const label = labelOf(kind, id);
    const row = identity.get(kind, id, { consistent, timeoutMs: READ_TIMEOUT_MS }) as Promise<LevelRecord | undefined>;
    if (rows.size >= MOST_ROWS) rows.clear();
    const kept: CachedRow = { row, readAt: momentOf(clock), refreshing: false };
    rows.set(label, kept);
    row.catch(() => {
      if (rows.get(label) === kept) rows.delete(label);
    });
    return row;
  }

  return {
    async get(kind, id) {
      const cached = rows.get(labelOf(kind, id));
      if (cached === undefined) return load(kind, id, false);
      const age = ageMs(clock, cached.readAt);
      if (age > STALE_MS) return load(kind, id, false);
      if (age > FRESH_MS && !cached.refreshing) {
        cached.refreshing = true;
        const label = labelOf(kind, id);
        const readAt = momentOf(clock);
        (identity.get(kind, id, { timeoutMs: READ_TIMEOUT_MS }) as Promise<LevelRecord | undefined>).then(
          (row) => {
            // Only over what it was meant to replace: a consistent read in between is newer.
            if (rows.get(label) !== cached) return;
            rows.set(label, { row: Promise.resolve(row), readAt, refreshing: false });
          },
          () => {
            cached.refreshing = false;
          },
        );
      }
      return cached.row;
    },
    refresh: (kind, id) => load(kind, id, true),
  };
}

export function labelOf(kind: LevelKind, id: string): string {
  return `${kind}#${id}`;
}

/** Id of the gateway's own level. */
export const GATEWAY_ID = 'gateway';

/**
 * Every level that binds a key's request, widest first. Tags bind only when they have a row.
 *
 * @param document defaults and the gateway's own budgets and limits
 */
export async function levelsOf(
  cache: LevelCache,
  document: Pick<GatewayDocument, 'gateway' | 'defaults'>,
  key: KeyRecord,
  tags: Readonly<Record<string, string>>,
): Promise<readonly BoundLevel[]> {
  const wanted: [LevelKind, string][] = [['gateway', GATEWAY_ID]];
  if (key.teamId !== undefined) wanted.push(['team', key.teamId]);
  if (key.projectId !== undefined) wanted.push(['project', key.projectId]);
  if (key.userId !== undefined) wanted.push(['user', key.userId]);
  for (const [name, value] of Object.entries(tags)) wanted.push(['tag', `${name}=${value}`]);
  const rows = await Promise.all(wanted.map(([kind, id]) => cache.get(kind, id)));
  const levels: BoundLevel[] = [];
  const tagged: BoundLevel[] = [];
  for (const [index, [kind, id]] of wanted.entries()) {
    const row = rows[index];
    if (kind !== 'tag') levels.push(bindLevel(document, kind, id, row));
    else if (row !== undefined) tagged.push(bindLevel(document, kind, id, row));
  }
  levels.push(bindLevel(document, 'key', key.id, key), ...tagged);
  return levels;
}

/** Levels that several teams share: what they spend together is not one team's business. */
const ABOVE_TEAMS: readonly LevelKind[] = ['gateway', 'tag'];

/** What holds for one level: its own row where it speaks, the document's defaults where it does not. */
export function bindLevel(
  document: Pick<GatewayDocument, 'gateway' | 'defaults'>,
  kind: LevelKind,
  id: string,
  row: LevelRecord | undefined,
): BoundLevel {
  const defaults = kind === 'gateway' ? document.gateway : kind === 'tag' ? undefined : document.defaults[kind];
  return {
    kind,
    id,
    label: labelOf(kind, id),
    status: row?.status ?? 'active',
    budgets: row?.budgets ?? defaults?.budgets ?? [],
    removedBudgets: row?.removedBudgets ?? [],
    restarts: row?.restarts ?? {},
    limits: row?.limits ?? defaults?.limits ?? {},
    serverTools: row?.serverTools,
    timeZone: row?.timeZone ?? 'UTC',
    showsFigures: row?.showFigures ?? !ABOVE_TEAMS.includes(kind),
    generation: row?.generation ?? 0,
  };
}
