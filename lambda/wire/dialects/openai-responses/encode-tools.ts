import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Tool, ToolChoice } from '../../model/request';
import { defined } from '../../protocols/lenient';

export function writeTool(tool: Tool): JsonObject {
  const { name } = tool;
  if (tool.custom !== undefined) {
    return defined({ type: 'custom', name, description: tool.description, format: tool.custom.format });
  }
  const parameters = tool.parameters ?? { type: 'object', properties: {} };
  // Responses is strict unless told otherwise, which would refuse most schemas written for other providers.
  return defined({ type: 'function', name, description: tool.description, parameters, strict: tool.strict ?? false });
}

export function writeToolChoice(choice: ToolChoice | undefined, tools: readonly Tool[] | undefined): JsonValue | undefined {
  if (choice === undefined) return undefined;
  if (choice.type !== 'tool') return choice.type;
  const named = tools?.find(({ name }) => name === choice.name);
  return { type: named?.custom === undefined ? 'function' : 'custom', name: choice.name };
}
