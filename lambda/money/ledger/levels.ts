import type { BudgetConfig, GatewayDocument, LimitsConfig } from '../../../lib/private/contract';
import type { EntityStatus, LevelKind, LevelRow, RemovedBudget } from './holders';

/** A level that binds a request, with what holds for it today. */
export interface BoundLevel {
  readonly kind: LevelKind;
  readonly id: string;
  /** `team#t1`: names its pages. */
  readonly label: string;
  readonly status: EntityStatus;
  readonly budgets: readonly BudgetConfig[];
  /** Budgets that only count. */
  readonly removedBudgets: readonly RemovedBudget[];
  /** See `LevelRow`. */
  readonly restarts: Readonly<Record<string, number>>;
  readonly limits: LimitsConfig;
  readonly timeZone: string;
  /** Keys may be told how its budgets and limits stand. */
  readonly showsFigures: boolean;
  /** What its pages go by. */
  readonly limitsGeneration: number;
}

export function labelOf(kind: LevelKind, id: string): string {
  return `${kind}#${id}`;
}

/** Id of the gateway's own level. */
export const GATEWAY_ID = 'gateway';

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
    timeZone: row?.timeZone ?? 'UTC',
    showsFigures: row?.showFigures ?? !ABOVE_TEAMS.includes(kind),
    limitsGeneration: row?.limitsGeneration ?? row?.generation ?? 0,
  };
}
