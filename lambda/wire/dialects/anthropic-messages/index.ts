import type { Dialect, Protocol } from '../../protocols/protocol';
import { decodeError, encodeError, encodeStreamError, errorStatus } from './error';
import { finishReasonOf } from './finish-reason';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { AnthropicMessagesMeter } from './meter';
import { decodeRequest } from './request';
import { encodeRequest } from './request-encoder';
import { decodeResponse, encodeResponse } from './response';
import { AnthropicMessagesStreamDecoder } from './stream';
import { AnthropicMessagesStreamEncoder } from './stream-encoder';
import { usageOf } from './usage';

/** Anthropic Messages, both ways: how its callers are answered, and how providers that speak it are called. */
export const anthropicMessages: Dialect & Protocol = {
  name: 'anthropic-messages',
  framing: 'sse',
  heartbeat: 'event: ping\ndata: {"type":"ping"}\n\n',
  terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  inspect,
  forwardChanges,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  finishReason: finishReasonOf,
  streamDecoder: () => new AnthropicMessagesStreamDecoder(),
  streamEncoder: (context) => new AnthropicMessagesStreamEncoder(context),
  streamMeter: () => new AnthropicMessagesMeter(),
  usage: usageOf,
  errorStatus,
  encodeError,
  encodeStreamError,
  decodeError,
};
