import { isUtf8 } from 'node:buffer';
import { type GatewayError, invalidRequest } from '../error';
import type { JsonDocument, JsonSpan } from '../json';
import { parametersOf } from './parameters';
import { type PartHead, readHead } from './read-part';

/** How much a form may hold. How long it is in all is the body's limit. */
export interface FormLimits {
  readonly maxParts: number;
  /** Of one part. */
  readonly maxHeadBytes: number;
  /** Of one field that is no file. */
  readonly maxFieldBytes: number;
}

export const FORM_LIMITS: FormLimits = { maxParts: 64, maxHeadBytes: 2_048, maxFieldBytes: 262_144 };

/** A file of a form. */
export interface FormFile {
  /** Of the field. */
  readonly name: string;
  /** As the caller wrote it, for telling alone: it names no file of ours. */
  readonly fileName: string;
  readonly type?: string;
  /** A part of the body's own bytes. */
  readonly bytes: Buffer;
}

/** What a form has beside its fields. */
export interface FormRest {
  readonly files: readonly FormFile[];
  /** All that is said, without the boundary, which clients make anew each time that they send the same form. */
  identity(): readonly Buffer[];
  /** The form with another text in a field; every other byte stays as it is. */
  with(field: string, text: string): Buffer;
}

/** A form beside the bytes it was read from: its fields are texts, or lists of texts where their names end in `[]`. */
export interface FormDocument extends JsonDocument {
  readonly form: FormRest;
}

interface Part extends PartHead, JsonSpan {}

const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const CLOSING = Buffer.from('--');
/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;

/**
 * The boundary that a content type names.
 *
 * @throws GatewayError 400
 */
export function boundaryOf(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  const boundary = semicolon < 0 ? undefined : parametersOf(contentType, semicolon)?.get('boundary');
  if (boundary !== undefined && BOUNDARY.test(boundary)) return boundary;
  throw invalidRequest('content-type', 'The content-type multipart/form-data must name its boundary, of 70 characters at most.');
}

/**
 * Reads multipart/form-data. Strict where parsers differ, so that nobody behind the gateway reads another form than it did: nothing before
 * the first boundary or behind the last, no field twice unless its name ends in `[]`, no two names that stand for one field.
 *
 * @throws GatewayError 400
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function readForm(bytes: Buffer, boundary: string, limits: FormLimits = FORM_LIMITS): FormDocument {
  const parts = partsOf(bytes, boundary, limits);
  checkNames(parts);
  const value: Record<string, string | string[]> = {};
  const spans = new Map<string, JsonSpan>();
  const files: FormFile[] = [];
  for (const part of parts) {
    const { name, fileName, type, start, end } = part;
    const content = bytes.subarray(start, end);
    if (fileName !== undefined) {
      files.push({ name, fileName, bytes: content, ...(type === undefined ? {} : { type }) });
      continue;
    }
    if (content.length > limits.maxFieldBytes) throw tooLong(name, limits);
    if (!isUtf8(content)) throw invalidRequest(name, `The form's field '${name}' is not valid UTF-8.`);
    const text = content.toString('utf8');
    if (name.endsWith('[]')) value[name] = [...(value[name] ?? []), text];
    else {
      value[name] = text;
      spans.set(name, { start, end });
    }
  }
  const form: FormRest = {
    files,
    identity: () => identityOf(bytes, parts),
    with: (field, text) => written(bytes, spans.get(field), text),
  };
  return { bytes, value, spans, mostBytes: bytes.length, form };
}

function partsOf(bytes: Buffer, boundary: string, limits: FormLimits): Part[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const opening = delimiter.subarray(LINE_END.length);
  if (!stands(bytes, opening, 0)) throw malformed('does not begin with the boundary that its content type names');
  const parts: Part[] = [];
  let at = opening.length;
  while (!stands(bytes, CLOSING, at)) {
    if (!stands(bytes, LINE_END, at)) throw malformed('has a boundary that does not end its line');
    if (parts.length === limits.maxParts) throw malformed(`has more than ${limits.maxParts} parts`);
    const number = parts.length + 1;
    const headStart = at + LINE_END.length;
    const headLength = bytes.subarray(headStart, headStart + limits.maxHeadBytes + HEAD_END.length).indexOf(HEAD_END);
    if (headLength < 0) throw malformed(`has no end of the header of part ${number} within ${limits.maxHeadBytes} bytes`);
    const head = readHead(bytes.subarray(headStart, headStart + headLength), number);
    const start = headStart + headLength + HEAD_END.length;
    const end = bytes.indexOf(delimiter, at);
    if (end < 0) throw invalidRequest(head.name, `The form ends in the middle of its field '${head.name}'.`);
    if (end < start) throw malformed(`has a boundary in the header of part ${number}`);
    parts.push({ ...head, start, end });
    at = end + delimiter.length;
  }
  const end = at + CLOSING.length;
  if (end !== bytes.length && !(stands(bytes, LINE_END, end) && end + LINE_END.length === bytes.length)) {
    throw malformed('goes on behind its last boundary');
  }
  return parts;
}

function stands(bytes: Buffer, what: Buffer, at: number): boolean {
  return bytes.subarray(at, at + what.length).equals(what);
}

/** Servers differ in which of two fields of one name they take, and whether `a[]` and `a[0]` are `a`. */
function checkNames(parts: readonly Part[]): void {
  const seen = new Map<string, string>();
  for (const { name } of parts) {
    if (name === '__proto__') throw invalidRequest(name, `The field name '${name}' is not accepted.`, 'forbidden_field');
    const bracket = name.indexOf('[');
    const stem = bracket < 0 ? name : name.slice(0, bracket);
    const other = seen.get(stem);
    if (other !== undefined && (other !== name || !name.endsWith('[]'))) {
      throw invalidRequest(name, `The form's field '${name}' is given twice.`, 'duplicate_field');
    }
    seen.set(stem, name);
  }
}

/** Each text behind its length, so that no two forms are the same in all of them. */
function identityOf(bytes: Buffer, parts: readonly Part[]): Buffer[] {
  return parts.flatMap(({ name, fileName, type, start, end }) => {
    const head = JSON.stringify([name, fileName ?? null, type ?? null, end - start]);
    return [Buffer.from(`${head}\n`), bytes.subarray(start, end)];
  });
}

function written(bytes: Buffer, span: JsonSpan | undefined, text: string): Buffer {
  if (span === undefined) return bytes;
  return Buffer.concat([bytes.subarray(0, span.start), Buffer.from(text), bytes.subarray(span.end)]);
}

function malformed(how: string): GatewayError {
  return invalidRequest(undefined, `The form ${how}.`);
}

function tooLong(name: string, { maxFieldBytes }: FormLimits): GatewayError {
  return invalidRequest(name, `The form's field '${name}' is longer than ${maxFieldBytes} bytes.`);
}
