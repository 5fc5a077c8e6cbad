import { arrayOf, objectOf } from '../../protocols/lenient';
import { openingOf } from '../../protocols/opening';
import type { Dialect, Protocol } from '../../protocols/protocol';
import { findTexts } from '../../texts';
import { budgetHeaders } from './budget-headers';
import { decodeError } from './decode-error';
import { decodeRequest } from './decode-request';
import { decodeResponse } from './decode-response';
import { AnthropicMessagesStreamDecoder } from './decode-stream';
import { encodeError, encodeStreamError, errorStatus } from './encode-error';
import { encodeRequest } from './encode-request';
import { encodeResponse } from './encode-response';
import { AnthropicMessagesStreamEncoder } from './encode-stream';
import { FIELD_NAMES } from './field-names';
import { finishReasonOf } from './finish-reason';
import { forwardChanges } from './history';
import { inspect } from './inspect';
import { AnthropicMessagesMeter } from './meter';
import { TEXT_RULES } from './text-rules';
import { usageOf } from './usage';

/** Anthropic Messages, both ways: how its callers are answered, and how providers that speak it are called. */
export const anthropicMessages: Dialect & Protocol = {
  name: 'anthropic-messages',
  modelField: 'model',
  fieldNames: FIELD_NAMES,
  framing: 'sse',
  toolNames: 'anthropic',
  requiresOutputCap: true,
  heartbeat: 'event: ping\ndata: {"type":"ping"}\n\n',
  terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  inspect,
  texts: (document) => findTexts(document, TEXT_RULES),
  opening: (body) => openingOf(body['system'], body['messages']),
  wantsSchema: (body) => (objectOf(body['output_config'])?.['format'] ?? body['output_format'] ?? null) !== null,
  forwardChanges,
  thinkingBudgets: [['thinking', 'budget_tokens']],
  decodeRequest,
  encodeRequest,
  decodeResponse,
  isAnswer: (body) => arrayOf(body['content']).length > 0,
  encodeResponse,
  finishReason: finishReasonOf,
  streamDecoder: () => new AnthropicMessagesStreamDecoder(),
  streamEncoder: (context) => new AnthropicMessagesStreamEncoder(context),
  streamMeter: () => new AnthropicMessagesMeter(),
  usage: usageOf,
  errorStatus,
  budgetHeaders,
  encodeError,
  encodeStreamError,
  decodeError,
};
