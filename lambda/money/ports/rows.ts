import type { KeyRow, LevelKind, LevelRow } from '../ledger/holders';

export interface RowReadOptions<Row extends LevelRow> {
  /** Sees every write that was acknowledged before the read began. Default: false. */
  readonly consistent?: boolean;
  readonly timeoutMs?: number;
  /** The row as the caller has it: answered in place of the table's while both have the same generation, and so are the same. */
  readonly known?: Row;
}

/** Rows of keys, read from the table each time. */
export interface KeyRows<Key extends KeyRow = KeyRow> {
  get(kind: 'key', id: string, options?: RowReadOptions<Key>): Promise<Key | undefined>;
}

/** Rows of levels, at most 10 s old. A key's own row the ledger reads for each request, and never from here. */
export interface LevelRows<Row extends LevelRow = LevelRow> {
  get(kind: LevelKind, id: string): Promise<Row | undefined>;
  /** Reads consistently, and keeps what it read. */
  refresh(kind: LevelKind, id: string): Promise<Row | undefined>;
}
