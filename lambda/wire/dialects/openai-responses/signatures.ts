import type { JsonObject } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { Opaque, ProtocolName, ReasoningPart } from '../../model/request';
import { defined, nonEmptyText, objectOf } from '../../protocols/lenient';

/**
 * `encrypted_content` is the one opaque field that clients of Responses keep and send back.
 *
 * - OpenAI's own travels inside the gateway as `<item id>:<encrypted content>`, and reaches callers of this dialect as it was.
 * - What another wire format made is marked: `gw1.` and base64url JSON of its protocol, its kind (`signature` over the summary's
 *   text, `redacted` thinking, or the signature of the tool `call` before it) and its value.
 */
const MARK = 'gw1.';

type Kind = 'signature' | 'redacted' | 'call';

export function writeOwn(id: string, encrypted: string): Opaque {
  return { protocol: 'openai-responses', value: `${id}:${encrypted}` };
}

/** The item id and encrypted content of an opaque value made by `writeOwn`; undefined for another protocol's. */
export function readOwn(opaque: Opaque | undefined): { readonly id: string; readonly encrypted: string } | undefined {
  if (opaque?.protocol !== 'openai-responses') return undefined;
  const colon = opaque.value.indexOf(':');
  return { id: opaque.value.slice(0, Math.max(0, colon)), encrypted: opaque.value.slice(colon + 1) };
}

/** Another wire format's thinking, in this gateway's mark. */
export function isMarked(encrypted: string): boolean {
  return encrypted.startsWith(MARK);
}

/** `encrypted_content` for a caller. */
export function writeEncrypted(kind: Kind, opaque: Opaque): string {
  const own = readOwn(opaque);
  if (own !== undefined) return own.encrypted;
  return MARK + Buffer.from(JSON.stringify({ p: opaque.protocol, k: kind, v: opaque.value })).toString('base64url');
}

/** Thinking as a caller sent it back, or the signature of the tool call before it. */
export type ReadReasoning = { readonly part: ReasoningPart } | { readonly callSignature: Opaque };

export function readEncrypted(id: string, text: string, encrypted: string | undefined): ReadReasoning {
  const plain: ReasoningPart = defined({ type: 'reasoning' as const, text, id: id === '' ? undefined : id });
  if (encrypted === undefined) return { part: plain };
  const marked = encrypted.startsWith(MARK) ? readMark(encrypted) : undefined;
  if (marked === undefined) {
    const own = writeOwn(id, encrypted);
    return { part: text === '' ? { ...plain, redacted: own } : { ...plain, signature: own } };
  }
  const opaque: Opaque = { protocol: marked.protocol, value: marked.value };
  if (marked.kind === 'call') return { callSignature: opaque };
  return { part: { ...plain, [marked.kind]: opaque } };
}

function readMark(encrypted: string): { readonly protocol: ProtocolName; readonly kind: Kind; readonly value: string } | undefined {
  const content: JsonObject | undefined = objectOf(parseJson(Buffer.from(encrypted.slice(MARK.length), 'base64url').toString('utf8')));
  const protocol = nonEmptyText(content?.['p']);
  const kind = nonEmptyText(content?.['k']);
  const value = nonEmptyText(content?.['v']);
  if (protocol === undefined || value === undefined) return undefined;
  if (kind !== 'signature' && kind !== 'redacted' && kind !== 'call') return undefined;
  return { protocol: protocol as ProtocolName, kind, value };
}
