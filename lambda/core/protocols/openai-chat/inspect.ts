import { invalidRequest } from '../../model/error';
import type { JsonObject, JsonValue } from '../../model/json';
import { nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';
import { attachmentWeight } from '../media';
import type { CallFacts } from '../protocol';
import {
  checkSchema,
  checkToolCount,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalText,
  requiredMessages,
  requiredObject,
  requiredText,
} from '../strict';
import { isSearchModel } from './usage';

/** OpenAI's own limit. */
const MAX_CHOICES = 128;
const ATTACHMENT_TYPES = new Set(['image_url', 'input_audio', 'file', 'video_url']);

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export function inspect(body: JsonObject): CallFacts {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const messages = requiredMessages(body['messages']);
  const content = inspectMessages(messages);
  const maxOutput = maxOutputOf(body);
  const serviceTier = optionalText(body['service_tier'], 'service_tier');
  optionalCount(body['top_logprobs'], 'top_logprobs', 0, 100);
  optionalFlag(body['logprobs'], 'logprobs');
  const format = optionalObject(body['response_format'], 'response_format');
  if (format !== undefined) checkSchema(format, 'response_format');

  return {
    model,
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    ...maxOutput,
    choices: choicesOf(body),
    wantsStreamUsage:
      optionalFlag(optionalObject(body['stream_options'], 'stream_options')?.['include_usage'], 'stream_options.include_usage') ?? false,
    serverTools: serverToolsOf(body),
    storedReferences: content.storedReferences,
    attachments: content.attachments,
    ...(content.cacheWrite === undefined ? {} : { cacheWrite: content.cacheWrite }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function maxOutputOf(body: JsonObject): Pick<CallFacts, 'maxOutputTokens' | 'maxOutputField'> {
  const newer = optionalCount(body['max_completion_tokens'], 'max_completion_tokens', 1);
  const older = optionalCount(body['max_tokens'], 'max_tokens', 1);
  if (newer !== undefined && older !== undefined && newer !== older) {
    throw invalidRequest('max_tokens', 'max_tokens and max_completion_tokens differ; give max_completion_tokens only.');
  }
  const cap = newer ?? older;
  const maxOutputField = newer === undefined && older !== undefined ? 'max_tokens' : 'max_completion_tokens';
  return cap === undefined ? { maxOutputField } : { maxOutputField, maxOutputTokens: cap };
}

function choicesOf(body: JsonObject): number {
  const choices = optionalCount(body['n'], 'n', 1, MAX_CHOICES) ?? 1;
  const best = optionalCount(body['best_of'], 'best_of', 1, MAX_CHOICES) ?? 1;
  return Math.max(choices, best);
}

/** What the provider would run itself: tools that are neither functions nor custom, and the searches of OpenAI's search models. */
function serverToolsOf(body: JsonObject): string[] {
  const tools = optionalList(body['tools'], 'tools') ?? [];
  checkToolCount(tools);
  const names = tools.flatMap((item, index) => {
    const tool = requiredObject(item, `tools[${index}]`);
    const type = optionalText(tool['type'], `tools[${index}].type`) ?? 'function';
    if (type !== 'function' && type !== 'custom') return [type === 'mcp' ? `mcp:${textOf(tool['server_label']) ?? ''}` : type];
    const parameters = objectOf(objectOf(tool['function'])?.['parameters']);
    if (parameters !== undefined) checkSchema(parameters, `tools[${index}].function.parameters`);
    return [];
  });
  const searches = ['web_search_options', 'search_parameters', 'plugins'].filter((field) => (body[field] ?? null) !== null);
  if (searches.length === 0 && isSearchModel(textOf(body['model']) ?? '')) searches.push('web_search_options');
  return [...names, ...searches.map((field) => (field === 'plugins' ? 'plugins' : 'web_search'))];
}

/** What a walk over the messages finds. Marks for caching are OpenAI's own, or those that compatible servers know from Anthropic. */
function inspectMessages(messages: readonly JsonObject[]): Pick<CallFacts, 'attachments' | 'storedReferences' | 'cacheWrite'> {
  let attachments = 0;
  let cacheWrite: CallFacts['cacheWrite'];
  const storedReferences: string[] = [];
  messages.forEach((message, index) => {
    requiredText(message['role'], `messages[${index}].role`);
    if (nonEmptyText(objectOf(message['audio'])?.['id']) !== undefined) storedReferences.push(`messages[${index}].audio.id`);
    objectsOf(message['content']).forEach((part, at) => {
      const mark = objectOf(part['cache_control']) ?? objectOf(part['prompt_cache_breakpoint']);
      if (mark !== undefined && cacheWrite !== '1h') cacheWrite = mark['ttl'] === '1h' ? '1h' : '5m';
      if (!ATTACHMENT_TYPES.has(textOf(part['type']) ?? '')) return;
      const { image_url: image, file } = part;
      attachments += attachmentWeight(part['type'], image, objectOf(image)?.['url'], objectOf(file)?.['file_data']);
      if (hasFileId(part['file'])) storedReferences.push(`messages[${index}].content[${at}].file.file_id`);
    });
  });
  return { attachments, storedReferences, ...(cacheWrite === undefined ? {} : { cacheWrite }) };
}

function hasFileId(file: JsonValue | undefined): boolean {
  return (objectOf(file)?.['file_id'] ?? null) !== null;
}
