/** Bytes to frames and back. */
export { AwsEventStreamDecoder, EventStreamError, type EventStreamMessage, encodeEventStreamMessage, toFrame } from './aws-event-stream';
export { SseParser } from './sse';
