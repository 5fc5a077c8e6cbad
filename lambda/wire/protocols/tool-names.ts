import { createHash } from 'node:crypto';
import type { Message, ModelRequest } from '../model/request';
import type { ModelResponse } from '../model/response';
import type { Capabilities, ToolNameGrammar } from '../models';
import { changedEvents } from './changed-events';
import type { Protocol } from './protocol';

interface Grammar {
  readonly pattern: RegExp;
  /** In characters. */
  readonly longest: number;
}

/**
 * @see https://platform.openai.com/docs/api-reference/chat/create (and Bedrock's Converse)
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools
 * @see https://ai.google.dev/api/caching#FunctionDeclaration
 * @see https://github.com/MoonshotAI/kimi-cli/issues/1773
 */
const GRAMMARS: Readonly<Record<ToolNameGrammar, Grammar>> = {
  openai: { pattern: /^[A-Za-z0-9_-]+$/, longest: 64 },
  anthropic: { pattern: /^[A-Za-z0-9_-]+$/, longest: 128 },
  gemini: { pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/, longest: 64 },
  kimi: { pattern: /^[A-Za-z][A-Za-z0-9_-]*$/, longest: 64 },
};
/** Most characters that a name may have anywhere. */
const SHORTEST_LIMIT = 64;
const DIGEST_LENGTH = 8;

/** Names by other names. */
type Names = ReadonlyMap<string, string>;

/** A call with names of tools that its host takes. */
export interface WithFittingNames {
  readonly request: ModelRequest;
  /** The caller's names by those in the call, where they differ: for `namedByCaller`. */
  readonly callersNames: Names;
}

const AS_GIVEN: Names = new Map();

/**
 * The call with names of tools that the host takes, where the caller's are longer or of other characters: MCP clients join the names of
 * server and tool. The call is the given object itself when every name fits, as is usual.
 */
export function withFittingToolNames(protocol: Protocol, request: ModelRequest, can: Capabilities): WithFittingNames {
  const grammar = grammarOf(protocol, can);
  const fitted = new Map<string, string>();
  eachName(request, (name) => {
    if (!fits(name, grammar)) fitted.set(name, fitToolName(name, grammar));
  });
  if (fitted.size === 0) return { request, callersNames: AS_GIVEN };
  return { request: renamed(request, fitted), callersNames: new Map([...fitted].map(([name, short]) => [short, name])) };
}

/** The API's own where it has one, else the model's. Where nobody knows either, only the length counts. */
function grammarOf({ toolNames }: Protocol, can: Capabilities): Grammar {
  if (toolNames !== undefined) return GRAMMARS[toolNames];
  const [known] = can.toolNames ?? [];
  return known === undefined ? { pattern: /^/, longest: SHORTEST_LIMIT } : { ...GRAMMARS[known], longest: SHORTEST_LIMIT };
}

function fits(name: string, { pattern, longest }: Grammar): boolean {
  return name.length <= longest && pattern.test(name);
}

/** What can be kept of a name is, and a digest of the whole tells it from others with the same beginning. */
function fitToolName(name: string, { pattern, longest }: Grammar): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  const readable = name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[0-9-])/, '_');
  const begun = pattern.test('_') ? readable : readable.replace(/^(?![A-Za-z])/, 'f');
  return `${begun.slice(0, longest - DIGEST_LENGTH - 1)}_${digest}`;
}

function eachName({ tools = [], messages, toolChoice }: ModelRequest, visit: (name: string) => void): void {
  for (const { name } of tools) visit(name);
  for (const { content } of messages) {
    for (const part of content) {
      if (part.type === 'tool-call') visit(part.name);
      else if (part.type === 'tool-result' && part.toolName !== undefined) visit(part.toolName);
    }
  }
  if (toolChoice?.type === 'tool') visit(toolChoice.name);
}

function renamed(request: ModelRequest, names: Names): ModelRequest {
  const { tools, toolChoice } = request;
  return {
    ...request,
    ...(tools === undefined ? {} : { tools: tools.map((tool) => withName(tool, names)) }),
    messages: request.messages.map(
      (message) => ({ ...message, content: message.content.map((part) => partWithName(part, names)) }) as Message,
    ),
    ...(toolChoice?.type === 'tool' ? { toolChoice: withName(toolChoice, names) } : {}),
  };
}

function withName<T extends { readonly name: string }>(named: T, names: Names): T {
  const name = names.get(named.name);
  return name === undefined ? named : { ...named, name };
}

function partWithName<Part extends Message['content'][number]>(part: Part, names: Names): Part {
  if (part.type === 'tool-call') {
    const name = names.get(part.name);
    return name === undefined ? part : { ...part, name };
  }
  const toolName = part.type === 'tool-result' && part.toolName !== undefined ? names.get(part.toolName) : undefined;
  return toolName === undefined ? part : { ...part, toolName };
}

/** A protocol whose answers name tools as the caller does. */
export function namedByCaller(protocol: Protocol, names: Names): Protocol {
  if (names.size === 0) return protocol;
  return {
    ...protocol,
    decodeResponse: (body) => answerNamed(protocol.decodeResponse(body), names),
    streamDecoder: (asked) =>
      changedEvents(protocol.streamDecoder(asked), (event) => [event.type === 'tool-call-start' ? withName(event, names) : event]),
  };
}

function answerNamed(response: ModelResponse, names: Names): ModelResponse {
  const choices = response.choices.map((choice) => ({ ...choice, content: choice.content.map((part) => partWithName(part, names)) }));
  return { ...response, choices };
}
