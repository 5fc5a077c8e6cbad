import type { BudgetConfig, LimitsConfig } from '../../../lib/private/contract';

/** What can carry budgets and limits, widest first. */
export type LevelKind = 'gateway' | 'team' | 'project' | 'user' | 'key' | 'tag';

export type EntityStatus = 'active' | 'blocked' | 'revoked';

/** A budget that a level had, so that one put back knows what was spent meanwhile. */
export interface RemovedBudget {
  readonly budget: BudgetConfig;
  /** IANA name that its periods followed. */
  readonly timeZone: string;
  /** Epoch ms at which its period ends; absent: a lifetime's never does. */
  readonly untilMs?: number;
}

/** What the ledger asks of the row of a level: who holds budgets and limits, and which. */
export interface LevelRow {
  readonly id: string;
  readonly status: EntityStatus;
  readonly budgets?: readonly BudgetConfig[];
  readonly limits?: LimitsConfig;
  /** Budgets that were taken away, or whose calendar changed: they refuse nothing and count on until their period ends. */
  readonly removedBudgets?: readonly RemovedBudget[];
  /** Of the gateway or a tag, which are above every team: keys are told how its budgets and limits stand. */
  readonly showFigures?: boolean;
  /** IANA name; calendar periods of this level's budgets follow it. Default: UTC. */
  readonly timeZone?: string;
  /**
   * Generation of this row with which a budget was put in force that was not counted until then in its period, by the name that an
   * unbroken one has on its page: it counts under a name of its own, because what stands under that one may have a gap.
   */
  readonly restarts?: Readonly<Record<string, number>>;
  /** Grows with every change. */
  readonly generation: number;
  /** The generation with which budgets, limits, their calendar or the status last changed: what pages go by. Never smaller than before, also for a level made again. */
  readonly limitsGeneration?: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What the ledger asks of a key's row: also whom the key belongs to, and until when it is good. */
export interface KeyRow extends LevelRow {
  readonly teamId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  readonly expiresAt?: string;
}
