import type { KeyRow, LevelRow } from '../ledger/holders';

/** Numbers that the gateway's row holds; each is raised with any change of what it stands for. */
export interface RowMarks {
  /** Routes, prices and price books that were changed at run time. */
  readonly overrides: number;
  /** Rows of tags. */
  readonly tags: number;
}

/** Every row that a request was planned from, of whatever age. An absent row is an answer, too. */
export interface PlannedRows<Key extends KeyRow = KeyRow, Row extends LevelRow = LevelRow> {
  readonly key: Key;
  readonly gateway: Row | undefined;
  readonly team: Row | undefined;
  readonly project: Row | undefined;
  readonly user: Row | undefined;
  /** Of the request's tags those that have a row. */
  readonly tags: readonly Row[];
  readonly marks: RowMarks;
}

/** Whether what a request was planned from still holds. */
export interface RowCheck<Rows extends PlannedRows = PlannedRows> {
  /**
   * Reads all rows at once, consistently: whether each is as the plan was made from it.
   *
   * @throws what the table says, when it did not answer in time
   */
  stand(rows: Rows, timeoutMs: number): Promise<boolean>;
}
