import type { Contribution, RowChange } from './contribution';
import { sumsOf } from './sums';
import type { UsageTuple } from './tuple';

/** Calls that were refused before anything was sent, added up by one process over some seconds of one UTC day. */
export interface Refusals {
  readonly id: string;
  readonly rows: readonly RefusedCalls[];
}

export interface RefusedCalls {
  /** UTC hour: `2026-11-24T12`. */
  readonly hour: string;
  readonly tuple: UsageTuple;
  readonly count: number;
}

/** What refusals add to the rollups. */
export function contributionOfRefusals({ id, rows }: Refusals): Contribution {
  const changes: RowChange[] = rows.map(({ hour, tuple, count }) => ({ hour, tuple, sums: sumsOf([['refused', count]]) }));
  return {
    requestId: `refused-${id}`,
    day: (rows[0]?.hour ?? '').slice(0, 10),
    final: true,
    rows: changes,
    costNanoUsd: 0n,
    levels: [],
    atMs: 0,
    askedFor: '',
    places: [],
    pages: [],
  };
}
