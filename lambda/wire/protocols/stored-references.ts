import type { JsonObject, JsonValue } from '../../platform/json';
import { isLocation } from './media-locations';

/** Names of what a provider keeps, in whatever case and with whatever in front: `file_id`, `input_file_ids`, `container_id`, ... */
const KEPT =
  /^(?:\w*_)?(?:file|container|vector_?store|skill|conversation|thread|collection|library|knowledge_?base)_?ids?$|^previous_?\w*id$/iu;
/** Fields of a whole call that go on with what was kept. */
const GOES_ON = /^(?:conversation|thread|container)$/iu;
/** Those that leave the answer to be fetched by whoever shares the account. */
const LATER = /^(?:background|deferred)$/iu;
/** Messages take the reference out of it: some clients send it in every turn, and the answer is the same without it. */
const TAKEN_OUT = 'diagnostics';
/** What callers, models and searches name as they like: schemas, arguments, headers, what a text cites. */
const FREE =
  /^(?:arguments|parameters|(?:input_|output_)?schema|properties|input_examples|guided_json|(?:client_)?metadata|env|headers|variables|attributes|annotations|citations|logit_bias)$/;

/** What a field's name says of its value. */
interface NameSays {
  readonly kept: boolean;
  readonly goesOn: boolean;
  readonly later: boolean;
  readonly free: boolean;
}

const MOST_REMEMBERED = 2_000;
const LONGEST_REMEMBERED = 64;

const remembered = new Map<string, NameSays>();

/** The same few names come again and again. When there are too many, all are forgotten. */
function saidBy(field: string): NameSays {
  const known = remembered.get(field);
  if (known !== undefined) return known;
  const says = said(field);
  if (field.length > LONGEST_REMEMBERED) return says;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(field, says);
  return says;
}

function said(field: string): NameSays {
  return { kept: KEPT.test(field), goesOn: GOES_ON.test(field), later: LATER.test(field), free: FREE.test(field) };
}

/**
 * Where a call names state that is kept at the provider, or leaves some there; undefined when it does neither. All tenants share an account
 * there, so nothing is looked up for a caller. A name counts wherever it stands, since providers read it in ever more places.
 */
export function storedReferenceIn(body: JsonObject): string | undefined {
  for (const field in body) {
    if (field === TAKEN_OUT) continue;
    const value = body[field] as JsonValue;
    const { goesOn, later } = saidBy(field);
    if ((goesOn && namesSomething(value)) || (later && value !== null && value !== false)) return field;
    const found = inField(field, value, body);
    if (found !== undefined) return field + found;
  }
  return undefined;
}

/** @returns the path below the field */
function inField(field: string, value: JsonValue, owner: JsonObject): string | undefined {
  const { kept, free } = saidBy(field);
  if (kept || (field === 'container' && namesOne(value))) return namesSomething(value) && !isObject(field, value) ? '' : undefined;
  if (typeof value !== 'object' || value === null || free || isArguments(field, owner)) return undefined;
  return inside(value);
}

function inside(value: JsonObject | readonly JsonValue[]): string | undefined {
  if (isList(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index] as JsonValue;
      const found = typeof item === 'object' && item !== null ? inside(item) : undefined;
      if (found !== undefined) return `[${index}]${found}`;
    }
    return undefined;
  }
  for (const field in value) {
    const found = inField(field, value[field] as JsonValue, value);
    if (found !== undefined) return `.${field}${found}`;
  }
  return undefined;
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Nothing is named by null, an empty text or an empty list. */
function namesSomething(value: JsonValue): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** An object in a bucket, as clients of LiteLLM name files: kept where the operator says, not at the provider. */
function isObject(field: string, value: JsonValue): boolean {
  return field === 'file_id' && typeof value === 'string' && isLocation(value);
}

/** A container by its name, not one to be made. */
function namesOne(value: JsonValue): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value) && 'id' in value);
}

/** What a model called a tool with. */
function isArguments(field: string, { type }: JsonObject): boolean {
  return field === 'input' && typeof type === 'string' && type.endsWith('tool_use');
}
