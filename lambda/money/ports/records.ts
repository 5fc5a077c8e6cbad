import type { Page } from '../../platform/stored';
import type { DecidedRecord, RecordState, RequestIntent, RequestRecord, RequestResult } from '../record/fields';

/** A change of state: done, with the record as it is now; or not, because the record is in another state (undefined: there is none). */
export type Transition =
  | { readonly done: true; readonly record: DecidedRecord }
  | { readonly done: false; readonly found: RequestRecord | undefined };

/** What a change of state sets beside the state. */
export interface TransitionFields extends RequestResult {
  /** Keeps the record in the open index until then (epoch ms); `null` takes it out; absent leaves it as it is. */
  readonly openUntilMs?: number | null;
  /** Puts the record into the list of finished requests, unless it is there. */
  readonly listed?: boolean;
  /** Epoch seconds after which DynamoDB may delete it. */
  readonly ttl?: number;
  /** What the record says of counters, where there may be no intent yet that says it. */
  readonly held?: Pick<DecidedRecord, 'counters' | 'expiresAtMs'>;
  /** The record as the caller has it, where it has: then the table need not send it. */
  readonly known?: Pick<DecidedRecord, 'counters' | 'expiresAtMs'>;
}

/** The durable records of requests. */
export interface RecordStore {
  /** Writes the intent of a new attempt. `conflict`: the id is taken, if only by a void. */
  putIntent(intent: RequestIntent, timeoutMs?: number): Promise<'done' | 'conflict'>;
  /** Reads consistently. */
  get(id: string, timeoutMs?: number): Promise<RequestRecord | undefined>;
  /** Moves a record on from one of the given states, all or nothing. */
  transition(
    id: string,
    from: readonly RecordState[],
    to: RecordState,
    fields: TransitionFields,
    nowMs: number,
    timeoutMs?: number,
  ): Promise<Transition>;
  /** `-> void` from none, intent or void. Out of the open index, unless the fields say how long it stays there. */
  putVoid(id: string, fields: TransitionFields, nowMs: number, timeoutMs?: number): Promise<Transition>;
  /** Keeps a void record in the open index until then (epoch ms), or takes it out of it (`null`). Any other record stays as it is. */
  keepVoid(id: string, untilMs: number | null, timeoutMs?: number): Promise<void>;
  /** Ids in one partition of the open index whose time passed before `beforeMs`, oldest first. Eventually consistent. */
  openBefore(shard: number, beforeMs: number, after?: string): Promise<Page<string>>;
  /** Finished requests of one UTC day (`2026-11-24`), newest first. */
  list(day: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Page<RequestRecord>>;
}
