/** The usage record: an intent first, what became of it in the end. */
export {
  CALL_FIELDS,
  type Field,
  type FieldType,
  type HeldPage,
  RECORD_FIELDS,
  RECORD_STATES,
  RESULT_FIELDS,
  type RecordField,
  type RecordState,
  type RequestedCall,
  type RequestRecord,
  type RequestResult,
  STATE_FIELDS,
} from './fields';
export { ATTEMPT_FIELDS, type AttemptRecord, type CountedTokens, USAGE_FIELDS, VERDICT_FIELDS, type VerdictRecord } from './parts';
export { named, shown, type TypeOf, type TypeShown } from './shown';
export { isGivenUp, type UsageRecord } from './usage-record';
