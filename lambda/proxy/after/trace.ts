import type { Charge } from '../../money/pricing';
import { type AttemptRecord, named, RECORD_FIELDS, type RequestedCall, type RequestResult } from '../../money/record';
import type { Exchange } from '../../platform/http';
import type { Clock } from '../../platform/runtime';
import { DEFAULT_DIALECT, type DialectName } from '../../wire/dialects';
import type { Usage } from '../../wire/model';
import type { ContentWish } from '../content/policy';
import type { TraceContext } from '../telemetry/trace-context';

/** An attempt that a provider may bill although nothing of its answer was used. */
export interface LostAttempt {
  readonly provider: string;
  readonly model: string;
  /** As far as the provider reported it; else estimated. */
  readonly usage: Usage;
  readonly charge: Charge;
}

/** Fields of the usage record, each set where it becomes known. */
type Facts = { -readonly [Name in keyof (RequestedCall & RequestResult)]?: (RequestedCall & RequestResult)[Name] };

/**
 * What became known of one request so far: the fields of its usage record, and what else its answer, its log line and its metrics need.
 * The usage record, the log line and the metrics are each made of it once, by the fields' definition.
 */
export interface Trace extends Facts {
  /** Also the key of the usage record. */
  requestId: string;
  readonly exchange: Exchange;
  route: string;
  dialect: DialectName;
  status: number;
  outcome: string;
  /** Low-cardinality detail of a failure. */
  reason: string | undefined;
  stack: string | undefined;
  readonly attempts: AttemptRecord[];
  /** It has been admitted, so that a record tells of it. */
  admitted: boolean;
  /** Of the trace that the call is a part of; undefined: of none. */
  context: TraceContext | undefined;
  /** Of `attempts`, where spans are kept. */
  readonly attemptSpans: { readonly id: string; readonly startedMs: number; readonly endedMs: number }[];
  /** An attempt is under way, which is not among `attempts` yet. */
  sending: boolean;
  /** Attempts without an answer that a provider may bill. */
  readonly lost: LostAttempt[];
  /** Of `attempts`, those that an earlier record of this request tells of, and what they cost; see `coverNext`. */
  decidedAttempts: number;
  decidedNanoUsd: bigint;
  failovers: number;
  /** Of the fullest page that it was admitted on; 0: it was not admitted. */
  openReservations: number;
  costNanoUsd: bigint;
  /** The provider's report could not be true. */
  usageAnomaly: boolean;
  /** Monotonic; 0 until the first call went out. */
  firstSendMs: number;
  /** Monotonic, of the latest call that went out. */
  lastSendMs: number;
  /** Monotonic; 0 until the first byte of the answer went out. */
  firstByteMs: number;
  /** Monotonic; 0 until the answer's last byte was handed over. */
  endedMs: number;
  /** What is kept of its contents. Undefined: nothing, or the caller is not known yet. */
  contents: ContentWish | undefined;
  /** Work that goes on once the answer is out and the log line is written. */
  readonly afterwards: Promise<void>[];
  /** Request fields that were left out for a provider. */
  dropped: readonly string[];
  /** Request fields that were written for a provider although the caller did not ask for it, and why. */
  written: readonly string[];
}

/** All traces have one shape, however much becomes known. */
const BLANK: Omit<Trace, 'requestId' | 'exchange' | 'attempts' | 'lost' | 'afterwards' | 'attemptSpans' | 'context'> = {
  ...Object.fromEntries(named(RECORD_FIELDS).map(({ name }) => [name, undefined])),
  ...Object.fromEntries(['requestId', 'exchange', 'lost', 'afterwards', 'attemptSpans', 'context'].map((name) => [name, undefined])),
  route: 'none',
  dialect: DEFAULT_DIALECT,
  status: 0,
  outcome: 'ok',
  reason: undefined,
  stack: undefined,
  admitted: false,
  contents: undefined,
  sending: false,
  decidedAttempts: 0,
  decidedNanoUsd: 0n,
  failovers: 0,
  openReservations: 0,
  costNanoUsd: 0n,
  usageAnomaly: false,
  firstSendMs: 0,
  lastSendMs: 0,
  firstByteMs: 0,
  endedMs: 0,
  dropped: [],
  written: [],
};

export function openTrace(requestId: string, exchange: Exchange): Trace {
  // The copy of an object with all its keys is made at once; one that grows key by key is not.
  const trace = { ...BLANK } as { -readonly [Name in keyof Trace]: Trace[Name] };
  trace.requestId = requestId;
  trace.exchange = exchange;
  trace.attempts = [];
  trace.lost = [];
  trace.attemptSpans = [];
  trace.afterwards = [];
  return trace;
}

/** Sets the times of a request as they stand at this moment, which is its end unless it has ended. */
export function takeTimes(trace: Trace, clock: Pick<Clock, 'monotonic'>): void {
  const { arrivedMs } = trace.exchange;
  trace.latencyMs = (trace.endedMs || clock.monotonic()) - arrivedMs;
  trace.timeToFirstChunkMs = trace.firstByteMs === 0 ? undefined : trace.firstByteMs - arrivedMs;
  trace.overheadMs = trace.firstSendMs === 0 ? 0 : trace.firstSendMs - arrivedMs;
}
