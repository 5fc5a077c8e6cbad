import { unsupported } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import type { ModelRequest } from '../model/request';
import { optionalObject } from './strict';

/** Fields of providers' own APIs, which OpenAI's and Anthropic's packages send as `extra_body`, for the one that knows them. */
const NATIVE_FIELDS = ['safetySettings', 'generationConfig', 'additionalModelRequestFields', 'guardrailConfig'] as const;

/** Those that a call has. */
export function nativeFieldsOf(body: JsonObject): readonly string[] {
  return NATIVE_FIELDS.filter((field) => (body[field] ?? null) !== null);
}

/** The same with what stands in them; undefined where there is none. */
export function readNative(body: JsonObject): ModelRequest['native'] {
  const given = nativeFieldsOf(body);
  return given.length === 0 ? undefined : Object.fromEntries(given.map((field) => [field, body[field] ?? null]));
}

/**
 * A field of a provider's own API that a caller wrote beside those of its dialect. Only members that can cost no more, ask for no tool and
 * name no place are taken: caps, choices and pictures have fields that money and policy read.
 *
 * @throws GatewayError 400 that names the member
 */
export function nativeMembers({ native }: ModelRequest, field: string, taken: ReadonlySet<string>): JsonObject {
  return takenMembers(native?.[field], field, taken);
}

/** The same of an object within such a field. */
export function takenMembers(value: JsonValue | undefined, path: string, taken: ReadonlySet<string>): JsonObject {
  const members = optionalObject(value, path) ?? {};
  const other = Object.keys(members).find((name) => !taken.has(name));
  if (other !== undefined)
    throw unsupported(`${path}.${other}`, `${path}.${other} is not taken; say it by the fields of this API, or leave it out.`);
  return members;
}
