import type { LimitsConfig } from '../../../lib/private/contract';
import type { PartitionLimits } from './heat';
import type { UsageReport } from './stream';

export interface LoadOptions {
  readonly seed: number;
  /** What a partition gives. Default: as Amazon's. */
  readonly limits?: PartitionLimits;
  readonly partitions: number;
  /** Default: five minutes. */
  readonly splitAfterMs?: number;
  readonly requestsPerSecond: number;
  /** Over so many seconds the rate grows from nothing. */
  readonly rampSeconds: number;
  readonly seconds: number;
  /** From this second on everything is as it stays. */
  readonly steadyFromSecond: number;
  /** How long a call takes. */
  readonly callMs: number;
  readonly processes: number;
  readonly keys: number;
  readonly teams: number;
  /** Nano-USD: what a call may cost at most. What it costs is from nothing to that. */
  readonly boundNanoUsd: number;
  /** US dollars a month. Absent: no budget. */
  readonly budgets: {
    readonly gateway?: string;
    readonly team?: string;
    readonly project?: string;
    readonly user?: string;
    readonly key?: string;
  };
  readonly teamLimits?: LimitsConfig;
  /** The usage function adds up, too. Default: it does not. */
  readonly usage?: boolean;
}

export interface LoadReport {
  readonly asked: number;
  /** Last words that went to the queue. */
  readonly queued: number;
  readonly admitted: number;
  /** By reason, in the ramp and afterwards. */
  readonly refusedInRamp: Readonly<Record<string, number>>;
  readonly refusedThen: Readonly<Record<string, number>>;
  /** Write units and calls a request, those of the usage function included where it adds up, once everything is as it stays. */
  readonly unitsPerRequest: number;
  readonly readUnitsPerRequest: number;
  readonly callsPerRequest: number;
  /** Of first tries of R that a condition refused, in the ramp and then. */
  readonly refusedTriesInRamp: number;
  readonly refusedTriesThen: number;
  /** By table and index: calls that were turned away, in the ramp and then; the most that a partition gave of what it can. */
  readonly throttled: Readonly<
    Record<
      string,
      {
        readonly inRamp: number;
        readonly then: number;
        readonly peak: number;
        readonly unitsPerSecond: number;
        readonly partitions: number;
      }
    >
  >;
  /** Milliseconds from asking to being admitted, once everything is as it stays: the median and the 99th of a hundred. */
  readonly admissionMs: readonly [median: number, high: number];
  /** Shards of each page that has some. */
  readonly shards: Readonly<Record<string, number>>;
  readonly usage: UsageReport | undefined;
  /** What records and pages say was spent of each budget, in nano-USD. */
  readonly spent: Readonly<
    Record<string, { readonly page: bigint; readonly records: bigint; readonly limit: bigint; readonly open: number }>
  >;
}
