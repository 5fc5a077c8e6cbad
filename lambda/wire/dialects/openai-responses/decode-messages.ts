import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { AssistantPart, Message, Opaque, TextPart, ToolCallPart, ToolResultPart, UserPart } from '../../model/request';
import { withoutBilling } from '../../protocols/billing-line';
import { readCacheMark } from '../../protocols/cache-mark';
import { argumentsOf, defined, objectsOf, textOf } from '../../protocols/lenient';
import { mediaPart, readUrl, resultPart } from '../../protocols/media';
import { optionalObjects, optionalText, requiredObject, requiredText, wrongType } from '../../protocols/strict';
import { pictureOf } from './decode-response';
import { isReasoningReference } from './history';
import { qualifiedName } from './namespaces';
import { answeredCall, ownCall, ownOutput } from './own-tools';
import { readEncrypted } from './signatures';

/** Items that speak to OpenAI's own service and say nothing to a model elsewhere. */
const IGNORED_ITEMS = new Set([
  'configuration_update',
  'compaction',
  'additional_tools',
  // What tools of that service did in earlier turns; their outcome stands in the words that followed.
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'computer_call',
  'computer_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'tool_search_call',
  'tool_search_output',
]);

/**
 * Reads `input` as turns. Neighbouring items of the model (thinking, text, tool calls) are one assistant message, neighbouring
 * outputs one tool message, as other wire formats want them.
 */
export function readInput(input: JsonValue | undefined, dropped: string[]): Message[] {
  if (typeof input === 'string') return [{ role: 'user', content: [{ type: 'text', text: input }] }];
  const items = optionalObjects(input, 'input') ?? [];
  const reader = new InputReader(new Set(items.map(answeredCall)), dropped);
  for (const [index, item] of items.entries()) reader.read(item, `input[${index}]`);
  return reader.messages;
}

class InputReader {
  public readonly messages: Message[] = [];
  readonly #toolNames = new Map<string, string>();

  /** @param answered calls of OpenAI's own tools that the caller ran: nobody takes a call without what came of it */
  public constructor(
    private readonly answered: ReadonlySet<string | undefined>,
    private readonly dropped: string[],
  ) {}

  public read(item: JsonObject, path: string): void {
    const type = optionalText(item['type'], `${path}.type`) ?? 'message';
    switch (type) {
      case 'message':
        return this.#message(item, path);
      case 'reasoning':
        return this.#reasoning(item, path);
      case 'function_call':
      case 'custom_tool_call':
        return this.#assistant(this.#call(item, path, type));
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#result(item, path);
      case 'image_generation_call': {
        const source = pictureOf(item);
        if (source === undefined) this.dropped.push(path);
        else this.#assistant({ type: 'image', source });
        return;
      }
      default:
        if (this.#own(item, path)) return;
        if (!IGNORED_ITEMS.has(type) && !isReasoningReference(item)) {
          throw unsupported(path, `${path} has the type ${type}, which cannot be carried to the chosen model's provider.`);
        }
        if (type !== 'additional_tools') this.dropped.push(path);
    }
  }

  /** A call of one of OpenAI's own tools, or what came of it. */
  #own(item: JsonObject, path: string): boolean {
    const call = ownCall(item);
    if (call !== undefined && this.answered.has(call.id)) {
      this.#toolNames.set(call.id, call.name);
      this.#assistant(call);
      return true;
    }
    const toolCallId = answeredCall(item);
    const toolName = toolCallId === undefined ? undefined : this.#toolNames.get(toolCallId);
    if (toolCallId === undefined || toolName === undefined) return false;
    this.#addResult({ type: 'tool-result', toolCallId, toolName, content: ownOutput(item, path) });
    return true;
  }

