import type { Dialect, Protocol } from '../../protocols/protocol';
import { decodeError, encodeError, encodeStreamError, errorStatus } from './error';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { OpenAiChatMeter } from './meter';
import { decodeRequest } from './request';
import { encodeRequest } from './request-encoder';
import { decodeResponse, encodeResponse, finishReasonOf } from './response';
import { OpenAiChatStreamDecoder } from './stream';
import { OpenAiChatStreamEncoder, TERMINATOR } from './stream-encoder';
import { usageOf } from './usage';

/** OpenAI Chat Completions, both ways: how its callers are answered, and how providers that speak it are called. */
export const openAiChat: Dialect & Protocol = {
  name: 'openai-chat',
  framing: 'sse',
  freeTextTools: true,
  heartbeat: ': keep-alive\n\n',
  terminator: TERMINATOR,
  inspect,
  forwardChanges,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  finishReason: finishReasonOf,
  streamDecoder: () => new OpenAiChatStreamDecoder(),
  streamEncoder: (context) => new OpenAiChatStreamEncoder(context),
  streamMeter: (options) => new OpenAiChatMeter(options),
  usage: usageOf,
  errorStatus,
  encodeError,
  encodeStreamError,
  decodeError,
};
