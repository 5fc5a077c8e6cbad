import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { objectOfArguments } from '../../fitting';
import type {
  AssistantPart,
  CachePoint,
  DocumentPart,
  ImagePart,
  MediaSource,
  Message,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../model/request';
import { claudeState } from '../../protocols/claude-state';
import { defined } from '../../protocols/lenient';
import { plainTextOf } from '../../protocols/media';
import { fitToolId } from '../../protocols/tool-ids';
import { writeCitation } from './citations';
import type { WireBlock, WireCacheControl, WireDocument, WireImage, WireMessage, WireSource, WireText, WireToolResult } from './wire';

const MAX_TOOL_ID = 128;

export function writeCache(cache: CachePoint | undefined): WireCacheControl | undefined {
  return cache === undefined ? undefined : { type: 'ephemeral', ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }) };
}

/** Splits off the leading system messages; results of tools that follow each other become one message, as Anthropic wants them. */
export function writeMessages(messages: readonly Message[], dropped: Set<string>): { system: WireText[]; messages: WireMessage[] } {
  const system: WireText[] = [];
  const written: WireMessage[] = [];
  let openResults: WireBlock[] | undefined;
  messages.forEach((message, index) => {
    if ('name' in message && message.name !== undefined) dropped.add('messages.name');
    if (message.role === 'tool') {
      if (openResults === undefined) {
        openResults = [];
        written.push({ role: 'user', content: openResults });
      }
      openResults.push(...message.content.map((part, at) => writeToolResult(part, `messages[${index}].content[${at}]`, dropped)));
      return;
    }
    openResults = undefined;
    if (message.role === 'system' || message.role === 'developer') {
      const texts = message.content.flatMap((part) => writeText(part, dropped));
      if (written.length === 0) system.push(...texts);
      else if (texts.length > 0) written.push({ role: 'system', content: texts });
      return;
    }
    const content =
      message.role === 'user'
        ? message.content.flatMap((part, at) => writeUserPart(part, `messages[${index}].content[${at}]`, dropped))
        : writeAssistant(message.content, `messages[${index}]`, dropped);
    if (content.length > 0) written.push({ role: message.role, content });
  });
  return { system, messages: written };
}

/** Empty texts are refused. */
function writeText(part: TextPart, dropped: Set<string>): WireText[] {
  if (part.text === '') return [];
  const citations = (part.citations ?? []).map(writeCitation).filter((citation) => citation !== undefined);
  if (citations.length < (part.citations?.length ?? 0)) dropped.add('citations');
  return [
    defined({
      type: 'text' as const,
      text: part.text,
      citations: citations.length === 0 ? undefined : citations,
      cache_control: writeCache(part.cache),
    }),
  ];
}

function writeUserPart(part: UserPart | ToolResultPart, path: string, dropped: Set<string>): WireBlock[] {
  if (part.type === 'tool-result') return [writeToolResult(part, path, dropped)];
  if (part.type === 'audio') throw notTaken(path, part);
  return writeResultPart(part, path, dropped);
}

function notTaken(path: string, { type }: UserPart): Error {
  return unsupported(path, `${path} is ${type}, which the chosen model does not take.`);
}

function writeSource(source: MediaSource): WireSource {
  if (source.kind === 'url') return { type: 'url', url: source.url };
  return { type: 'base64', media_type: source.mediaType, data: source.data };
}

function writeImage(part: ImagePart, dropped: Set<string>): WireImage {
  if (part.detail !== undefined && part.detail !== 'auto') dropped.add('image_url.detail');
  return defined({ type: 'image' as const, source: writeSource(part.source), cache_control: writeCache(part.cache) });
}

function writeDocument(part: DocumentPart): WireDocument {
  const text = plainTextOf(part.source);
  return defined({
    type: 'document' as const,
    source: text === undefined ? writeSource(part.source) : ({ type: 'text', media_type: 'text/plain', data: text } as const),
    title: part.name,
    context: part.context,
    citations: part.citations === undefined ? undefined : { enabled: part.citations },
    cache_control: writeCache(part.cache),
  });
}

function writeToolResult(part: ToolResultPart, path: string, dropped: Set<string>): WireToolResult {
  const content = part.content.flatMap((inner, index) => writeResultPart(inner, `${path}.content[${index}]`, dropped));
  const [first] = content;
  const text = content.length === 1 && first?.type === 'text' && Object.keys(first).length === 2 ? first.text : undefined;
  return defined({
    type: 'tool_result' as const,
    tool_use_id: fitToolId(part.toolCallId, MAX_TOOL_ID),
    content: content.length === 0 ? undefined : (text ?? content),
    is_error: part.isError,
    cache_control: writeCache(part.cache),
  });
}

function writeResultPart(
  part: ToolResultPart['content'][number],
  path: string,
  dropped: Set<string>,
): (WireText | WireImage | WireDocument)[] {
  switch (part.type) {
    case 'text':
      return writeText(part, dropped);
    case 'image':
      return [writeImage(part, dropped)];
    case 'document':
      return [writeDocument(part)];
    case 'video':
      throw notTaken(path, part);
  }
}

function writeAssistant(content: readonly AssistantPart[], path: string, dropped: Set<string>): WireBlock[] {
  return content.flatMap((part, index): WireBlock[] => {
    switch (part.type) {
      case 'text':
        return writeText(part, dropped);
      case 'refusal':
        return part.text === '' ? [] : [{ type: 'text', text: part.text }];
      case 'tool-call':
        return [writeToolUse(part, `${path}.content[${index}]`)];
      case 'reasoning': {
        const state = claudeState(part);
        if (state?.redacted !== undefined) return [{ type: 'redacted_thinking', data: state.redacted }];
        if (state?.signature !== undefined) return [{ type: 'thinking', thinking: part.text, signature: state.signature }];
        dropped.add('reasoning');
        return [];
      }
      case 'image':
        dropped.add('messages.images');
        return [];
      default:
        throw unsupported(`${path}.content[${index}]`, `${path}.content[${index}]: the assistant's own ${part.type} cannot be sent back.`);
    }
  });
}

function writeToolUse(part: ToolCallPart, path: string): WireBlock {
  if (part.custom === true) throw unsupported(path, `${path} is a call of a free-text tool, which the chosen model does not have.`);
  const input: JsonObject = objectOfArguments(part);
  return defined({
    type: 'tool_use' as const,
    id: fitToolId(part.id, MAX_TOOL_ID),
    name: part.name,
    input,
    cache_control: writeCache(part.cache),
  });
}
