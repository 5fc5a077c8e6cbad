import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { definitionOf } from './references';

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const;
const MOST_STEPS = 8;

/**
 * Arguments are an object, and some hosts want it said at the root, without a union there: the members' properties become those of one
 * object, of which only what all members require is required.
 *
 * @param dropped takes `tools.parameters`, where a union is gone
 */
export function objectAtRoot(parameters: JsonObject | undefined, dropped: Set<string>): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} };
  const root = namedAtRoot(parameters);
  const union = UNIONS.find((keyword) => Array.isArray(root[keyword]));
  if (union === undefined) return 'type' in root ? root : { type: 'object', ...root };
  const { [union]: listed, ...rest } = root;
  const members = (listed as JsonValue[]).filter(isJsonObject).map((member) => resolved(member, rest));
  dropped.add('tools.parameters');
  const properties = Object.assign({}, ...members.map((member) => member['properties']), rest['properties']);
  const needed = members.map((member) => new Set(Array.isArray(member['required']) ? member['required'] : []));
  const all = [...new Set(needed.flatMap((names) => [...names]))];
  const required = union === 'allOf' ? all : all.filter((name) => needed.every((names) => names.has(name)));
  const own = Array.isArray(rest['required']) ? rest['required'] : [];
  return objectAtRoot({ ...rest, type: 'object', properties, required: [...new Set([...own, ...required])] }, dropped);
}

/**
 * A schema that is only named at its root, as some libraries write every one, with what it names in its place: hosts look for properties
 * there. What it names may name another, though not for ever.
 */
export function namedAtRoot(schema: JsonObject): JsonObject {
  let root = schema;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const { $ref: reference, ...beside } = root;
    const found = typeof reference === 'string' ? definitionOf(schema, reference) : undefined;
    if (found === undefined) return root;
    root = { ...found, ...beside };
  }
  return root;
}

/** A member that is named by `#/$defs/Name`, which is how many write unions. */
function resolved(member: JsonObject, root: JsonObject): JsonObject {
  const { $ref: reference } = member;
  return (typeof reference === 'string' ? definitionOf(root, reference) : undefined) ?? member;
}
