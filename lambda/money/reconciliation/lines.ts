/** What a provider says of one day and one thing that it bills. Money or tokens: no report has both. */
export interface BillLine {
  /** UTC: `2026-11-24`. */
  readonly day: string;
  /** All that the provider calls it by, first what people know it by. */
  readonly names: readonly string[];
  readonly nanoUsd?: bigint;
  readonly inputTokens?: bigint;
  readonly outputTokens?: bigint;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  /** Rows that are of the provider's models and could not be read. */
  readonly unread: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}/;

/** The day of a time that begins with one. */
export function dayOfTime(time: unknown): string | undefined {
  return typeof time === 'string' ? DAY.exec(time)?.[0] : undefined;
}
