import type { JsonObject } from '../../platform/json';
import { objectOf, objectsOf } from '../protocols/lenient';

/** A call whose choice lists the tools that may be used, with those tools alone. Undefined: its choice lists none. */
export function withAllowedToolsOnly(body: JsonObject): { readonly body: JsonObject } | undefined {
  const choice = objectOf(body['tool_choice']);
  if (choice?.['type'] !== 'allowed_tools') return undefined;
  const allowed = objectOf(choice['allowed_tools']);
  const names = new Set(objectsOf(allowed?.['tools']).map(nameOf));
  const tools = objectsOf(body['tools']).filter((tool) => names.has(nameOf(tool)));
  return { body: { ...body, tools, tool_choice: allowed?.['mode'] ?? 'auto' } };
}

function nameOf(tool: JsonObject): unknown {
  return objectOf(tool['function'] ?? tool['custom'])?.['name'];
}
