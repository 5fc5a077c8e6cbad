import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart, CachePoint, Message, TextPart, ToolCallPart, ToolResultPart, UserPart } from '../../model/request';
import { withoutBilling } from '../../protocols/billing-line';
import { markedAtEnd, readCacheMark } from '../../protocols/cache-mark';
import { argumentsOf, defined, textOf } from '../../protocols/lenient';
import { resultPart } from '../../protocols/media';
import { noteOthers, optionalObjects, optionalText, requiredObject, requiredText, wrongType } from '../../protocols/strict';
import { CalledFunctions } from './decode-functions';
import { readMedia } from './decode-media';
import { imagesOf, splitContent } from './decode-response';
import { readReasoning } from './reasoning';

/** Fields of messages that say nothing to the model. */
const IGNORED = new Set([
  'annotations',
  'refusal',
  'audio',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'thinking_blocks',
  'provider_specific_fields',
  'id',
  'index',
]);
const KNOWN = new Set(['role', 'content', 'name', 'tool_calls', 'function_call', 'tool_call_id', 'cache_control', 'images']);

const TEXT_FIELDS = new Set(['type', 'text', 'cache_control', 'prompt_cache_breakpoint']);
const PART_FIELDS = new Set([
  'type',
  'image_url',
  'input_audio',
  'file',
  'video_url',
  'input_video',
  'cache_control',
  'prompt_cache_breakpoint',
]);
const CALL_FIELDS = new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content', 'cache_control']);

/** Reads the turns of a conversation; notes what it leaves out. */
export function readMessages(messages: readonly JsonObject[], dropped: string[]): Message[] {
  const toolNames = new Map<string, string>();
  const functions = new CalledFunctions();
  const read = (message: JsonObject, index: number, path: string): Message => {
    const name = optionalText(message['name'], `${path}.name`);
    const named = name === undefined ? {} : { name };
    const role = requiredText(message['role'], `${path}.role`);
    switch (role) {
      case 'system':
      case 'developer':
        return { role, content: readTexts(message['content'], `${path}.content`, dropped).flatMap(withoutBilling), ...named };
      case 'user':
        return { role, content: readUserContent(message['content'], `${path}.content`, dropped), ...named };
      case 'assistant': {
        const called = functions.readCall(message, index);
        const content = readAssistant(message, path, toolNames, dropped);
        return { role, content: called === undefined ? content : [...content, called], ...named };
      }
      case 'tool':
        return { role, content: [readToolResult(message, path, toolNames, dropped)] };
      case 'function':
        return { role: 'tool', content: [functions.readResult(message, index)] };
      default:
        throw invalidRequest(`${path}.role`, `${path}.role must be one of system, developer, user, assistant, tool.`);
    }
  };
  return messages.flatMap((message, index) => {
    const path = `messages[${index}]`;
    checkFields(message, path);
    return markedAtEnd([read(message, index, path)], readCacheMark(message, path, dropped));
  });
}

function checkFields(message: JsonObject, path: string): void {
  if ((message['audio'] ?? null) !== null) {
    throw unsupported(`${path}.audio`, `${path}.audio refers to an earlier answer that the chosen model's provider does not have.`);
  }
  for (const [field, value] of Object.entries(message)) {
    if (value !== undefined && value !== null && !KNOWN.has(field) && !IGNORED.has(field)) {
      throw unsupported(`${path}.${field}`, `${path}.${field} cannot be carried to the chosen model's provider; leave it out.`);
    }
  }
}

function readTexts(content: JsonValue | undefined, path: string, dropped: string[]): TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = optionalObjects(content, path);
  if (parts === undefined) throw wrongType(path, 'a string or an array of text parts');
  return parts.map((part, index) => {
    if (part['type'] !== 'text') throw unsupported(`${path}[${index}]`, `${path}[${index}] must be a text part.`);
    return readText(part, `${path}[${index}]`, dropped);
  });
}

function readText(part: JsonObject, path: string, dropped: string[]): TextPart {
  noteOthers(part, TEXT_FIELDS, path, dropped);
  return defined({ type: 'text' as const, text: requiredText(part['text'], `${path}.text`), cache: readCacheMark(part, path, dropped) });
}

