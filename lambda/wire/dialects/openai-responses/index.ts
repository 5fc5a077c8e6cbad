import { objectOf } from '../../protocols/lenient';
import { openingOf } from '../../protocols/opening';
import type { Dialect, Protocol } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { decodeError } from './decode-error';
import { decodeRequest } from './decode-request';
import { decodeResponse } from './decode-response';
import { OpenAiResponsesStreamDecoder } from './decode-stream';
import { encodeError, encodeStreamError, errorStatus } from './encode-error';
import { encodeRequest } from './encode-request';
import { encodeResponse } from './encode-response';
import { OpenAiResponsesStreamEncoder } from './encode-stream';
import { FIELD_NAMES } from './field-names';
import { finishReasonOf } from './finish-reason';
import { forget } from './forced-fields';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { OpenAiResponsesMeter } from './meter';
import { withoutSpareTools } from './server-tools';
import { TEXT_RULES } from './text-rules';
import { usageOf } from './usage';

/** OpenAI Responses, both ways. Nothing that the provider would have to remember: every call carries its whole conversation. */
export const openAiResponses: Dialect & Protocol = {
  name: 'openai-responses',
  modelField: 'model',
  fieldNames: FIELD_NAMES,
  showsPictures: true,
  framing: 'sse',
  freeTextTools: true,
  // @see https://platform.openai.com/docs/api-reference/responses/create#responses-create-max_output_tokens
  lowestCapTokens: 16,
  heartbeat: ': keep-alive\n\n',
  terminator: '',
  inspect,
  texts: (document) => findTexts(document, TEXT_RULES),
  opening: (body) => openingOf(body['instructions'], body['input']),
  wantsSchema: (body) => objectOf(objectOf(body['text'])?.['format'])?.['type'] === 'json_schema',
  forwardChanges,
  forget,
  withoutSpareTools,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  isAnswer: (body) => Array.isArray(body['output']) && body['status'] !== 'failed',
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
