import type { LevelKind } from '../money/ledger';
import type { RowMarks } from '../money/ports';
import type { Soon } from '../platform/runtime';
import type { Page, WriteResult } from '../platform/stored';
import type { KeyRecord, LevelRecord, ProjectRecord, TeamRecord, UserRecord } from './entities';

/** The record of each kind of level. A tag's id is `name=value`; the gateway's is `gateway`. */
export interface LevelRecords {
  readonly gateway: LevelRecord;
  readonly team: TeamRecord;
  readonly project: ProjectRecord;
  readonly user: UserRecord;
  readonly key: KeyRecord;
  readonly tag: LevelRecord;
}

export interface ReadOptions {
  /** Sees every write that was acknowledged before the read began. Default: false. */
  readonly consistent?: boolean;
  /** Default: 1,500. */
  readonly timeoutMs?: number;
}

export interface ListOptions {
  /** Only what belongs to this team (keys, projects, users). */
  readonly teamId?: string;
  /** Default: 100. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export type RowName = readonly [kind: LevelKind, id: string];

export interface RowStates {
  /** Undefined: there is no such row. */
  readonly generations: readonly (number | undefined)[];
  readonly marks: RowMarks;
}

export interface StoredRows {
  readonly records: readonly (LevelRecord | undefined)[];
  /** As they stood at some moment of the read: what was changed before, other reads that begin later see. */
  readonly marks: RowMarks | undefined;
}

/** Keys, teams, projects, users, tags and the gateway's own level. */
export interface IdentityStore {
  get<K extends LevelKind>(kind: K, id: string, options?: ReadOptions): Promise<LevelRecords[K] | undefined>;
  /** Generations of rows as they stand, in the order of their names, and the gateway's marks where it is among them: one consistent read of all. */
  states(names: readonly RowName[], timeoutMs: number): Promise<RowStates>;
  /** Rows as they stand, read consistently at once, and the gateway's marks where it is among them. */
  rows(names: readonly RowName[], timeoutMs: number): Promise<StoredRows>;
  /** Writes a new row; `conflict` when the id is taken. Give it a `generation` of the current epoch ms, so that a recreated id never falls behind its counters. */
  create<K extends LevelKind>(kind: K, record: LevelRecords[K]): Promise<WriteResult>;
  /** Replaces a row if it still has the generation that was read. The record's own generation must be a newer one. */
  replace<K extends LevelKind>(kind: K, record: LevelRecords[K], generationAsRead: number): Promise<WriteResult>;
  /** Deletes a row if it still has the generation that was read. */
  remove(kind: LevelKind, id: string, generationAsRead: number): Promise<WriteResult>;
  /** Answers `done` when there is such a row at this moment: what binds other writes of a transaction to it. */
  confirm(kind: LevelKind, id: string): Promise<WriteResult>;
  /** Rows of one kind in id order. */
  list<K extends LevelKind>(kind: K, options?: ListOptions): Promise<Page<LevelRecords[K]>>;
}

/** Reads secrets by ARN. */
export interface Secrets {
  /**
   * The secret's string: from memory for about 5 minutes, then read again by one call however many wait for it. When the service does
   * not answer, the last known value stays good.
   *
   * @throws GatewayError 503 `secret_unavailable`, or `misconfigured` when access is denied or the secret does not exist
   */
  read(arn: string): Soon<string>;
  /** Reads it anew because a provider refused the known value; within 10 s of another such read it is not repeated. */
  refresh(arn: string): Soon<string>;
}
