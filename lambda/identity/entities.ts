import type { ContentLevel, SensitivityLabel } from '../../lib/private/contract';
import type { KeyRow, LevelRow } from '../money/ledger';

export type Role = 'admin' | 'team_admin' | 'auditor' | 'viewer' | 'caller';

/** What every level's row holds. Absent `models`, `serverTools` and `endpoints` mean: as the parent allows. */
export interface LevelRecord extends LevelRow {
  readonly name?: string;
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
  /** How sensitive its calls are at least. */
  readonly sensitivity?: SensitivityLabel;
  /** Geographies and Regions that its calls stay within. */
  readonly residency?: readonly string[];
  /** Ids of guardrail policies that its calls are held to, besides those of other levels. */
  readonly guardrails?: readonly string[];
  /** What is kept of its calls' contents, as far as the deployment lets it. */
  readonly contentLog?: ContentLevel;
  /** Fields, as the admin API names them, that only the role `admin` changes; of a team: on all that it has. */
  readonly pinned?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Hash of the request that created it, when that came with an idempotency key. */
  readonly requestHash?: string;
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
export interface KeyRecord extends LevelRecord, KeyRow {
  readonly role: Role;
  /** Newest first. More than one while a rotation's grace lasts. */
  readonly hashes: readonly KeyHash[];
  /** Last four characters of the newest secret, for people. */
  readonly lastFour: string;
  /** What planning a call needs of the levels above, as they were when this row was written; whoever uses it checks it against their rows. */
  readonly above?: { readonly team?: LevelRecord; readonly project?: LevelRecord; readonly user?: LevelRecord };
  /** Data-plane endpoints it may use, such as `/v1/chat/completions`; absent: all. */
  readonly endpoints?: readonly string[];
}
