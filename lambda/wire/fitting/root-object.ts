import type { JsonObject, JsonValue } from '../../platform/json';

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const;

/**
 * Arguments are an object, and some hosts want it said at the root, without a union there: the members' properties become those of one
 * object, of which only what all members require is required.
 *
 * @param dropped takes `tools.parameters`, where a union is gone
 */
export function objectAtRoot(parameters: JsonObject | undefined, dropped: Set<string>): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  const union = UNIONS.find((keyword) => Array.isArray(parameters[keyword]));
  if (union === undefined) return 'type' in parameters ? parameters : { type: 'object', ...parameters };
  const { [union]: listed, ...rest } = parameters;
  const members = (listed as JsonValue[]).filter(isObject);
  dropped.add('tools.parameters');
  const properties = Object.assign({}, ...members.map((member) => member['properties']), rest['properties']);
  const needed = members.map((member) => new Set(Array.isArray(member['required']) ? member['required'] : []));
  const all = [...new Set(needed.flatMap((names) => [...names]))];
  const required = union === 'allOf' ? all : all.filter((name) => needed.every((names) => names.has(name)));
  const own = Array.isArray(rest['required']) ? rest['required'] : [];
  return objectAtRoot({ ...rest, type: 'object', properties, required: [...new Set([...own, ...required])] }, dropped);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
