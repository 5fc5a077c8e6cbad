import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { definitionOf, isRecursive } from '../fitting/references';
import { namedAtRoot, objectAtRoot } from '../fitting/root-object';

const ANY: readonly string[] = ['string', 'number', 'boolean', 'object', 'array', 'null'];
/** What describes a part, and may stand beside a union or a reference. */
const NOTES = new Set(['description', 'title']);
/** What each type alone can have. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  object: words('properties required additionalProperties patternProperties propertyNames minProperties maxProperties'),
  array: words('items prefixItems minItems maxItems uniqueItems contains'),
  string: words('minLength maxLength pattern format'),
  number: words('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
};
/** References that have more beside them stand in place; what they name may do the same again, and so on. */
const MOST_NODES = 20_000;

/** Parameters of a tool as Moonshot takes them. */
export function typedParameters(parameters: JsonObject | undefined, dropped: Set<string>): JsonObject {
  const { $ref: _unknown, ...root } = namedAtRoot(parameters ?? {});
  return typedSchema(objectAtRoot(root, dropped), 'tools.parameters', dropped);
}

/**
 * The schema as Moonshot takes it: every part of it says its type, nothing but a note stands beside a union or a reference, what is required is
 * declared, and definitions stand in `$defs`. It means what it meant.
 *
 * @param field of the caller's that holds the schema, for what is reported
 * @see https://github.com/MoonshotAI/walle/blob/main/docs/mfjs-spec.md
 * @see https://github.com/MoonshotAI/walle/blob/main/docs/walle.md
 */
export function typedSchema(schema: JsonObject, field: string, dropped: Set<string>): JsonObject {
  return new Typing(schema, field, dropped).whole();
}

class Typing {
  #nodes = 0;
  readonly #endless = new Map<string, boolean>();

  public constructor(
    private readonly root: JsonObject,
    private readonly field: string,
    private readonly dropped: Set<string>,
  ) {}

  public whole(): JsonObject {
    const { $defs, definitions, ...root } = this.root;
    const named = { ...objectOf(definitions), ...objectOf($defs) };
    const typed = this.#part(root);
    return Object.keys(named).length === 0 ? typed : { ...typed, $defs: this.#each(named) };
  }

  #part(value: JsonValue | undefined): JsonObject {
    this.#nodes += 1;
    if (!isJsonObject(value)) return { type: [...ANY] };
    const { $defs: _, definitions: __, ...schema } = this.#merged(value);
    if (typeof schema['$ref'] === 'string') return this.#reference(schema, schema['$ref']);
    if (Array.isArray(schema['anyOf'])) return this.#union(schema, schema['anyOf']);
    const types = typesOf(schema);
    return types.length === 1 ? this.#ofType(schema, types[0] as string) : this.#ofTypes(schema, types);
  }

  /** One of them holds where any of them may, all of them are one, and a constant is a choice of one. */
  #merged(value: JsonObject): JsonObject {
    const { oneOf, allOf, const: only, ...schema } = value;
    if (only !== undefined && schema['enum'] === undefined) schema['enum'] = [only];
    if (Array.isArray(oneOf)) {
      if (schema['anyOf'] === undefined) schema['anyOf'] = oneOf;
      else this.dropped.add(`${this.field}.oneOf`);
    }
    if (!Array.isArray(allOf)) return schema;
    const members = allOf.filter(isJsonObject).map((member) => this.#merged(this.#resolved(member)));
    return members.reduce(together, schema);
  }

