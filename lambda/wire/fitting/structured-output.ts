import type { JsonObject } from '../../platform/json';
import type { AssistantPart, Message, ModelRequest, ResponseFormat, Tool } from '../model/request';
import type { FinishReason, ModelResponse, StreamEvent } from '../model/response';
import type { Capabilities } from '../models';
import { changedEvents } from '../protocols/changed-events';
import type { Protocol, StreamDecoder } from '../protocols/protocol';
import { isRecursive } from './references';
import { namedAtRoot } from './root-object';

/** A protocol and a call for it, where a schema that its host cannot hold an answer to is asked for in another way. */
export interface WithoutSchema {
  readonly protocol: Protocol;
  readonly request: ModelRequest;
  /** What nobody enforces now. */
  readonly dropped: readonly string[];
}

type Schema = ResponseFormat & { readonly type: 'json-schema' };

const ANY_JSON = 'Answer with one JSON object and nothing else, no prose and no code fence.';
const ANY_JSON_BY = 'Answer with one JSON value by this JSON Schema and nothing else, no prose and no code fence:\n';

/** The tool whose arguments are the answer. */
const TOOL = 'json_answer';

/**
 * A call for an answer by a schema, for a model whose host holds no answer to one: where it can be made to use a tool, the schema is that
 * tool's, and what the model gives it comes back as text; else the model is told of the schema.
 */
export function withoutNativeSchema(protocol: Protocol, original: ModelRequest, can: Capabilities): WithoutSchema {
  const request = withNamedSchema(original);
  const format = request.responseFormat;
  const hasTools = (request.tools?.length ?? 0) > 0;
  const notBeside = hasTools && can.structuredOutputWithTools === false;
  if (format?.type === 'json' && notBeside) return { protocol, request: toldOnly(request, ANY_JSON), dropped: ['response_format'] };
  if (format?.type !== 'json-schema') return { protocol, request, dropped: [] };
  const native =
    (can.structuredOutput?.includes('json-schema') ?? true) &&
    !(can.schemaSubset?.includes('anthropic') === true && isRecursive(format.schema));
  if (native && !notBeside) return { protocol, request, dropped: [] };
  const thinks = request.reasoning !== undefined && request.reasoning.effort !== 'none' && can.thinking?.length !== 0;
  // Arguments of a tool are an object.
  const isObject = format.schema['type'] === 'object' || 'properties' in format.schema;
  const forces = isObject && !hasTools && can.tools !== false && can.forcedTools !== false && !thinks;
  if (!forces) return { protocol, request: toldOnly(request, toldOfSchema(format.schema)), dropped: ['response_format'] };
  const { responseFormat: _, ...rest } = request;
  return {
    request: { ...rest, tools: [toolOf(format)], toolChoice: { type: 'tool', name: TOOL } },
    dropped: [],
    protocol: {
      ...protocol,
      decodeResponse: (body) => textAgain(protocol.decodeResponse(body)),
      streamDecoder: (asked) => textStream(protocol.streamDecoder(asked)),
    },
  };
}

function withNamedSchema(request: ModelRequest): ModelRequest {
  const format = request.responseFormat;
  if (format?.type !== 'json-schema' || format.schema['$ref'] === undefined) return request;
  return { ...request, responseFormat: { ...format, schema: namedAtRoot(format.schema) } };
}

function toolOf({ schema, description }: Schema): Tool {
  return { name: TOOL, description: description ?? 'Takes the answer. Always answer with it.', parameters: schema };
}

/** What a model is told where nothing holds its answer to a schema. */
export function toldOfSchema(schema: JsonObject): string {
  return `${ANY_JSON_BY}${JSON.stringify(schema)}`;
}

/** The call with words in the place of what would hold its answer to a form. */
function toldOnly({ responseFormat: _, ...rest }: ModelRequest, text: string): ModelRequest {
  const told: Message = { role: 'system', content: [{ type: 'text', text }] };
  return { ...rest, messages: [told, ...rest.messages] };
}

/** What the model says beside its answer would make it no JSON. */
function textAgain(response: ModelResponse): ModelResponse {
  const answersIn = (content: readonly AssistantPart[]): boolean => content.some((part) => part.type === 'tool-call' && part.name === TOOL);
  const restore = (content: readonly AssistantPart[]): readonly AssistantPart[] =>
    answersIn(content)
      ? content.flatMap((part): AssistantPart[] => {
          if (part.type === 'tool-call' && part.name === TOOL) return [{ type: 'text', text: part.arguments }];
          return part.type === 'text' ? [] : [part];
        })
      : content;
  return {
    ...response,
    choices: response.choices.map((choice) => ({
      ...choice,
      content: restore(choice.content),
      finishReason: finished(choice.finishReason),
    })),
  };
}

function finished(reason: FinishReason): FinishReason {
  return reason.unified === 'tool-calls' ? { unified: 'stop' } : reason;
}

/** Calls of the tool are text. What is said before one is held back: beside the answer it would make that no JSON; without one it is the answer. */
function textStream(inner: StreamDecoder): StreamDecoder {
  const open = new Set<string>();
  let held: StreamEvent[] = [];
  return changedEvents(inner, (event) => {
    switch (event.type) {
      case 'text-start':
      case 'text-delta':
      case 'text-end':
      case 'citation':
        held.push(event);
        return [];
      case 'tool-call-start':
      case 'finish':
      case 'error': {
        const said = event.type === 'tool-call-start' && event.name === TOOL ? [] : held;
        held = [];
        return [...said, asText(event, open)];
      }
      default:
        return [asText(event, open)];
    }
  });
}

/** @param open blocks that are calls of the tool */
function asText(event: StreamEvent, open: Set<string>): StreamEvent {
  switch (event.type) {
    case 'tool-call-start': {
      const { choice, block } = event;
      if (event.name !== TOOL) return event;
      open.add(`${choice}/${block}`);
      return { type: 'text-start', choice, block };
    }
    case 'tool-call-delta':
      return open.has(`${event.choice}/${event.block}`) ? { ...event, type: 'text-delta' } : event;
    case 'tool-call-end': {
      const { choice, block } = event;
      return open.delete(`${choice}/${block}`) ? { type: 'text-end', choice, block } : event;
    }
    case 'finish':
      return { ...event, reason: finished(event.reason) };
    default:
      return event;
  }
}
