import type { JsonDocument } from '../json/json';
import type { JsonValue } from '../json/value';

/** New values of top-level fields; `undefined` leaves the field as it is. */
export type FieldChanges = Readonly<Record<string, JsonValue | undefined>>;

/**
 * The document's own bytes with some top-level values replaced and new fields put in front: every other byte stays as the
 * caller wrote it, unknown fields, number formats and white space included. Without changes the same buffer is returned.
 */
export function spliceFields(document: JsonDocument, changes: FieldChanges): Buffer {
  const { bytes, spans, value } = document;
  const added: string[] = [];
  const replaced: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const name in changes) {
    const change = changes[name];
    if (change === undefined || change === value[name]) continue;
    const span = spans.get(name);
    if (span === undefined) added.push(`${JSON.stringify(name)}:${JSON.stringify(change)}`);
    else replaced.push({ start: span.start, end: span.end, text: JSON.stringify(change) });
  }
  if (added.length === 0 && replaced.length === 0) return bytes;

  if (replaced.length > 1) replaced.sort((left, right) => left.start - right.start);
  const parts: Buffer[] = [];
  let at = 0;
  if (added.length > 0) {
    at = bytes.indexOf('{') + 1;
    parts.push(bytes.subarray(0, at), Buffer.from(spans.size === 0 ? added.join(',') : `${added.join(',')},`));
  }
  for (const { start, end, text } of replaced) {
    parts.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
