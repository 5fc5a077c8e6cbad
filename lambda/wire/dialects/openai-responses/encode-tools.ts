import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Tool, ToolChoice } from '../../model/request';
import type { Capabilities } from '../../models';
import { defined } from '../../protocols/lenient';
import { heldTo, parametersOf } from '../../protocols/openai-schema';

export function writeTool(tool: Tool): JsonObject {
  const { name } = tool;
  if (tool.custom !== undefined) {
    return defined({ type: 'custom', name, description: tool.description, format: tool.custom.format });
  }
  const parameters = tool.parameters ?? { type: 'object', properties: {} };
  // Responses is strict unless told otherwise, which would refuse most schemas written for other providers.
  return defined({ type: 'function', name, description: tool.description, parameters, strict: tool.strict ?? false });
}

/** A tool as its model's host takes it. */
export function fitTool(tool: Tool, can: Capabilities, dropped: Set<string>): Tool {
  const parameters = parametersOf(tool, can, dropped);
  return defined({ ...tool, parameters, strict: heldTo(parameters, tool.strict, can, 'tools.strict', dropped) });
}

export function writeToolChoice(choice: ToolChoice | undefined, tools: readonly Tool[] | undefined): JsonValue | undefined {
  if (choice === undefined) return undefined;
  if (choice.type !== 'tool') return choice.type;
  const named = tools?.find(({ name }) => name === choice.name);
  return { type: named?.custom === undefined ? 'function' : 'custom', name: choice.name };
}
