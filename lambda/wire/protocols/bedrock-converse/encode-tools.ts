import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Message, ModelRequest, Tool } from '../../model/request';
import type { ModelFamily } from '../model-family';
import { supportsCachePoints, supportsStrictTools } from '../model-family';
import { cachePoint } from './encode-messages';

/**
 * `toolConfig`; undefined when the call has no tools.
 *
 * @throws GatewayError 400 for custom tools, and for `none` or no tools at all after tool calls, which Converse cannot say
 */
export function toolConfig(request: ModelRequest, family: ModelFamily, dropped: Set<string>): JsonObject | undefined {
  const tools = request.tools ?? [];
  const choice = request.toolChoice;
  if (tools.length === 0 || choice?.type === 'none') {
    if (usesTools(request.messages)) {
      throw unsupported(
        tools.length === 0 ? 'tools' : 'tool_choice',
        'Amazon Bedrock needs the tools that earlier turns call, and cannot be told not to use them.',
      );
    }
    return undefined;
  }

  if (request.parallelToolCalls === false) dropped.add('parallel_tool_calls');
  const entries: JsonValue[] = [];
  tools.forEach((tool, index) => {
    entries.push({ toolSpec: toolSpec(tool, index, family, request.model, dropped) });
    if (tool.cache === undefined) return;
    if (supportsCachePoints(family)) entries.push(cachePoint(tool.cache, family));
    else dropped.add('cache_control');
  });
  return { tools: entries, ...toolChoice(choice) };
}

function toolSpec(tool: Tool, index: number, family: ModelFamily, model: string, dropped: Set<string>): JsonObject {
  if (tool.custom !== undefined) throw unsupported(`tools[${index}]`, 'Amazon Bedrock has no custom tools; declare a function instead.');
  const strict = tool.strict === true && supportsStrictTools(family, model);
  if (tool.strict === true && !strict) dropped.add('tools.strict');
  return {
    name: tool.name,
    // An empty description is refused.
    ...(tool.description ? { description: tool.description } : {}),
    inputSchema: { json: objectSchema(tool.parameters) },
    ...(strict ? { strict: true } : {}),
  };
}

/** The schema's root must be an object. */
function objectSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  return 'type' in parameters ? parameters : { type: 'object', ...parameters };
}

function toolChoice(choice: ModelRequest['toolChoice']): JsonObject {
  switch (choice?.type) {
    case 'auto':
      return { toolChoice: { auto: {} } };
    case 'required':
      return { toolChoice: { any: {} } };
    case 'tool':
      return { toolChoice: { tool: { name: choice.name } } };
    default:
      return {};
  }
}

function usesTools(messages: readonly Message[]): boolean {
  return messages.some((message) => message.content.some((part) => part.type === 'tool-call' || part.type === 'tool-result'));
}