  #resolved(member: JsonObject): JsonObject {
    const { $ref: reference, ...rest } = member;
    const named = typeof reference === 'string' ? definitionOf(this.root, reference) : undefined;
    return named === undefined ? member : together(named, rest);
  }

  #reference(schema: JsonObject, reference: string): JsonObject {
    const named = definitionOf(this.root, reference);
    const { $ref: _, ...beside } = schema;
    if (named === undefined) {
      if (reference === '#') return { $ref: reference };
      this.dropped.add(`${this.field}.$ref`);
      return this.#part(beside);
    }
    const own = { $ref: `#/$defs/${reference.slice(reference.lastIndexOf('/') + 1)}` };
    const more = Object.keys(beside).filter((keyword) => keyword !== 'type' && !(NOTES.has(keyword) && named[keyword] === undefined));
    if (more.length === 0) return { ...notesOf(beside), ...own };
    if (this.#nodes < MOST_NODES && !this.#isEndless(reference)) return this.#part(together(named, beside));
    for (const keyword of more) if (!NOTES.has(keyword)) this.dropped.add(`${this.field}.${keyword}`);
    return own;
  }

  #isEndless(reference: string): boolean {
    const { $defs = {}, definitions = {} } = this.root;
    const endless = this.#endless.get(reference) ?? isRecursive({ $ref: reference, $defs, definitions });
    this.#endless.set(reference, endless);
    return endless;
  }

  /** What stands beside a union holds for each of its members. */
  #union(schema: JsonObject, members: readonly JsonValue[]): JsonObject {
    const { anyOf: _, default: __, ...beside } = schema;
    const shared = Object.fromEntries(Object.entries(beside).filter(([keyword]) => !NOTES.has(keyword)));
    return {
      ...notesOf(beside),
      anyOf: members.map((member) => this.#part(isJsonObject(member) ? together(shared, member) : shared)),
    };
  }

  #ofTypes(schema: JsonObject, types: readonly string[]): JsonObject {
    const notes = notesOf(schema);
    const { enum: choices, default: _, type: __, ...rest } = schema;
    if (Object.keys(rest).length === Object.keys(notes).length && choices === undefined) return { ...notes, type: [...types] };
    const members = types.flatMap((type) => {
      const chosen = Array.isArray(choices) ? choices.filter((choice) => isOf(choice, type)) : undefined;
      if (chosen?.length === 0) return [];
      const others = Object.entries(OF_TYPE).flatMap(([other, keywords]) => (other === numberless(type) ? [] : keywords));
      const own = Object.entries(rest).filter(([keyword]) => !NOTES.has(keyword) && !others.includes(keyword));
      return [this.#ofType({ ...Object.fromEntries(own), ...(chosen === undefined ? {} : { enum: chosen }) }, type)];
    });
    return { ...notes, anyOf: members };
  }

  #ofType(schema: JsonObject, type: string): JsonObject {
    const { enum: choices, default: usual, ...rest } = schema;
    const typed: JsonObject = { ...rest, type };
    if (usual !== undefined && isOf(usual, type)) typed['default'] = usual;
    // Truth, nothing, lists and objects cannot be chosen from.
    if (Array.isArray(choices) && ['string', 'number', 'integer'].includes(type)) typed['enum'] = choices.filter((one) => isOf(one, type));
    if (type === 'object') this.#members(typed);
    if (type === 'array') this.#items(typed);
    return typed;
  }

  #members(typed: JsonObject): void {
    const { properties, additionalProperties: others, required } = typed;
    const names = Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
    const undeclared = names.filter((name) => !Object.hasOwn(objectOf(properties), name)).map((name) => [name, true] as const);
    const declared = { ...objectOf(properties), ...Object.fromEntries(undeclared) };
    if (properties !== undefined || undeclared.length > 0) typed['properties'] = this.#each(declared);
    if (isJsonObject(others) && Object.keys(others).length > 0) typed['additionalProperties'] = this.#part(others);
  }

  #items(typed: JsonObject): void {
    const { items } = typed;
    if (Array.isArray(items)) typed['items'] = { anyOf: items.map((item) => this.#part(item)) };
    else if (isJsonObject(items) && Object.keys(items).length > 0) typed['items'] = this.#part(items);
    else delete typed['items'];
  }

  #each(named: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, this.#part(schema)]));
  }
}

/** Both hold: what is said twice is said by the second, but for properties and what is required. */
function together(first: JsonObject, second: JsonObject): JsonObject {
  const both: JsonObject = { ...first, ...second };
  if (isJsonObject(first['properties']) && isJsonObject(second['properties'])) {
    both['properties'] = { ...first['properties'], ...second['properties'] };
  }
  if (Array.isArray(first['required']) && Array.isArray(second['required'])) {
    both['required'] = [...new Set([...first['required'], ...second['required']])];
  }
  return both;
}

/** The types that a part says, or shows by what it has. */
function typesOf(schema: JsonObject): readonly string[] {
  const { type, enum: choices } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type) && type.length > 0) return type.filter((one): one is string => typeof one === 'string');
  if (Array.isArray(choices) && choices.length > 0) return ANY.filter((one) => choices.some((choice) => isOf(choice, one)));
  const shown = Object.keys(OF_TYPE).filter((one) => OF_TYPE[one]?.some((keyword) => keyword in schema));
  return shown.length === 1 ? shown : ANY;
}

function isOf(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function numberless(type: string): string {
  return type === 'integer' ? 'number' : type;
}

function notesOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => NOTES.has(keyword)));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function words(text: string): readonly string[] {
  return text.split(' ');
}
