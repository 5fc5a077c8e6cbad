import type { BudgetConfig, LimitsConfig } from '../../../lib/private/contract';

/** What can carry budgets and limits, widest first. */
export type LevelKind = 'gateway' | 'team' | 'project' | 'user' | 'key' | 'tag';

export type EntityStatus = 'active' | 'blocked' | 'revoked';
export type Role = 'admin' | 'team_admin' | 'viewer' | 'caller';

/** What every level's row holds. Absent `models`, `serverTools` and `endpoints` mean: as the parent allows. */
export interface LevelRecord {
  readonly id: string;
  readonly name?: string;
  readonly status: EntityStatus;
  readonly budgets?: readonly BudgetConfig[];
  readonly limits?: LimitsConfig;
  /** Budgets that were taken away, or whose calendar changed: they refuse nothing and count on until their period ends. */
  readonly removedBudgets?: readonly RemovedBudget[];
  /**
   * Generation of this row with which a budget was put in force that was not counted until then in its period, by the counter that an
   * unbroken one has: it counts on a counter of its own, because that one may have a gap.
   */
  readonly restarts?: Readonly<Record<string, number>>;
  /** Globs of model names. */
  readonly models?: readonly string[];
  /** Globs of names of server-side tools. A key without them may use none. */
  readonly serverTools?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Names of those of `tags` that an administrator of the team set; the role `admin` set the rest. */
  readonly teamTags?: readonly string[];
  /** Of a team, or of the gateway for teams that say nothing: tags that their administrators may set, `name=value` with `*` in the value. */
  readonly allowedTags?: readonly string[];
  /** The provider may keep calls and answers that ask for it; absent: as the parent allows. */
  readonly mayStore?: boolean;
  /** Fields, as the admin API names them, that only the role `admin` changes; of a team: on all that it has. */
  readonly pinned?: readonly string[];
  /** Of the gateway or a tag, which are above every team: keys are told how its budgets and limits stand. */
  readonly showFigures?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
  /** IANA name; calendar periods of this level's budgets follow it. Default: UTC. */
  readonly timeZone?: string;
  /** Grows with every change of budgets, limits, status or secret. */
  readonly generation: number;
  /** Hash of the request that created it, when that came with an idempotency key. */
  readonly requestHash?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A budget that a level had, so that one put back knows what was spent meanwhile. */
export interface RemovedBudget {
  readonly budget: BudgetConfig;
  /** IANA name that its periods followed. */
  readonly timeZone: string;
  /** Epoch ms at which its period ends; absent: a lifetime's never does. */
  readonly untilMs?: number;
}

export interface TeamRecord extends LevelRecord {}

export interface ProjectRecord extends LevelRecord {
  readonly teamId: string;
}

export interface UserRecord extends LevelRecord {
  readonly teamId?: string;
}

/** HMAC-SHA-256 of a key's secret under one version of the pepper. */
export interface KeyHash {
  readonly pepperVersion: number;
  /** Lower-case hex. */
  readonly hmac: string;
  /** ISO 8601; after it this secret no longer works (rotation with grace). */
  readonly validUntil?: string;
}

/** A virtual key. Its secret is never stored. */
export interface KeyRecord extends LevelRecord {
  readonly teamId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  readonly role: Role;
  /** Newest first. More than one while a rotation's grace lasts. */
  readonly hashes: readonly KeyHash[];
  /** Last four characters of the newest secret, for people. */
  readonly lastFour: string;
  /** Data-plane endpoints it may use, such as `/v1/chat/completions`; absent: all. */
  readonly endpoints?: readonly string[];
  readonly expiresAt?: string;
}

/** What became of one attempt at a provider. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  readonly region?: string;
  readonly status?: number;
  /** `ok`, or the error's code. */
  readonly outcome: string;
  readonly durationMs: number;
  /** What it was charged although another attempt answered, or none did: the provider may bill what it was sent. Decimal US dollars, estimated. */
  readonly estimatedCostUsd?: string;
}
