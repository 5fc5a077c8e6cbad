import type { JsonObject, JsonValue } from '../platform/json';

/** Fields of a Converse call whose text is base64 on the wire and bytes in the SDK. */
const BLOB_FIELDS = new Set(['bytes', 'redactedContent']);

/** Fields whose content is the caller's own and is carried as it is. */
const DOCUMENT_FIELDS = new Set(['input', 'json', 'additionalModelRequestFields', 'additionalModelResponseFields', 'requestMetadata']);

/** A wire body as the SDK takes it. */
export function blobsIn(body: JsonObject): object {
  return convert(body, (name, value) =>
    BLOB_FIELDS.has(name) && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined,
  ) as object;
}

/** What the SDK gives as the wire would carry it. */
export function blobsOut(value: unknown): JsonValue {
  return convert(value, (_name, inner) => (inner instanceof Uint8Array ? Buffer.from(inner).toString('base64') : undefined)) as JsonValue;
}

function convert(value: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, change));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    result[name] = DOCUMENT_FIELDS.has(name) ? inner : (change(name, inner) ?? convert(inner, change));
  }
  return result;
}
