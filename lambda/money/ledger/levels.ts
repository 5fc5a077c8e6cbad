import type { BudgetConfig, GatewayDocument, LimitsConfig } from '../../../lib/private/contract';
import type { LevelRows } from '../ports/rows';
import type { EntityStatus, KeyRow, LevelKind, LevelRow, RemovedBudget } from './holders';

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
  /** See `LevelRow`. */
  readonly restarts: Readonly<Record<string, number>>;
  readonly limits: LimitsConfig;
  /** Globs of the server-side tools that it allows; undefined: all that its parents allow. */
  readonly serverTools: readonly string[] | undefined;
  readonly timeZone: string;
  /** Keys may be told how its budgets and limits stand. */
  readonly showsFigures: boolean;
  readonly generation: number;
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
  above: LevelRows,
  document: Pick<GatewayDocument, 'gateway' | 'defaults'>,
  key: KeyRow,
  tags: Readonly<Record<string, string>>,
): Promise<readonly BoundLevel[]> {
  const wanted: [LevelKind, string][] = [['gateway', GATEWAY_ID]];
  if (key.teamId !== undefined) wanted.push(['team', key.teamId]);
  if (key.projectId !== undefined) wanted.push(['project', key.projectId]);
  if (key.userId !== undefined) wanted.push(['user', key.userId]);
  for (const [name, value] of Object.entries(tags)) wanted.push(['tag', `${name}=${value}`]);
  const rows = await Promise.all(wanted.map(([kind, id]) => above.get(kind, id)));
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
  row: LevelRow | undefined,
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
