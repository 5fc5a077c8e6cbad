import { createHash } from 'node:crypto';
import type { Message, ModelRequest, Tool } from '../model/request';
import type { ModelResponse, StreamEvent } from '../model/response';

/** Most characters that a tool's name may have anywhere: OpenAI's, Bedrock's and Gemini's limit. Anthropic takes twice as many. */
const SHORTEST_LIMIT = 64;
const DIGEST_LENGTH = 8;

/** A name that is too long keeps its beginning, and a digest of the whole tells it from others with the same one. */
function fitToolName(name: string, maxLength: number): string {
  if (name.length <= maxLength) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  return `${name.slice(0, maxLength - DIGEST_LENGTH - 1)}_${digest}`;
}

/**
 * The call with names of tools that the provider takes, where the caller's are longer: MCP clients join the names of server and
 * tool. `withCallersToolNames` undoes it in the answer.
 *
 * @returns the given object itself when every name fits
 */
export function withFittingToolNames(request: ModelRequest, maxLength: number = SHORTEST_LIMIT): ModelRequest {
  const { tools, toolChoice } = request;
  if (tools?.some(({ name }) => name.length > maxLength) !== true) return request;
  const shorten = (name: string) => fitToolName(name, maxLength);
  return {
    ...request,
    tools: tools.map((tool) => ({ ...tool, name: shorten(tool.name) })),
    messages: request.messages.map((message) => withFittingCalls(message, shorten)),
    ...(toolChoice?.type === 'tool' ? { toolChoice: { ...toolChoice, name: shorten(toolChoice.name) } } : {}),
  };
}

function withFittingCalls(message: Message, shorten: (name: string) => string): Message {
  switch (message.role) {
    case 'assistant':
      return {
        ...message,
        content: message.content.map((part) => (part.type === 'tool-call' ? { ...part, name: shorten(part.name) } : part)),
      };
    case 'user':
      return {
        ...message,
        content: message.content.map((part) =>
          part.type === 'tool-result' && part.toolName !== undefined ? { ...part, toolName: shorten(part.toolName) } : part,
        ),
      };
    case 'tool':
      return {
        ...message,
        content: message.content.map((part) => (part.toolName === undefined ? part : { ...part, toolName: shorten(part.toolName) })),
      };
    default:
      return message;
  }
}

/** The name that the caller gave the tool, whatever limit it was shortened for. */
function callersName(name: string, tools: readonly Tool[]): string {
  if (tools.some((tool) => tool.name === name)) return name;
  return tools.find((tool) => tool.name.length > name.length && fitToolName(tool.name, name.length) === name)?.name ?? name;
}

/** Undefined when no name of the caller's can have been shortened, as is usual. */
function longNames(tools: readonly Tool[] | undefined): readonly Tool[] | undefined {
  return tools?.some(({ name }) => name.length > SHORTEST_LIMIT) === true ? tools : undefined;
}

export function withCallersToolNames(response: ModelResponse, tools: readonly Tool[] | undefined): ModelResponse {
  const long = longNames(tools);
  if (long === undefined) return response;
  const choices = response.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) => (part.type === 'tool-call' ? { ...part, name: callersName(part.name, long) } : part)),
  }));
  return { ...response, choices };
}

/** The start of a call in the caller's own name for the tool. */
export function inCallersName<Event extends StreamEvent & { type: 'tool-call-start' }>(
  event: Event,
  tools: readonly Tool[] | undefined,
): Event {
  const long = longNames(tools);
  return long === undefined ? event : { ...event, name: callersName(event.name, long) };
}
