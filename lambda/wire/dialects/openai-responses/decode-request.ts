import { EFFORTS } from '../../../../lib/private/contract';
import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import type { Message, ModelRequest, Reasoning, ResponseFormat } from '../../model/request';
import { withoutBillingLine } from '../../protocols/billing-line';
import { defined } from '../../protocols/lenient';
import { nativeFieldsOf, readNative } from '../../protocols/native-fields';
import {
  optionalChoice,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
} from '../../protocols/strict';
import { readInput } from './decode-messages';
import { allowedTools, readToolChoice, readTools } from './decode-tools';

const LOGPROBS = 'message.output_text.logprobs';

/** Fields that are read below. */
const KNOWN = new Set(
  `model input instructions stream tools tool_choice parallel_tool_calls max_output_tokens temperature top_p top_logprobs text
   reasoning include metadata user safety_identifier prompt_cache_key service_tier`.split(/\s+/),
);

/** Fields that never change an answer, or whose effect the gateway has by itself. */
const DROPPED = new Set([
  'store',
  'background',
  'truncation',
  'stream_options',
  'max_tool_calls',
  'client_metadata',
  'prompt_cache_retention',
  'prompt_cache_options',
  'moderation',
]);

/**
 * Reads a whole call.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function decodeRequest(body: JsonObject): ModelRequest {
  const dropped = unknownFields(body);
  const tools = readTools(body, dropped);
  const include = optionalList(body['include'], 'include') ?? [];
  const top = optionalCount(body['top_logprobs'], 'top_logprobs', 0, 100);
  const text = optionalObject(body['text'], 'text');
  return defined({
    model: requiredText(body['model'], 'model'),
    messages: [...readInstructions(body), ...readInput(body['input'], dropped)],
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    tools: allowedTools(tools, body['tool_choice']),
    toolChoice: readToolChoice(body, tools),
    parallelToolCalls: optionalFlag(body['parallel_tool_calls'], 'parallel_tool_calls'),
    maxOutputTokens: optionalCount(body['max_output_tokens'], 'max_output_tokens', 1),
    temperature: optionalNumber(body['temperature'], 'temperature', 0, 2),
    topP: optionalNumber(body['top_p'], 'top_p', 0, 1),
    logprobs: include.includes(LOGPROBS) || (top !== undefined && top > 0) ? { top: top ?? 0 } : undefined,
    responseFormat: readFormat(optionalObject(text?.['format'], 'text.format')),
    verbosity: optionalText(text?.['verbosity'], 'text.verbosity'),
    reasoning: readReasoning(optionalObject(body['reasoning'], 'reasoning')),
    serviceTier: optionalText(body['service_tier'], 'service_tier'),
    metadata: optionalTexts(body['metadata'], 'metadata'),
    user: optionalText(body['safety_identifier'], 'safety_identifier') ?? optionalText(body['user'], 'user'),
    promptCacheKey: optionalText(body['prompt_cache_key'], 'prompt_cache_key'),
    native: readNative(body),
    dropped: dropped.length === 0 ? undefined : dropped,
  });
}

function unknownFields(body: JsonObject): string[] {
  const dropped: string[] = [];
  const native = nativeFieldsOf(body);
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null || value === false || KNOWN.has(field) || native.includes(field)) continue;
    if (!DROPPED.has(field)) throw unsupported(field, `${field} cannot be carried to the chosen model's provider; leave it out.`);
    dropped.push(field);
  }
  return dropped;
}

function readInstructions(body: JsonObject): Message[] {
  const text = withoutBillingLine(optionalText(body['instructions'], 'instructions') ?? '');
  return text === '' ? [] : [{ role: 'system', content: [{ type: 'text', text }] }];
}

function readFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined;
  const type = optionalChoice(format['type'], 'text.format.type', ['text', 'json_object', 'json_schema'] as const);
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  if (type === undefined) throw invalidRequest('text.format.type', 'text.format.type is missing.', 'missing_required_parameter');
  return defined({
    type: 'json-schema' as const,
    name: requiredText(format['name'], 'text.format.name'),
    schema: optionalObject(format['schema'], 'text.format.schema') ?? {},
    strict: optionalFlag(format['strict'], 'text.format.strict'),
    description: optionalText(format['description'], 'text.format.description'),
  });
}

function readReasoning(settings: JsonObject | undefined): Reasoning | undefined {
  const reasoning: Reasoning = defined({
    effort: optionalChoice(settings?.['effort'], 'reasoning.effort', EFFORTS),
    summary:
      optionalText(settings?.['summary'], 'reasoning.summary') ??
      optionalText(settings?.['generate_summary'], 'reasoning.generate_summary'),
  });
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}
