import { objectOf } from '../../protocols/lenient';
import { openingOf } from '../../protocols/opening';
import type { Dialect, Protocol } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { decodeError } from './decode-error';
import { decodeRequest } from './decode-request';
import { decodeResponse, finishReasonOf, isAnswer } from './decode-response';
import { OpenAiChatStreamDecoder } from './decode-stream';
import { encodeError, encodeStreamError, errorStatus } from './encode-error';
import { encodeRequest } from './encode-request';
import { encodeResponse } from './encode-response';
import { OpenAiChatStreamEncoder, TERMINATOR } from './encode-stream';
import { FIELD_NAMES } from './field-names';
import { forget, usageFields } from './forced-fields';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { OpenAiChatMeter } from './meter';
import { TEXT_RULES } from './text-rules';
import { usageOf } from './usage';

/** OpenAI Chat Completions, both ways: how its callers are answered, and how providers that speak it are called. */
export const openAiChat: Dialect & Protocol = {
  name: 'openai-chat',
  modelField: 'model',
  fieldNames: FIELD_NAMES,
  showsPictures: true,
  framing: 'sse',
  freeTextTools: true,
  heartbeat: ': keep-alive\n\n',
  terminator: TERMINATOR,
  inspect,
  texts: (document) => findTexts(document, TEXT_RULES),
  opening: (body) => openingOf(undefined, body['messages']),
  wantsSchema: (body) => objectOf(body['response_format'])?.['type'] === 'json_schema',
  forwardChanges,
  thinkingBudgets: [
    ['thinking', 'budget_tokens'],
    ['reasoning', 'max_tokens'],
  ],
  usageFields,
  forget,
  decodeRequest,
  encodeRequest,
  decodeResponse,
  isAnswer,
  encodeResponse,
  finishReason: finishReasonOf,
  streamDecoder: (asked) => new OpenAiChatStreamDecoder(asked?.tools),
  streamEncoder: (context) => new OpenAiChatStreamEncoder(context),
  streamMeter: (options) => new OpenAiChatMeter(options),
  usage: usageOf,
  errorStatus,
  encodeError,
  encodeStreamError,
  decodeError,
};
