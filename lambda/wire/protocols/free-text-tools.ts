import type { JsonObject } from '../../platform/json';
import { parseJson } from '../../platform/json';
import type { AssistantPart, Message, ModelRequest, Tool, ToolCallPart } from '../model/request';
import type { ModelResponse } from '../model/response';
import { changedEvents } from './changed-events';
import { defined, textOf } from './lenient';
import type { Protocol, StreamDecoder } from './protocol';

/** The one argument of a function that stands for a free-text tool. */
const INPUT = 'input';

/** A protocol and a call for it, where its free-text tools are functions. */
export interface WithoutFreeText {
  readonly protocol: Protocol;
  readonly request: ModelRequest;
  /** Grammars that nobody enforces now. */
  readonly dropped: readonly string[];
}

/**
 * Lets models that know functions alone use OpenAI's free-text (`custom`) tools: each becomes a function of one string, and its
 * calls become free text again in what the protocol decodes. A grammar is told to the model, not enforced.
 *
 * @see https://platform.openai.com/docs/guides/function-calling#custom-tools
 */
export function withoutFreeText(protocol: Protocol, request: ModelRequest): WithoutFreeText {
  const names = new Set(request.tools?.filter(({ custom }) => custom !== undefined).map(({ name }) => name));
  const messages = request.messages.map(messageWithFunctions);
  if (names.size === 0 && messages.every((message, index) => message === request.messages[index])) {
    return { protocol, request, dropped: [] };
  }
  const dropped = (request.tools ?? []).flatMap(({ custom }, index) => (custom?.format === undefined ? [] : [`tools[${index}].format`]));
  return {
    request: { ...request, messages, ...(request.tools === undefined ? {} : { tools: request.tools.map(asFunction) }) },
    dropped,
    protocol: {
      ...protocol,
      decodeResponse: (body) => freeTextAgain(protocol.decodeResponse(body), names),
      streamDecoder: (asked) => freeTextStream(protocol.streamDecoder(asked), names),
    },
  };
}

function asFunction(tool: Tool): Tool {
  const { custom, ...others } = tool;
  if (custom === undefined) return tool;
  const description = [tool.description, grammarOf(custom.format)].filter((text) => text !== undefined).join('\n\n');
  const input = { type: 'string', description: 'The whole input of the tool, as plain text.' };
  return defined({
    ...others,
    description: description === '' ? undefined : description,
    parameters: { type: 'object', properties: { [INPUT]: input }, required: [INPUT], additionalProperties: false },
  });
}

function grammarOf(format: JsonObject | undefined): string | undefined {
  const definition = textOf(format?.['definition']);
  return definition === undefined ? undefined : `The input must follow this ${textOf(format?.['syntax']) ?? ''} grammar:\n${definition}`;
}

function messageWithFunctions(message: Message): Message {
  if (message.role !== 'assistant' || !message.content.some(isFreeText)) return message;
  return { ...message, content: message.content.map((part) => (isFreeText(part) ? callOfFunction(part) : part)) };
}

function isFreeText(part: AssistantPart): part is ToolCallPart {
  return part.type === 'tool-call' && part.custom === true;
}

function callOfFunction({ custom: _, ...call }: ToolCallPart): ToolCallPart {
  return { ...call, arguments: JSON.stringify({ [INPUT]: call.arguments }) };
}

function freeTextAgain(response: ModelResponse, names: ReadonlySet<string>): ModelResponse {
  const restore = (part: AssistantPart): AssistantPart =>
    part.type === 'tool-call' && names.has(part.name) ? { ...part, custom: true, arguments: textOfInput(part.arguments) } : part;
  return { ...response, choices: response.choices.map((choice) => ({ ...choice, content: choice.content.map(restore) })) };
}

/** What the model wrote, where it did not keep to the schema. */
function textOfInput(written: string): string {
  const value = parseJson(written);
  const input = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[INPUT] : undefined;
  return typeof input === 'string' ? input : written;
}

/** Holds the arguments of a free-text call back until they are complete, because they are JSON until then. */
function freeTextStream(inner: StreamDecoder, names: ReadonlySet<string>): StreamDecoder {
  const open = new Map<string, string>();
  return changedEvents(inner, (event) => {
    if (event.type === 'tool-call-start' && names.has(event.name)) {
      open.set(placeOf(event), '');
      return [{ ...event, custom: true }];
    }
    if (event.type !== 'tool-call-delta' && event.type !== 'tool-call-end') return [event];
    const place = placeOf(event);
    const written = open.get(place);
    if (written === undefined) return [event];
    if (event.type === 'tool-call-delta') {
      open.set(place, written + event.text);
      return [];
    }
    open.delete(place);
    const { choice, block } = event;
    return [{ type: 'tool-call-delta', choice, block, text: textOfInput(written) }, event];
  });
}

function placeOf({ choice, block }: { readonly choice: number; readonly block: number }): string {
  return `${choice}/${block}`;
}
