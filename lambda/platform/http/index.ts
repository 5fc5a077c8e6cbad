/** Calls over HTTP as bytes: exchanges with callers, transports to origins that configuration made. */
export { BodyReader, BodyTooLargeError } from './body';
export {
  type Exchange,
  type InboundReply,
  type OutboundRequest,
  type ReplyReader,
  type Transport,
  TransportError,
  type TransportFailure,
} from './exchange';
export { streamReply } from './reply';
export { type FieldChanges, spliceFields } from './splice';
export { failureOf } from './transport-failure';
