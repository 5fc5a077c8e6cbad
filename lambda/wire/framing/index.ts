/** Bytes to frames and back. */
export { AwsEventStreamDecoder, EventStreamError, encodeEventStreamMessage, toFrame } from './aws-event-stream';
export { SseParser } from './sse';