function readUserContent(content: JsonValue | undefined, path: string, dropped: string[]): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = optionalObjects(content, path);
  if (parts === undefined) throw wrongType(path, 'a string or an array of content parts');
  return parts.map((part, index) => readUserPart(part, `${path}[${index}]`, dropped));
}

function readUserPart(part: JsonObject, path: string, dropped: string[]): UserPart {
  const type = requiredText(part['type'], `${path}.type`);
  if (type !== 'text') noteOthers(part, PART_FIELDS, path, dropped);
  switch (type) {
    case 'text':
      return readText(part, path, dropped);
    case 'image_url':
    case 'video_url':
    case 'input_video':
    case 'file':
      return withCache(readMedia(part, type, path), readCacheMark(part, path, dropped));
    case 'input_audio': {
      const audio = requiredObject(part['input_audio'], `${path}.input_audio`);
      return {
        type: 'audio',
        format: requiredText(audio['format'], `${path}.input_audio.format`),
        data: requiredText(audio['data'], `${path}.input_audio.data`),
      };
    }
    default:
      throw unsupported(path, `${path} has the type ${type}, which cannot be carried to the chosen model's provider.`);
  }
}

/** Sound has no mark: no provider that hears keeps any. */
function withCache(part: UserPart, cache: CachePoint | undefined): UserPart {
  return cache === undefined || part.type === 'audio' ? part : { ...part, cache };
}

function readAssistant(message: JsonObject, path: string, toolNames: Map<string, string>, dropped: string[]): AssistantPart[] {
  const { parts: reasoning, signatures } = readReasoning(message);
  const content: AssistantPart[] = [...reasoning, ...readAssistantContent(message['content'], `${path}.content`, dropped)];
  content.push(...imagesOf(message));
  const refusal = optionalText(message['refusal'], `${path}.refusal`);
  if (refusal !== undefined && refusal !== '') content.push({ type: 'refusal', text: refusal });

  optionalObjects(message['tool_calls'], `${path}.tool_calls`)?.forEach((call, index) => {
    noteOthers(call, CALL_FIELDS, `${path}.tool_calls`, dropped);
    const part = readToolCall(call, `${path}.tool_calls[${index}]`);
    const signature = signatures.get(index);
    toolNames.set(part.id, part.name);
    content.push(signature === undefined ? part : { ...part, signature });
  });
  return content;
}

function readAssistantContent(content: JsonValue | undefined, path: string, dropped: string[]): AssistantPart[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = optionalObjects(content, path);
  if (parts === undefined) throw wrongType(path, 'a string or an array of content parts');
  return parts.map((part, index) => {
    const at = `${path}[${index}]`;
    if (part['type'] === 'refusal') return { type: 'refusal', text: requiredText(part['refusal'], `${at}.refusal`) };
    if (part['type'] === 'text') return readText(part, at, dropped);
    if (part['type'] === 'thinking') return { type: 'reasoning', text: splitContent([part]).thoughts };
    throw unsupported(at, `${at} has the type ${textOf(part['type']) ?? 'unknown'}, which an assistant message cannot carry.`);
  });
}

function readToolCall(call: JsonObject, path: string): ToolCallPart {
  const id = requiredText(call['id'], `${path}.id`);
  if (call['type'] === 'custom') {
    const custom = requiredObject(call['custom'], `${path}.custom`);
    const name = requiredText(custom['name'], `${path}.custom.name`);
    return { type: 'tool-call', id, name, arguments: optionalText(custom['input'], `${path}.custom.input`) ?? '', custom: true };
  }
  const called = requiredObject(call['function'], `${path}.function`);
  const name = requiredText(called['name'], `${path}.function.name`);
  return defined({ type: 'tool-call' as const, id, name, arguments: argumentsOf(called['arguments']), cache: readCacheMark(call, path) });
}

function readToolResult(message: JsonObject, path: string, toolNames: ReadonlyMap<string, string>, dropped: string[]): ToolResultPart {
  const toolCallId = requiredText(message['tool_call_id'], `${path}.tool_call_id`);
  const content = readUserContent(message['content'] ?? '', `${path}.content`, dropped);
  return defined({
    type: 'tool-result' as const,
    toolCallId,
    toolName: toolNames.get(toolCallId) ?? optionalText(message['name'], `${path}.name`),
    content: content.map((part) => resultPart(part, `${path}.content`)),
  });
}
