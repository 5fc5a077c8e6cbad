import { createHash } from 'node:crypto';
import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import type { AssistantPart, Message, ReasoningPart, ToolResultPart, UserPart } from '../../model/request';
import { defined } from '../../protocols/lenient';
import { plainTextOf, writeUrl } from '../../protocols/media';
import { readOwn } from './signatures';

const ID_LENGTH = 32;

/** Writes the turns as items, in order; system and developer messages stay where the caller put them. */
export function writeInput(messages: readonly Message[], dropped: Set<string>): JsonObject[] {
  const writing: Writing = { dropped, freeText: new Set() };
  return messages.flatMap((message, index) => writeMessage(message, `messages[${index}]`, writing));
}

interface Writing {
  readonly dropped: Set<string>;
  /** Ids of the calls so far whose tools take free text, and whose results are items of another type. */
  readonly freeText: Set<string>;
}

function writeMessage(message: Message, path: string, writing: Writing): JsonObject[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      if (message.content.length === 0) return [];
      return [{ role: message.role, content: message.content.map(({ text }) => ({ type: 'input_text', text })) }];
    case 'tool':
      return message.content.map((result) => writeResult(result, path, writing));
    case 'user': {
      const results = message.content.filter((part) => part.type === 'tool-result').map((result) => writeResult(result, path, writing));
      const said = message.content.filter((part) => part.type !== 'tool-result').map((part) => writePart(part, path, writing));
      return said.length === 0 ? results : [...results, { role: 'user', content: said }];
    }
    case 'assistant':
      return message.content.flatMap((part) => writeAssistantPart(part, path, writing));
  }
}

function writeAssistantPart(part: AssistantPart, path: string, { dropped, freeText }: Writing): JsonObject[] {
  switch (part.type) {
    case 'text':
      return [{ role: 'assistant', content: part.text }];
    case 'refusal':
      return [refusalItem(part.text)];
    case 'reasoning':
      return writeReasoning(part, dropped);
    case 'tool-call': {
      const call = { call_id: part.id, name: part.name };
      freeText.delete(part.id);
      if (part.custom !== true) return [{ type: 'function_call', ...call, arguments: part.arguments }];
      freeText.add(part.id);
      return [{ type: 'custom_tool_call', ...call, input: part.arguments }];
    }
    case 'image':
      dropped.add('messages.images');
      return [];
    default:
      throw unsupported(path, `${path} holds ${part.type} of the assistant, which this provider does not take back.`);
  }
}

/** What is no plain text stands in an item as the API itself made it, whose id nobody looks up; the same for the same words. */
function refusalItem(refusal: string): JsonObject {
  const id = `msg_${createHash('sha256').update(refusal).digest('hex').slice(0, ID_LENGTH)}`;
  return { type: 'message', id, status: 'completed', role: 'assistant', content: [{ type: 'refusal', refusal }] };
}

/** Only thinking that OpenAI encrypted can go back to it; another provider's would be refused. */
function writeReasoning(part: ReasoningPart, dropped: Set<string>): JsonObject[] {
  const own = readOwn(part.redacted ?? part.signature);
  if (own === undefined) {
    dropped.add('reasoning');
    return [];
  }
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
  return [defined({ type: 'reasoning', id: own.id === '' ? undefined : own.id, summary, encrypted_content: own.encrypted })];
}

function writeResult(result: ToolResultPart, path: string, writing: Writing): JsonObject {
  const onlyText = result.content.every((part) => part.type === 'text');
  const prefix = result.isError === true ? 'Error: ' : '';
  const output = onlyText
    ? prefix + result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    : [
        ...(prefix === '' ? [] : [{ type: 'input_text', text: prefix.trim() }]),
        ...result.content.map((part) => writePart(part, path, writing)),
      ];
  const type = writing.freeText.has(result.toolCallId) ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: result.toolCallId, output };
}

function writePart(part: UserPart, path: string, { dropped }: Writing): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image':
      return { type: 'input_image', image_url: writeUrl(part.source), detail: part.detail ?? 'auto' };
    case 'audio':
      throw unsupported(path, `${path} holds sound, for which the Responses API of the chosen model's provider has no place.`);
    case 'video':
      throw unsupported(path, `${path} is a film, which the chosen model's provider does not take.`);
    case 'document': {
      if (part.citations === true) dropped.add('citations');
      const text = plainTextOf(part.source);
      if (text !== undefined) {
        const head = [part.name, part.context].filter((line) => line !== undefined);
        return { type: 'input_text', text: [...head, text].join('\n\n') };
      }
      if (part.context !== undefined) dropped.add('context');
      if (part.source.kind === 'url') return { type: 'input_file', file_url: part.source.url };
      if (part.source.mediaType !== 'application/pdf') {
        throw unsupported(path, `${path} holds a document of the type ${part.source.mediaType}; this provider takes PDF and plain text.`);
      }
      return { type: 'input_file', filename: part.name ?? 'document.pdf', file_data: writeUrl(part.source) };
    }
  }
}
