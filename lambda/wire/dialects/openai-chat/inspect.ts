import { invalidRequest } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { settingsAskedIn } from '../../protocols/asked-settings';
import { LongestMark } from '../../protocols/cache-mark';
import { arrayOf, defined, nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { MediaFinder } from '../../protocols/media-parts';
import { nativeFieldsOf } from '../../protocols/native-fields';
import type { CallFacts } from '../../protocols/protocol';
import {
  checkSchema,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalText,
  requiredMessages,
  requiredText,
} from '../../protocols/strict';
import { inspectTools } from './server-tools';

/** OpenAI's own limit. */
const MAX_CHOICES = 128;

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export function inspect(body: JsonObject): CallFacts {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const messages = requiredMessages(body['messages']);
  const content = inspectMessages(body, messages);
  const maxOutput = maxOutputOf(body);
  const serviceTier = optionalText(body['service_tier'], 'service_tier');
  const modalities = optionalList(body['modalities'], 'modalities')?.filter((item) => typeof item === 'string');
  optionalCount(body['top_logprobs'], 'top_logprobs', 0, 100);
  optionalFlag(body['logprobs'], 'logprobs');
  const format = optionalObject(body['response_format'], 'response_format');
  if (format !== undefined) checkSchema(format, 'response_format');
  const nativeFields = nativeFieldsOf(body);
  const effort = textOf(body['reasoning_effort']);
  const settings = settingsAskedIn(body);

  const stream = optionalFlag(body['stream'], 'stream') ?? false;
  const wantsStreamUsage =
    optionalFlag(optionalObject(body['stream_options'], 'stream_options')?.['include_usage'], 'stream_options.include_usage') ?? false;
  const choices = choicesOf(body);
  const { serverTools, toolUses } = inspectTools(body);

  return {
    model,
    stream,
    maxOutputField: maxOutput.field,
    maxOutputTokens: maxOutput.tokens,
    choices,
    wantsStreamUsage,
    serverTools,
    toolUses,
    storedReferences: content.storedReferences,
    media: content.media,
    modalities,
    cacheWrite: content.cacheWrite,
    serviceTier,
    predictedTokens: predictionOf(body),
    effortWithTools: effortWithTools(body),
    nativeFields: nativeFields.length === 0 ? undefined : nativeFields,
    asks: effort === undefined && settings === undefined ? undefined : defined({ effort, settings }),
    answersBySchema: format !== undefined && format['type'] !== 'text' ? true : undefined,
  };
}

/** A token is never shorter than a byte. @see https://platform.openai.com/docs/guides/predicted-outputs */
function predictionOf(body: JsonObject): number | undefined {
  const content = optionalObject(body['prediction'], 'prediction')?.['content'] ?? '';
  if (content === '') return undefined;
  return Buffer.byteLength(typeof content === 'string' ? content : JSON.stringify(content));
}

/** By OpenAI's field, or one of those that `readReasoningSettings` knows. */
function effortWithTools(body: JsonObject): 'asked' | 'unsaid' | undefined {
  if (arrayOf(body['tools']).length + arrayOf(body['functions']).length === 0) return undefined;
  const settings = objectOf(body['reasoning']);
  const effort = body['reasoning_effort'] ?? settings?.['effort'];
  const thinking = objectOf(body['thinking'])?.['type'];
  if ((effort ?? null) !== null) return effort === 'none' ? undefined : 'asked';
  if (settings?.['enabled'] === false || thinking === 'disabled') return undefined;
  return settings !== undefined || thinking === 'enabled' || thinking === 'adaptive' ? 'asked' : 'unsaid';
}

function maxOutputOf(body: JsonObject): { readonly tokens: number | undefined; readonly field: string } {
  const newer = optionalCount(body['max_completion_tokens'], 'max_completion_tokens', 1);
  const older = optionalCount(body['max_tokens'], 'max_tokens', 1);
  if (newer !== undefined && older !== undefined && newer !== older) {
    throw invalidRequest('max_tokens', 'max_tokens and max_completion_tokens differ; give max_completion_tokens only.');
  }
  const cap = newer ?? older;
  return { tokens: cap, field: newer === undefined && older !== undefined ? 'max_tokens' : 'max_completion_tokens' };
}

function choicesOf(body: JsonObject): number {
  const choices = optionalCount(body['n'], 'n', 1, MAX_CHOICES) ?? 1;
  const best = optionalCount(body['best_of'], 'best_of', 1, MAX_CHOICES) ?? 1;
  return Math.max(choices, best);
}

/** What a walk over the messages finds. Marks for caching are OpenAI's own, or those that compatible servers know from Anthropic. */
function inspectMessages(body: JsonObject, messages: readonly JsonObject[]): Pick<CallFacts, 'media' | 'storedReferences' | 'cacheWrite'> {
  const marks = new LongestMark();
  marks.note(body);
  const media = new MediaFinder(marks.note);
  const storedReferences: string[] = [];
  messages.forEach((message, index) => {
    if (typeof message['role'] !== 'string') requiredText(message['role'], `messages[${index}].role`);
    if (nonEmptyText(objectOf(message['audio'])?.['id']) !== undefined) storedReferences.push(`messages[${index}].audio.id`);
    media.add(message);
    objectsOf(message['tool_calls']).forEach(marks.note);
  });
  marks.noteTools(body['tools']);
  return { media: media.found, storedReferences, cacheWrite: marks.life };
}
