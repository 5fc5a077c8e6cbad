import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { TOOL_FAILED } from '../../fitting';
import type {
  DocumentPart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
  VideoPart,
} from '../../model/request';
import type { Capabilities } from '../../models';
import { plainTextOf, writeUrl } from '../../protocols/media';
import { fitToolId, mistralToolId } from '../../protocols/tool-ids';
import { writeDetail } from './reasoning';
import type { WireMessage, WireToolCall, WireUserPart } from './wire';

/** OpenAI refuses longer ids of tool calls. */
const MAX_TOOL_ID = 40;

/** Where another model called the tool, or the client has lost what was thought. Empty text counts as none. */
const UNKNOWN_THOUGHT = ' ';

interface Options {
  /** The provider takes an earlier turn's thinking back, as `reasoning_content`. OpenAI itself refuses the field. */
  readonly replayReasoning: boolean;
  /** Calls of tools are refused without the thinking before them. */
  readonly needsReasoning: boolean;
  /** The provider takes films, as `video_url`. */
  readonly films: boolean;
  /** The grammar that ids of calls must have. @see https://docs.mistral.ai/capabilities/function_calling */
  readonly toolIds?: Capabilities['toolIds'];
  /** Collects what is left out. */
  readonly dropped: Set<string>;
}

/** Writes the turns. Every result of a tool is a message of its own; its images follow in a message of the user. */
export function writeMessages(messages: readonly Message[], options: Options): JsonObject[] {
  return messages.flatMap((message, index) => writeMessage(message, `messages[${index}]`, options) as JsonObject[]);
}

function writeMessage(message: Message, path: string, options: Options): WireMessage[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      if (message.content.length === 0) return [];
      return [{ role: message.role, content: writeContent(message.content, path, options), ...nameOf(message) }];
    case 'assistant':
      return [writeAssistant(message, path, options)];
    case 'tool':
      return writeResults(message.content, path, options);
    case 'user': {
      const results = message.content.filter((part) => part.type === 'tool-result');
      const rest = message.content.filter((part) => part.type !== 'tool-result');
      const written = writeResults(results, path, options);
      if (rest.length > 0 || results.length === 0) {
        written.push({ role: 'user', content: writeContent(rest, path, options), ...nameOf(message) });
      }
      return written;
    }
  }
}

function nameOf(message: { readonly name?: string }): { name?: string } {
  return message.name === undefined ? {} : { name: message.name };
}

/** One text is written as a string, which the oldest of compatible servers understand too. */
function writeContent(parts: readonly UserPart[], path: string, options: Options): string | WireUserPart[] {
  const [first] = parts;
  if (parts.length === 0) return '';
  if (parts.length === 1 && first?.type === 'text') return writePart(first, path, options).text;
  return parts.map((part, index) => writePart(part, `${path}.content[${index}]`, options));
}

function writePart(part: TextPart, path: string, options: Options): { type: 'text'; text: string };
function writePart(part: UserPart, path: string, options: Options): WireUserPart;
function writePart(part: UserPart, path: string, options: Options): WireUserPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return {
        type: 'image_url',
        image_url: { url: writeUrl(part.source), ...(part.detail === undefined ? {} : { detail: part.detail }) },
      };
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } };
    case 'video':
      return writeFilm(part, path, options);
    case 'document':
      return writeDocument(part, path, options);
  }
}

function writeFilm(part: VideoPart, path: string, { films, dropped }: Options): WireUserPart {
  if (!films) throw unsupported(path, `${path} is a film, which the chosen model's provider does not take.`);
  if (part.clip !== undefined) dropped.add('video_metadata');
  return { type: 'video_url', video_url: { url: writeUrl(part.source) } };
}

function writeDocument(part: DocumentPart, path: string, options: Options): WireUserPart {
  if (part.citations === true) options.dropped.add('citations');
  const text = plainTextOf(part.source);
  if (text !== undefined) {
    const head = [part.name, part.context].filter((line) => line !== undefined);
    return { type: 'text', text: [...head, text].join('\n\n') };
  }
  if (part.source.kind === 'url') {
    throw unsupported(path, `${path} is a document by URL, which the chosen model's provider does not fetch; send it as base64.`);
  }
  if (part.context !== undefined) options.dropped.add('context');
  return { type: 'file', file: { filename: part.name ?? 'document.pdf', file_data: writeUrl(part.source) } };
}

