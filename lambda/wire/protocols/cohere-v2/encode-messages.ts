import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { objectOfArguments, TOOL_FAILED } from '../../fitting';
import type { AssistantPart, Message, ToolResultPart, UserPart } from '../../model/request';
import { plainTextOf, writeUrl } from '../media';

/**
 * Writes the turns. Every tool result is a message of its own; what else it holds follows in a message of the user.
 *
 * @see https://docs.cohere.com/reference/chat#request.body.messages
 * @throws GatewayError 400 naming the part that Cohere cannot carry
 */
export function writeMessages(messages: readonly Message[], dropped: Set<string>): JsonObject[] {
  return messages.flatMap((message, index) => writeMessage(message, `messages[${index}]`, dropped));
}

function writeMessage(message: Message, path: string, dropped: Set<string>): JsonObject[] {
  if ('name' in message && message.name !== undefined) dropped.add('messages.name');
  switch (message.role) {
    case 'system':
    case 'developer':
      return message.content.length === 0 ? [] : [{ role: 'system', content: message.content.map(({ text }) => text).join('\n') }];
    case 'assistant':
      return assistantMessages(message.content, path, dropped);
    case 'tool':
    case 'user':
      return userMessages(message.content, path, dropped);
  }
}

function userMessages(content: readonly (UserPart | ToolResultPart)[], path: string, dropped: Set<string>): JsonObject[] {
  const results: JsonObject[] = [];
  const parts: JsonObject[] = [];
  content.forEach((part, index) => {
    const at = `${path}.content[${index}]`;
    if (part.type !== 'tool-result') {
      parts.push(userPart(part, at, dropped));
      return;
    }
    const said = part.content.map((item) => (item.type === 'text' ? item.text : '')).join('');
    const text = part.isError === true ? `${TOOL_FAILED}\n${said}` : said;
    results.push({ role: 'tool', tool_call_id: part.toolCallId, content: text });
    part.content.forEach((item, position) => {
      if (item.type !== 'text') parts.push(userPart(item, `${at}.content[${position}]`, dropped));
    });
  });
  return parts.length === 0 ? results : [...results, { role: 'user', content: plainOrParts(parts) }];
}

function userPart(part: UserPart, path: string, dropped: Set<string>): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return {
        type: 'image_url',
        image_url: { url: writeUrl(part.source), ...(part.detail === undefined ? {} : { detail: part.detail }) },
      };
    case 'document': {
      const text = plainTextOf(part.source);
      if (text === undefined) throw unsupported(path, `${path}: Cohere takes documents as plain text only.`);
      if (part.citations === true) dropped.add('citations');
      return { type: 'text', text: [part.name, part.context, text].filter((line) => line !== undefined).join('\n\n') };
    }
    case 'audio':
    case 'video':
      throw unsupported(path, `${path}: Cohere takes no ${part.type}.`);
  }
}

function plainOrParts(parts: JsonObject[]): string | JsonObject[] {
  const [only] = parts;
  return parts.length === 1 && only?.['type'] === 'text' ? (only['text'] as string) : parts;
}

/** Thinking before tool calls is Cohere's plan; other thinking has a block of its own. */
function assistantMessages(content: readonly AssistantPart[], path: string, dropped: Set<string>): JsonObject[] {
  const calls = content.flatMap((part, index): JsonObject[] => {
    if (part.type !== 'tool-call') return [];
    if (part.custom === true) {
      throw unsupported(`${path}.content[${index}]`, `${path}.content[${index}]: Cohere has no custom tools; declare a function instead.`);
    }
    return [{ id: part.id, type: 'function', function: { name: part.name, arguments: JSON.stringify(objectOfArguments(part)) } }];
  });
  const plan = calls.length === 0 ? '' : content.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');
  const parts = content.flatMap((part, index) => assistantPart(part, `${path}.content[${index}]`, calls.length > 0, dropped));
  if (parts.length === 0 && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      ...(parts.length === 0 ? {} : { content: plainOrParts(parts) }),
      ...(plan === '' ? {} : { tool_plan: plan }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ];
}

function assistantPart(part: AssistantPart, path: string, hasCalls: boolean, dropped: Set<string>): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      if (part.signature !== undefined || part.redacted !== undefined) dropped.add('reasoning');
      return hasCalls || part.text === '' ? [] : [{ type: 'thinking', thinking: part.text }];
    case 'tool-call':
      return [];
    case 'image':
      dropped.add('messages.images');
      return [];
    case 'audio':
      throw unsupported(path, `${path}: Cohere takes no ${part.type} from the assistant.`);
  }
}
