import type { JsonObject, JsonValue } from '../../../platform/json';
import { objectOf } from '../../protocols/lenient';

/** How Anthropic's own tools are called, and no block of a message: with the day of their version, or `mcp_toolset`. */
const OWN_TOOL = /_\d{6,8}$|^mcp_toolset$/i;
/** Whoever holds it, what stands here is a tool. */
const HOLDS_TOOLS = /^(?:definitions?|tools)$/i;
/** What callers and models name as they like. */
const FREE = /^(?:input_schema|output_schema|input_examples|citations|cache_control)$/;

/**
 * Tools that messages bring, wherever in their blocks: those that are added in the middle of a conversation, alone or with a compaction,
 * and in forms that are yet to come.
 */
export function toolsDefinedIn(value: JsonValue | undefined): JsonObject[] {
  const found: JsonObject[] = [];
  find(value, false, found);
  return found;
}

function find(value: JsonValue | undefined, isTool: boolean, found: JsonObject[]): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) find(value[index], isTool, found);
    return;
  }
  const object = objectOf(value);
  if (object === undefined) return;
  const type = object['type'];
  if (isTool || (typeof type === 'string' && OWN_TOOL.test(type))) found.push(object);
  for (const field in object) {
    const inner = object[field] as JsonValue;
    if (typeof inner !== 'object' || inner === null || FREE.test(field)) continue;
    // What a model called a tool with.
    if (field === 'input' && typeof type === 'string' && type.endsWith('tool_use')) continue;
    find(inner, HOLDS_TOOLS.test(field), found);
  }
}
