import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart, Message, ReasoningPart, TextPart, ToolResultPart, UserPart } from '../../model/request';
import { withoutBilling } from '../../protocols/billing-line';
import { defined, textOf } from '../../protocols/lenient';
import { resultPart } from '../../protocols/media';
import { noteDropped, noteOthers, optionalFlag, optionalObjects, optionalText, requiredText, wrongType } from '../../protocols/strict';
import { readCache, readShared, readText } from './decode-content';
import { readCallState, readOpaque } from './signatures';

const MESSAGE_FIELDS = new Set(['role', 'content']);
const RESULT_FIELDS = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);
const USE_FIELDS = new Set(['type', 'id', 'name', 'input', 'cache_control']);
/** What Anthropic's own tools did in earlier turns; their outcome stands in the words that followed. */
const IGNORED_BLOCKS = new Set([
  'server_tool_use',
  'mcp_tool_use',
  'mcp_tool_result',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'container_upload',
  'fallback',
]);

/** The `system` parameter as the first message. */
export function readSystem(value: JsonValue | undefined, dropped: string[]): Message[] {
  if (value === undefined || value === null || value === '') return [];
  const content = readSystemContent(value, 'system', dropped);
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

/** Reads the turns. Newer clients put system messages between them. */
export function readMessages(messages: readonly JsonObject[], dropped: string[]): Message[] {
  const toolNames = new Map<string, string>();
  return messages.map((message, index): Message => {
    const path = `messages[${index}]`;
    noteOthers(message, MESSAGE_FIELDS, path, dropped);
    const role = requiredText(message['role'], `${path}.role`);
    switch (role) {
      case 'user':
        return { role, content: readUser(message['content'], `${path}.content`, toolNames, dropped) };
      case 'assistant':
        return { role, content: readAssistant(message['content'], `${path}.content`, toolNames, dropped) };
      case 'system':
        return { role, content: readSystemContent(message['content'], `${path}.content`, dropped) };
      default:
        throw invalidRequest(`${path}.role`, `${path}.role must be one of user, assistant, system.`);
    }
  });
}

/** Blocks beside text in system messages change what Anthropic's own model may do, and say nothing to others. */
function readSystemContent(content: JsonValue | undefined, path: string, dropped: string[]): TextPart[] {
  if (typeof content === 'string') return withoutBilling({ type: 'text', text: content });
  return blocksOf(content, path).flatMap((block, index) => {
    if (block['type'] === 'text') return withoutBilling(readText(block, `${path}[${index}]`));
    noteDropped(dropped, `${path}[${index}]`);
    return [];
  });
}

function blocksOf(content: JsonValue | undefined, path: string): readonly JsonObject[] {
  const blocks = optionalObjects(content, path);
  if (blocks === undefined) throw wrongType(path, 'a string or an array of blocks');
  return blocks;
}

function readUser(
  content: JsonValue | undefined,
  path: string,
  toolNames: ReadonlyMap<string, string>,
  dropped: string[],
): (UserPart | ToolResultPart)[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return blocksOf(content, path).map((block, index) => {
    const at = `${path}[${index}]`;
    const part = block['type'] === 'tool_result' ? readToolResult(block, at, toolNames, dropped) : readShared(block, at, dropped);
    if (part === undefined) throw unknownBlock(block, at);
    return part;
  });
}

function readToolResult(block: JsonObject, path: string, toolNames: ReadonlyMap<string, string>, dropped: string[]): ToolResultPart {
  noteOthers(block, RESULT_FIELDS, path, dropped);
  const toolCallId = requiredText(block['tool_use_id'], `${path}.tool_use_id`);
  const content = block['content'];
  const parts =
    typeof content === 'string'
      ? [{ type: 'text' as const, text: content }]
      : (optionalObjects(content, `${path}.content`) ?? []).map((inner, index) => {
          const at = `${path}.content[${index}]`;
          const part = readShared(inner, at, dropped);
          if (part === undefined) throw unknownBlock(inner, at);
          return resultPart(part, at);
        });
  return defined({
    type: 'tool-result' as const,
    toolCallId,
    toolName: toolNames.get(toolCallId),
    content: parts,
    isError: optionalFlag(block['is_error'], `${path}.is_error`),
    cache: readCache(block, path),
  });
}

function readAssistant(content: JsonValue | undefined, path: string, toolNames: Map<string, string>, dropped: string[]): AssistantPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = blocksOf(content, path);
  const signatures = new Map(blocks.flatMap((block) => callStateOf(block)).map(({ id, signature }) => [id, signature]));
  return blocks.flatMap((block, index): AssistantPart | [] => {
    const at = `${path}[${index}]`;
    if (callStateOf(block).length > 0) return [];
    switch (block['type']) {
      case 'text':
        return readText(block, at);
      case 'thinking':
      case 'redacted_thinking':
        return readThinking(block);
      case 'tool_use': {
        noteOthers(block, USE_FIELDS, at, dropped);
        const id = requiredText(block['id'], `${at}.id`);
        const name = requiredText(block['name'], `${at}.name`);
        toolNames.set(id, name);
        // Whatever a model once wrote: one bad call must not end a conversation.
        const input = block['input'] ?? {};
        const written = typeof input === 'string' ? input : JSON.stringify(input);
        const call = { type: 'tool-call' as const, id, name, arguments: written, signature: signatures.get(id) };
        return defined({ ...call, cache: readCache(block, at) });
      }
      case 'compaction':
        noteDropped(dropped, at);
        return { type: 'text', text: optionalText(block['content'], `${at}.content`) ?? '' };
      default:
        if (!IGNORED_BLOCKS.has(textOf(block['type']) ?? '')) throw unknownBlock(block, at);
        noteDropped(dropped, at);
        return [];
    }
  });
}

function callStateOf(block: JsonObject): NonNullable<ReturnType<typeof readCallState>>[] {
  const state = block['type'] === 'redacted_thinking' ? readCallState(textOf(block['data'])) : undefined;
  return state === undefined ? [] : [state];
}

/** A block of thinking, in a request or in an answer. */
export function readThinking(block: JsonObject): ReasoningPart {
  if (block['type'] === 'redacted_thinking') {
    return defined({ type: 'reasoning' as const, text: '', redacted: readOpaque(textOf(block['data'])) });
  }
  return defined({ type: 'reasoning' as const, text: textOf(block['thinking']) ?? '', signature: readOpaque(textOf(block['signature'])) });
}

function unknownBlock(block: JsonObject, path: string): Error {
  const type = textOf(block['type']);
  if (type === undefined) return invalidRequest(`${path}.type`, `${path}.type is missing.`, 'missing_required_parameter');
  return unsupported(path, `${path} has the type ${type}, which cannot be carried to the chosen model's provider.`);
}
