import type { DialectName } from '../../wire/dialects';
import type { Operation, Usage } from '../../wire/model';

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

/**
 * Where a request stands. `settled`, `void` and `adjusted` are final; `expired_charged` becomes `adjusted`, once.
 *
 * `intent -> settling -> settled`, `intent -> void`, `intent -> expired_charged -> adjusting -> adjusted`.
 */
export type RecordState = 'intent' | 'settling' | 'settled' | 'void' | 'expired_charged' | 'adjusting' | 'adjusted';

/** Money set aside on one counter. */
export interface CounterReservation {
  /** The counter's key, shard included. */
  readonly counter: string;
  readonly nanoUsd: bigint;
}

/** What is known of a request before it is sent. */
export interface RequestIntent {
  /** The attempt id. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly keyId: string;
  readonly teamId?: string;
  readonly projectId?: string;
  readonly userId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly operation: Operation;
  readonly dialect: DialectName;
  readonly originalModel: string;
  /** `provider/model` of every place that it may go to. Absent: what was asked for is the only one. */
  readonly candidateModels?: readonly string[];
  readonly stream: boolean;
  /** What the request may cost at most. */
  readonly boundNanoUsd: bigint;
  readonly counters: readonly CounterReservation[];
  /** Epoch ms after which the sweeper may resolve it. */
  readonly expiresAtMs: number;
}

/** What is known once it has ended. */
export interface RequestResult {
  readonly status?: number;
  /** `ok`, or the error's code. */
  readonly outcome?: string;
  readonly provider?: string;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly usage?: Usage;
  readonly costNanoUsd?: bigint;
  readonly priceVersion?: string;
  readonly priceSource?: string;
  readonly attempts?: readonly AttemptRecord[];
  readonly finishReason?: string;
  readonly incomplete?: boolean;
  readonly latencyMs?: number;
  readonly timeToFirstChunkMs?: number;
  readonly overheadMs?: number;
  readonly malformedEvents?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The durable record of one request: an intent first, the usage record in the end. */
export interface RequestRecord extends RequestIntent, RequestResult {
  readonly state: RecordState;
  /** ISO 8601: when it reached its present state. */
  readonly updatedAt: string;
}

/** What the counter step asks of a record that was decided on. */
export type DecidedRecord = Pick<RequestRecord, 'id' | 'state' | 'counters' | 'costNanoUsd' | 'expiresAtMs'>;
