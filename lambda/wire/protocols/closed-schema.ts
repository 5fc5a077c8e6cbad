import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { definitionOf, isRecursive } from '../fitting/references';
import { withoutTuples } from './newer-schema';
import { DATA, MAPS } from './schema-keywords';

/** Keywords that Anthropic refuses in a schema; the model is not held to them, so leaving them out is reported. */
const UNSUPPORTED = new Set(
  `minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxItems uniqueItems minProperties maxProperties patternProperties
   propertyNames contains minContains maxContains prefixItems additionalItems unevaluatedItems unevaluatedProperties dependentRequired
   dependentSchemas dependencies not if then else`.split(/\s+/),
);
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
/** What a pattern must not look at: what stands around, what was found before, where words end. */
const FARSIGHTED = /\(\?<?[=!]|\\[1-9bB]/;

/**
 * The schema as Anthropic accepts it: objects closed, no keyword it does not know.
 *
 * @param field of the caller's that holds the schema, for what is reported
 * @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
 */
export function closedSchema(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  const listed = withoutTuples(schema, field, dropped);
  return new Closing(listed, field, dropped).close(listed);
}

/**
 * Parameters of a tool that a model is held to; undefined where the subset has no words for them: names that the schema leaves open, and
 * schemas within themselves. Closed, the one would take nothing, and the other is refused.
 */
export function closedParameters(schema: JsonObject, dropped: Set<string>): JsonObject | undefined {
  if (!hasOpenNames(schema) && !isRecursive(schema)) return closedSchema(schema, 'tools.parameters', dropped);
  dropped.add('tools.strict');
  return undefined;
}

function hasOpenNames(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(hasOpenNames);
  if (!isJsonObject(value)) return false;
  if (isJsonObject(value['additionalProperties']) || isJsonObject(value['patternProperties'])) return true;
  return Object.entries(value).some(([keyword, inner]) => {
    if (DATA.has(keyword)) return false;
    return MAPS.has(keyword) && isJsonObject(inner) ? Object.values(inner).some(hasOpenNames) : hasOpenNames(inner);
  });
}

class Closing {
  public constructor(
    private readonly root: JsonObject,
    private readonly field: string,
    private readonly dropped: Set<string>,
  ) {}

  public close(schema: JsonObject): JsonObject {
    const closed: JsonObject = {};
    for (const [keyword, value] of Object.entries(schema)) {
      // One of them holds where any of them may.
      const name = keyword === 'oneOf' && schema['anyOf'] === undefined ? 'anyOf' : keyword;
      if (name === 'oneOf' || !isTaken(keyword, value)) this.dropped.add(`${this.field}.${keyword}`);
      else if (name === 'allOf') Object.assign(closed, this.#all(value));
      else if (name !== 'additionalProperties') closed[name] = this.#value(keyword, value);
    }
    const { additionalProperties: open } = schema;
    if (isObjectType(schema['type']) || schema['properties'] !== undefined || open !== undefined) closed['additionalProperties'] = false;
    if (open !== undefined && open !== false) this.dropped.add(`${this.field}.additionalProperties`);
    return closed;
  }

  /** It holds no references. A single one, as many generators write it, is said without it. */
  #all(members: JsonValue | undefined): JsonObject {
    if (!Array.isArray(members)) return {};
    const [only] = members;
    if (members.length === 1 && isJsonObject(only) && only['$ref'] !== undefined) return this.close(only);
    return { allOf: members.map((member) => this.#value('', this.#resolved(member)) ?? null) };
  }

  #resolved(member: JsonValue): JsonValue {
    const reference = isJsonObject(member) ? member['$ref'] : undefined;
    return (typeof reference === 'string' ? definitionOf(this.root, reference) : undefined) ?? member;
  }

  #value(keyword: string, value: JsonValue | undefined): JsonValue | undefined {
    if (DATA.has(keyword) || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#value('', item) ?? null);
    if (!MAPS.has(keyword)) return this.close(value);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#value('', inner)]));
  }
}

function isTaken(keyword: string, value: JsonValue | undefined): boolean {
  if (UNSUPPORTED.has(keyword)) return false;
  switch (keyword) {
    case 'minItems':
      return value === 0 || value === 1;
    case 'format':
      return typeof value === 'string' && FORMATS.has(value);
    case 'pattern':
      return typeof value === 'string' && !FARSIGHTED.test(value);
    case 'enum':
      return !Array.isArray(value) || value.every((one) => typeof one !== 'object' || one === null);
    default:
      return true;
  }
}

function isObjectType(type: JsonValue | undefined): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object'));
}
