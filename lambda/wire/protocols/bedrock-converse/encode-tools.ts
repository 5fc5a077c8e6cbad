import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import { objectAtRoot, withoutReferences, withToolsOfHistory } from '../../fitting';
import type { Message, ModelRequest, Tool } from '../../model/request';
import type { Capabilities } from '../../models';
import { closedParameters } from '../closed-schema';
import type { ModelFamily } from '../model-family';
import { supportsCachedTools } from '../model-family';
import { inNewerWords } from '../newer-schema';
import { cachePoint } from './encode-messages';

/**
 * `toolConfig`; undefined when the call has no tools and never had.
 *
 * Converse wants the tools that earlier turns call, and cannot be told not to use them.
 *
 * @throws GatewayError 400 for custom tools
 */
export function toolConfig(original: ModelRequest, family: ModelFamily, can: Capabilities, dropped: Set<string>): JsonObject | undefined {
  const choice = original.toolChoice;
  const history = usesTools(original.messages);
  if (choice?.type === 'none' && !history) return undefined;
  if (choice?.type === 'none') dropped.add('tool_choice');
  const request = history ? withToolsOfHistory(original) : original;
  const tools = request.tools ?? [];
  if (tools.length === 0) return undefined;
  if (request.parallelToolCalls === false) dropped.add('parallel_tool_calls');
  const entries: JsonValue[] = [];
  tools.forEach((tool, index) => {
    entries.push({ toolSpec: toolSpec(tool, index, can, dropped) });
    if (tool.cache === undefined) return;
    if (supportsCachedTools(family)) entries.push(cachePoint(tool.cache, family));
    else dropped.add('cache_control');
  });
  return { tools: entries, ...(tools === original.tools ? toolChoice(choice) : {}) };
}

function toolSpec(tool: Tool, index: number, can: Capabilities, dropped: Set<string>): JsonObject {
  if (tool.custom !== undefined)
    throw unsupported(`tools[${index}]`, `tools[${index}]: Amazon Bedrock has no custom tools; declare a function instead.`);
  const schema = rootFor(can, tool.parameters, dropped);
  const closed = tool.strict === true ? closedParameters(schema, dropped) : undefined;
  return {
    name: tool.name,
    // A description of nothing is refused.
    ...(tool.description?.trim() ? { description: tool.description } : {}),
    inputSchema: { json: closed ?? schema },
    ...(closed === undefined ? {} : { strict: true }),
  };
}

/** Nova knows three keywords at the root, so no definitions. @see https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html */
function rootFor({ schemaSubset }: Capabilities, parameters: JsonObject | undefined, dropped: Set<string>): JsonObject {
  if (schemaSubset?.includes('nova') !== true) return inNewerWords(objectAtRoot(parameters, dropped));
  const plain = parameters === undefined ? undefined : withoutReferences(parameters, 'tools.parameters', dropped);
  const { type = 'object', properties = {}, required } = objectAtRoot(plain, dropped);
  return inNewerWords({ type, properties, ...(required === undefined ? {} : { required }) });
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
