import type { Opaque, ProtocolName } from '../../model/request';
import { CLAUDE } from '../../protocols/claude-state';

/**
 * Thinking of other providers has to travel through Anthropic's clients, which know one opaque field, `signature` (and `data` of
 * redacted blocks). What another wire format made is marked with its name, `gw1.<protocol>.<value>`; Anthropic's own, which are
 * base64 without dots, stay as they are.
 */
const MARK = /^gw1\.(openai-chat|openai-responses|bedrock-converse|gemini|cohere-v2)\.([\s\S]*)$/;

export function writeOpaque(opaque: Opaque): string {
  return opaque.protocol === 'anthropic-messages' ? opaque.value : `gw1.${opaque.protocol}.${opaque.value}`;
}

/** Undefined for the empty text, which stands for thinking that nobody signed. */
export function readOpaque(text: string | undefined): Opaque | undefined {
  if (text === undefined || text === '') return undefined;
  const marked = MARK.exec(text);
  if (marked === null) return { protocol: 'anthropic-messages', value: text };
  return { protocol: marked[1] as ProtocolName, value: marked[2] ?? '' };
}

/** A signature of one call, in the `data` of a redacted block beside it: `gw1.<protocol>.call.<id of the call, base64url>.<value>`. */
const CALL_MARK = /^gw1\.(openai-chat|openai-responses|gemini)\.call\.([\w-]*)\.([\s\S]*)$/;

export function writeCallState(id: string, { protocol, value }: Opaque): string {
  return `gw1.${protocol}.call.${Buffer.from(id).toString('base64url')}.${value}`;
}

/** Whose signature it is, and the signature; undefined for every other text. */
export function readCallState(text: string | undefined): { readonly id: string; readonly signature: Opaque } | undefined {
  const marked = CALL_MARK.exec(text ?? '');
  if (marked === null) return undefined;
  const [, protocol, id = '', value = ''] = marked;
  return { id: Buffer.from(id, 'base64url').toString(), signature: { protocol: protocol as ProtocolName, value } };
}

/** Nobody signed it, or another provider did. */
export function isForeign(text: string): boolean {
  return text === '' || MARK.test(text);
}

/** The state as Anthropic's API accepts it; undefined when Claude did not make it. */
export function unmarked(text: string): string | undefined {
  const opaque = readOpaque(text);
  return opaque !== undefined && CLAUDE.has(opaque.protocol) ? opaque.value : undefined;
}
