import type { JsonValue } from './value';

/**
 * JSON that every reader takes. Halves of a character, which `JSON.stringify` writes as escapes, stand in texts that a client has cut; providers refuse
 * them as no Unicode. Each becomes the sign for what cannot be read.
 */
export function writeJson(value: JsonValue): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\ud')) return text;
  return text.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|[\s\S])/g, (whole, half) => (half === undefined ? whole : '\ufffd'));
}
