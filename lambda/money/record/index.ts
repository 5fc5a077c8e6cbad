/** The usage record: an intent first, what became of it in the end. */
export type { AttemptRecord, CounterReservation, RecordState, RequestIntent, RequestRecord, RequestResult } from './request-record';
