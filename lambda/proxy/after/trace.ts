import type { KeyRecord } from '../../identity';
import type { AttemptRecord } from '../../money/record';
import type { Exchange } from '../../platform/http';
import { DEFAULT_DIALECT, type DialectName } from '../../wire/dialects';
import type { Usage } from '../../wire/model';

/** An attempt that a provider may bill although nothing of its answer was used. */
export interface LostAttempt {
  readonly provider: string;
  readonly model: string;
  /** Estimated, unless the provider reported its input before it was cut. */
  readonly usage: Usage;
  readonly costNanoUsd: bigint;
}

/** What became known of one request so far: the log line, the metrics and the usage record are written from it. */
export interface Trace {
  /** Also the key of the usage record. */
  requestId: string;
  readonly exchange: Exchange;
  route: string;
  dialect: DialectName;
  operation: string | undefined;
  key: KeyRecord | undefined;
  originalModel: string | undefined;
  status: number;
  /** `ok`, or the error's code. */
  outcome: string;
  reason: string | undefined;
  stack: string | undefined;
  provider: string | undefined;
  requestModel: string | undefined;
  responseModel: string | undefined;
  readonly attempts: AttemptRecord[];
  /** An attempt is under way, which is not among `attempts` yet. */
  sending: boolean;
  /** Attempts without an answer that a provider may bill. */
  readonly lost: LostAttempt[];
  failovers: number;
  finishReason: string | undefined;
  usage: Usage | undefined;
  costNanoUsd: bigint;
  priceUnknown: boolean;
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
  malformedEvents: number;
  incomplete: boolean;
  /** Work that goes on once the answer is out and the log line is written. */
  readonly afterwards: Promise<void>[];
  /** Request fields that were left out for a provider. */
  dropped: readonly string[];
}

export function openTrace(requestId: string, exchange: Exchange): Trace {
  return {
    requestId,
    exchange,
    route: 'none',
    dialect: DEFAULT_DIALECT,
    operation: undefined,
    key: undefined,
    originalModel: undefined,
    status: 0,
    outcome: 'ok',
    reason: undefined,
    stack: undefined,
    provider: undefined,
    requestModel: undefined,
    responseModel: undefined,
    attempts: [],
    sending: false,
    lost: [],
    failovers: 0,
    finishReason: undefined,
    usage: undefined,
    costNanoUsd: 0n,
    priceUnknown: false,
    usageAnomaly: false,
    firstSendMs: 0,
    lastSendMs: 0,
    firstByteMs: 0,
    endedMs: 0,
    malformedEvents: 0,
    incomplete: false,
    afterwards: [],
    dropped: [],
  };
}
