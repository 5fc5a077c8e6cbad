import type { Dialect, Protocol } from '../../protocols/protocol';
import { decodeError, encodeError, encodeStreamError, errorStatus } from './error';
import { finishReasonOf } from './finish-reason';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { OpenAiResponsesMeter } from './meter';
import { decodeRequest } from './request';
import { encodeRequest } from './request-encoder';
import { decodeResponse, encodeResponse } from './response';
import { withoutSpareTools } from './server-tools';
import { OpenAiResponsesStreamDecoder } from './stream';
import { OpenAiResponsesStreamEncoder } from './stream-encoder';
import { usageOf } from './usage';

/** OpenAI Responses, both ways. Nothing that the provider would have to remember: every call carries its whole conversation. */
export const openAiResponses: Dialect & Protocol = {
  name: 'openai-responses',
  framing: 'sse',
  freeTextTools: true,
  heartbeat: ': keep-alive\n\n',
  terminator: '',
  inspect,
  forwardChanges,
  withoutSpareTools,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  finishReason: finishReasonOf,
  streamDecoder: () => new OpenAiResponsesStreamDecoder(),
  streamEncoder: (context) => new OpenAiResponsesStreamEncoder(context),
  streamMeter: () => new OpenAiResponsesMeter(),
  usage: usageOf,
  errorStatus,
  encodeError,
  encodeStreamError,
  decodeError,
};
