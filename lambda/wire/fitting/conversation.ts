import type { JsonObject } from '../../platform/json';
import { parseJson } from '../../platform/json';
import type { Message, ModelRequest, TextPart, ToolCallPart } from '../model/request';
import { withOwnIds } from './call-ids';

/**
 * Rules that some providers have for a conversation and others have not. Each answers a conversation that keeps the rule and says the same;
 * one that keeps it already is answered as it is.
 */

type Part = Message['content'][number];

/** The user's turn where one must be and nothing is said. */
const OPENING: Message = { role: 'user', content: [{ type: 'text', text: '...' }] };

/** What a tool said that failed without a word. */
const FAILURE: TextPart = { type: 'text', text: 'The tool failed without a message.' };

/**
 * Texts of white space alone are left out, and turns of others than the user that are nothing else or hold nothing. Models do write line breaks before a call, and the history
 * repeats them for ever.
 */
export function withoutBlankTexts(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(hasBlank)) return messages;
  return messages.flatMap((message): Message[] => {
    if (!hasBlank(message)) return [message];
    const content = (message.content as readonly Part[]).filter((part) => !isBlank(part)).map(withoutBlanksInside);
    if (content.length > 0) return [{ ...message, content } as Message];
    // Without the user's turn the one before it would be continued.
    return message.role === 'user' ? [OPENING] : [];
  });
}

function hasBlank({ content }: Message): boolean {
  if (content.length === 0) return true;
  for (const part of content) if (isBlank(part) || (part.type === 'tool-result' && part.content.some(isBlank))) return true;
  return false;
}

function isBlank(part: Part): boolean {
  return (part.type === 'text' || part.type === 'refusal') && !/\S/.test(part.text);
}

function withoutBlanksInside(part: Part): Part {
  return part.type === 'tool-result' ? { ...part, content: part.content.filter((inner) => !isBlank(inner)) } : part;
}

/** The beginning of an answer that is to be continued: the last text of the assistant's, behind which nothing else is said or called. */
export function textToContinue(
  messages: readonly Message[],
): { readonly message: number; readonly part: number; readonly text: string } | undefined {
  const message = messages.findLastIndex(({ role, content }) => role !== 'assistant' || content.some(isSaid));
  const { role, content } = messages[message] ?? {};
  if (role !== 'assistant' || content === undefined) return undefined;
  const part = content.findLastIndex(isSaid);
  const last = content[part];
  return last?.type === 'text' ? { message, part, text: last.text } : undefined;
}

/** Thoughts and pictures do not go back everywhere, and turns without them are none. */
function isSaid(part: Part): boolean {
  return part.type !== 'reasoning' && part.type !== 'image' && !isBlank(part);
}

/** What is to be continued does not end in white space. */
function withoutTrailingSpace(messages: readonly Message[]): readonly Message[] {
  const last = textToContinue(messages);
  if (last === undefined || last.text.trimEnd() === last.text) return messages;
  return messages.map((message, index): Message => {
    if (index !== last.message) return message;
    const content = (message.content as readonly Part[]).map((part, at) =>
      at === last.part ? { ...part, text: last.text.trimEnd() } : part,
    );
    return { ...message, content } as Message;
  });
}

/** The first turn is the user's. Greetings of chat applications come first; where there are only instructions, the last of them are it. */
export function beginningWithUser(messages: readonly Message[]): readonly Message[] {
  const first = messages.findIndex((message) => !isSystem(message));
  if (first >= 0)
    return messages[first]?.role === 'assistant' ? [...messages.slice(0, first), OPENING, ...messages.slice(first)] : messages;
  const last = messages.at(-1);
  return last === undefined ? [OPENING] : [...messages.slice(0, -1), asUser(last)];
}

/**
 * Instructions between the turns keep their place, as the user's: in front of the conversation they would change its beginning with every
 * turn, and no cache would ever be read. Results of tools go before them, since nothing may stand between a call and its result.
 */
export function withSystemInPlace(messages: readonly Message[], dropped: Set<string>): readonly Message[] {
  const first = messages.findIndex((message) => !isSystem(message));
  if (first < 0 || messages.findLastIndex(isSystem) < first) return messages;
  dropped.add('messages.role');
  const placed: Message[] = [];
  let waiting: Message[] = [];
  messages.forEach((message, index) => {
    if (index >= first && isSystem(message)) {
      waiting.push(asUser(message));
      return;
    }
    if (!message.content.some((part) => part.type === 'tool-result')) {
      placed.push(...waiting);
      waiting = [];
    }
    placed.push(message);
  });
  return [...placed, ...waiting];
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function asUser({ content }: Message): Message {
  return { role: 'user', content: content as readonly TextPart[] };
}

/** A conversation in which every call has an id of its own, and one result. */
export function withPairedCalls(messages: readonly Message[], within: 'turn' | 'conversation' = 'conversation'): readonly Message[] {
  return withOneResultACall(withOwnIds(messages, within));
}

/**
 * Of several results of one call the last counts. Calls of another turn may bear the same id, where ids are numbered from the start each
 * turn: their results are theirs.
 */
function withOneResultACall(messages: readonly Message[]): readonly Message[] {
  let last: Map<string, Part> | undefined;
  let superseded: Set<Part> | undefined;
  for (const { role, content } of messages) {
    // What the assistant says begins a new turn of calls.
    if (role === 'assistant') last = undefined;
    for (const part of content) {
      if (part.type !== 'tool-result') continue;
      last ??= new Map();
      const earlier = last.get(part.toolCallId);
      if (earlier !== undefined) superseded = (superseded ?? new Set()).add(earlier);
      last.set(part.toolCallId, part);
    }
  }
  if (superseded === undefined) return messages;
  return messages.flatMap((message): Message[] => {
    const content = (message.content as readonly Part[]).filter((part) => superseded?.has(part) !== true);
    if (content.length === message.content.length) return [message];
    return content.length === 0 ? [] : [{ ...message, content } as Message];
  });
}

/** Arguments of a call as an object. What a model wrote that is none is kept as text: one bad call must not end a conversation. */
export function objectOfArguments(call: Pick<ToolCallPart, 'arguments'>): JsonObject {
  if (call.arguments.trim() === '') return {};
  const value = parseJson(call.arguments);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { _unparsed: call.arguments };
}

/** A tool's failure says something. Results of tools that did not fail may be empty. */
function withFailuresSaid(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(({ content }) => content.some(isUnsaidFailure))) return messages;
  return messages.map((message): Message => {
    const content = (message.content as readonly Part[]).map((part) => (isUnsaidFailure(part) ? { ...part, content: [FAILURE] } : part));
    return { ...message, content } as Message;
  });
}

function isUnsaidFailure(part: Part): boolean {
  return part.type === 'tool-result' && part.isError === true && part.content.length === 0;
}

/** The conversation by the rules of Claude's API, which Bedrock has for every model. */
export function inClaudesForm(messages: readonly Message[]): readonly Message[] {
  return withoutTrailingSpace(beginningWithUser(withFailuresSaid(withoutBlankTexts(withPairedCalls(messages)))));
}

/** The call with this conversation; the given one when that is its own. */
export function withMessages(request: ModelRequest, messages: readonly Message[]): ModelRequest {
  return messages === request.messages ? request : { ...request, messages };
}
