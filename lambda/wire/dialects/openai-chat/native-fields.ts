import type { JsonObject } from '../../../platform/json';

/** Fields of other providers' APIs, for the one that knows them. */
const NATIVE_FIELDS = ['safetySettings', 'generationConfig', 'additionalModelRequestFields', 'guardrailConfig'] as const;

/** Those that a call has. */
export function nativeFieldsOf(body: JsonObject): readonly string[] {
  return NATIVE_FIELDS.filter((field) => (body[field] ?? null) !== null);
}