  #message(item: JsonObject, path: string): void {
    const role = requiredText(item['role'], `${path}.role`);
    const content = item['content'];
    switch (role) {
      case 'system':
      case 'developer':
        this.messages.push({ role, content: readParts(content, `${path}.content`, readTextPart).flatMap(withoutBilling) });
        return;
      case 'user':
        this.messages.push({ role, content: readParts<UserPart>(content, `${path}.content`, readUserPart) });
        return;
      case 'assistant':
        this.#assistant(...readParts<AssistantPart>(content, `${path}.content`, readAssistantPart).filter(isNotEmpty));
        return;
      default:
        throw invalidRequest(`${path}.role`, `${path}.role must be one of user, assistant, system, developer.`);
    }
  }

  #reasoning(item: JsonObject, path: string): void {
    const texts = [...objectsOf(item['summary']), ...objectsOf(item['content'])].map((part) => textOf(part['text']) ?? '');
    const id = optionalText(item['id'], `${path}.id`) ?? '';
    const read = readEncrypted(id, texts.join('\n\n'), optionalText(item['encrypted_content'], `${path}.encrypted_content`));
    if ('callSignature' in read) this.#sign(read.callSignature);
    else this.#assistant(read.part);
  }

  #call(item: JsonObject, path: string, type: string): ToolCallPart {
    const id = requiredText(item['call_id'], `${path}.call_id`);
    const name = qualifiedName(optionalText(item['namespace'], `${path}.namespace`), requiredText(item['name'], `${path}.name`));
    this.#toolNames.set(id, name);
    const custom = type === 'custom_tool_call';
    const written = custom ? requiredText(item['input'], `${path}.input`) : argumentsOf(item['arguments']);
    const cache = readCacheMark(item, path);
    const call = defined({ type: 'tool-call' as const, id, name, arguments: written, cache });
    return custom ? { ...call, custom } : call;
  }

  /** Gives the signature to the call that it came after. */
  #sign(signature: Opaque): void {
    const last = this.messages.at(-1);
    const call = last?.role === 'assistant' ? last.content.at(-1) : undefined;
    if (last?.role !== 'assistant' || call?.type !== 'tool-call') return;
    this.messages[this.messages.length - 1] = { role: 'assistant', content: [...last.content.slice(0, -1), { ...call, signature }] };
  }

  #result(item: JsonObject, path: string): void {
    const toolCallId = requiredText(item['call_id'], `${path}.call_id`);
    const content = readParts(item['output'], `${path}.output`, (part, at) => resultPart(readUserPart(part, at), at));
    const result: ToolResultPart = defined({
      type: 'tool-result' as const,
      toolCallId,
      toolName: this.#toolNames.get(toolCallId),
      content,
      cache: readCacheMark(item, path),
    });
    this.#addResult(result);
  }

  #addResult(result: ToolResultPart): void {
    const last = this.messages.at(-1);
    if (last?.role !== 'tool') this.messages.push({ role: 'tool', content: [result] });
    else this.messages[this.messages.length - 1] = { role: 'tool', content: [...last.content, result] };
  }

  #assistant(...parts: AssistantPart[]): void {
    if (parts.length === 0) return;
    const last = this.messages.at(-1);
    if (last?.role !== 'assistant') this.messages.push({ role: 'assistant', content: parts });
    else this.messages[this.messages.length - 1] = { role: 'assistant', content: [...last.content, ...parts] };
  }
}

function readParts<T>(content: JsonValue | undefined, path: string, read: (part: JsonObject, path: string) => T): T[] {
  if (typeof content === 'string') return [read({ type: 'input_text', text: content }, path)];
  const parts = optionalObjects(content, path);
  if (parts === undefined) throw wrongType(path, 'a string or an array of parts');
  return parts.map((part, index) => read(part, `${path}[${index}]`));
}

function readTextPart(part: JsonObject, path: string): TextPart {
  const { type } = part;
  if (type !== 'input_text' && type !== 'output_text' && type !== 'text') throw unsupported(path, `${path} must be a text part.`);
  return defined({ type: 'text' as const, text: requiredText(part['text'], `${path}.text`), cache: readCacheMark(part, path) });
}

function readAssistantPart(part: JsonObject, path: string): AssistantPart {
  if (part['type'] === 'refusal') return { type: 'refusal', text: requiredText(part['refusal'], `${path}.refusal`) };
  return readTextPart(part, path);
}

function readUserPart(part: JsonObject, path: string): UserPart {
  switch (part['type']) {
    case 'input_audio': {
      const audio = requiredObject(part['input_audio'], `${path}.input_audio`);
      const data = requiredText(audio['data'], `${path}.input_audio.data`);
      return { type: 'audio', format: requiredText(audio['format'], `${path}.input_audio.format`), data };
    }
    case 'input_image': {
      const source = readUrl(requiredText(part['image_url'], `${path}.image_url`), `${path}.image_url`);
      const detail = optionalText(part['detail'], `${path}.detail`);
      return mediaPart(defined({ type: 'image' as const, source, detail, cache: readCacheMark(part, path) }));
    }
    case 'input_video':
      return defined({
        type: 'video' as const,
        source: readUrl(requiredText(part['video_url'], `${path}.video_url`), `${path}.video_url`),
        cache: readCacheMark(part, path),
      });
    case 'input_file': {
      const field = fileField(part);
      const source = readUrl(requiredText(part[field], `${path}.${field}`), `${path}.${field}`);
      const name = optionalText(part['filename'], `${path}.filename`);
      return mediaPart(defined({ type: 'document' as const, source, name, cache: readCacheMark(part, path) }));
    }
    default:
      return readTextPart(part, path);
  }
}

function fileField(part: JsonObject): string {
  return ['file_url', 'file_id'].find((field) => (part[field] ?? null) !== null) ?? 'file_data';
}

/** Clients replay an assistant message whose text was empty. */
function isNotEmpty(part: AssistantPart): boolean {
  return part.type !== 'text' || part.text !== '';
}