function writeAssistant(message: Extract<Message, { role: 'assistant' }>, path: string, options: Options): WireMessage {
  const texts: TextPart[] = [];
  const reasoning: ReasoningPart[] = [];
  const calls: ToolCallPart[] = [];
  let refusal = '';
  message.content.forEach((part, index) => {
    if (part.type === 'text') texts.push(part);
    else if (part.type === 'reasoning') reasoning.push(part);
    else if (part.type === 'tool-call') calls.push(part);
    else if (part.type === 'refusal') refusal += part.text;
    else if (part.type === 'image') options.dropped.add('messages.images');
    else throw unsupported(`${path}.content[${index}]`, `${path}.content[${index}]: the assistant's own ${part.type} cannot be sent back.`);
  });
  const content = texts.length === 0 ? null : writeContent(texts, path, options);
  return {
    role: 'assistant',
    content: content ?? (calls.length === 0 && refusal === '' ? '' : null),
    ...nameOf(message),
    ...(refusal === '' ? {} : { refusal }),
    ...writeReasoning(reasoning, options, calls.length > 0),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => writeCall(call, options)) }),
  };
}

/** Thinking that another wire format signed means nothing here; its text does, where the provider takes it. */
function writeReasoning(parts: readonly ReasoningPart[], options: Options, hasCalls: boolean): { reasoning_content?: string } {
  const standIn = hasCalls && options.needsReasoning ? { reasoning_content: UNKNOWN_THOUGHT } : {};
  if (parts.length === 0) return standIn;
  if (!options.replayReasoning) {
    options.dropped.add('reasoning');
    return {};
  }
  const text = parts.map((part) => part.text).join('');
  const details = parts.flatMap((part, index) => {
    const state = part.redacted ?? part.signature;
    return state?.protocol === 'openai-chat' ? (writeDetail(part, index) ?? []) : [];
  });
  return { ...(text === '' ? standIn : { reasoning_content: text }), ...(details.length === 0 ? {} : { reasoning_details: details }) };
}

function writeCall(call: ToolCallPart, options: Options): WireToolCall {
  const id = toolId(call.id, options);
  if (call.custom === true) return { id, type: 'custom', custom: { name: call.name, input: call.arguments } };
  const extra =
    call.signature?.protocol === 'gemini' && options.replayReasoning ? { google: { thought_signature: call.signature.value } } : undefined;
  return {
    id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
    ...(extra === undefined ? {} : { extra_content: extra }),
  };
}

function writeResults(results: readonly ToolResultPart[], path: string, options: Options): WireMessage[] {
  const media: Exclude<ToolResultPart['content'][number], TextPart>[] = [];
  const written: WireMessage[] = results.map((result) => {
    const texts = result.content.filter((part) => part.type === 'text');
    const others = result.content.filter((part) => part.type !== 'text');
    media.push(...others);
    const note =
      others.length === 0 || texts.length > 0 ? texts : [{ type: 'text' as const, text: 'The result follows in the next message.' }];
    return {
      role: 'tool',
      content: writeContent(asError(result, note), path, options),
      tool_call_id: toolId(result.toolCallId, options),
    };
  });
  if (media.length > 0) written.push({ role: 'user', content: media.map((part) => writePart(part, path, options)) });
  return written;
}

/** Chat has no field for a tool's failure, and the model must know. */
function asError(result: ToolResultPart, texts: readonly TextPart[]): readonly TextPart[] {
  return result.isError === true ? [{ type: 'text', text: TOOL_FAILED }, ...texts.filter(({ text }) => text !== '')] : texts;
}

/** Kimi is confused by any id but the one that it gave. */
function toolId(id: string, { toolIds }: Options): string {
  if (toolIds?.includes('mistral') === true) return mistralToolId(id);
  return toolIds?.includes('kimi') === true && id !== '' ? id : fitToolId(id, MAX_TOOL_ID);
}
