/** The one reader of JSON: strict, within limits, names kept as they were written; and what writes it for others. */
export {
  type JsonDocument,
  type JsonLimits,
  type JsonSpan,
  parseJson,
  parseJsonDocument,
  parseJsonObject,
  REQUEST_LIMITS,
  tooLarge,
} from './json';
export { type JsonMember, type JsonNode, parseJsonTree, textAt } from './tree';
export { isJsonObject, type JsonObject, type JsonValue } from './value';
export { writeJson } from './write';
