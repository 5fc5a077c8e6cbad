import type { JsonObject, JsonValue } from '../../../platform/json';
import { parseJson } from '../../../platform/json';
import type { Opaque, ProtocolName, ReasoningPart, ToolCallPart } from '../../model/request';
import { countOf, defined, nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { WireReasoningDetail } from './wire';

/**
 * Chat Completions has no place for thinking that must come back signed, and clients keep different things of a message.
 * So it is written in three places, and read back from the fullest that returns:
 *
 * 1. `reasoning_details`, OpenRouter's array, holds every block with its signature or encrypted form. A later list of a
 *    stream repeats the earlier ones under the same `index`, so that both clients that append and clients that replace are right.
 * 2. `extra_content.google.thought_signature` of a tool call, which the AI SDK keeps: Gemini's own signature as it is, else a
 *    token (`gw1.` and base64url JSON) with the signatures of the thinking before the call. The texts come from the third:
 * 3. `reasoning_content`, the text alone, which nearly every client shows and many send back.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const TOKEN_PREFIX = 'gw1.';

/** Claude's signatures hold wherever it is served, so any of its hosts names them. */
const SIGNER: ProtocolName = 'bedrock-converse';

/** The `format` of blocks that nobody signed. */
export const UNSIGNED = 'gateway-unsigned';

const PROTOCOLS: ReadonlySet<string> = new Set<ProtocolName>([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'bedrock-converse',
  'gemini',
  'cohere-v2',
]);

function protocolOf(value: JsonValue | undefined): ProtocolName | undefined {
  const name = textOf(value);
  return name !== undefined && PROTOCOLS.has(name) ? (name as ProtocolName) : undefined;
}

/** A token of this gateway in the place of Gemini's signature. */
export function isGatewayToken(signature: string | undefined): boolean {
  return signature?.startsWith(TOKEN_PREFIX) ?? false;
}

/** An entry of `reasoning_details` that this gateway wrote for another wire format's thinking. */
export function isGatewayDetail(detail: JsonObject): boolean {
  return protocolOf(detail['format']) !== undefined || detail['format'] === UNSIGNED;
}

/** One block as an entry of `reasoning_details`; undefined when its text says everything. */
export function writeDetail(part: ReasoningPart, index: number): WireReasoningDetail | undefined {
  const opaque = part.redacted ?? part.signature;
  if (opaque === undefined) return undefined;
  const own = opaque.protocol === 'openai-chat' ? objectOf(parseJson(opaque.value)) : undefined;
  if (own !== undefined) return { ...own, ...(own['type'] === 'reasoning.text' ? { text: part.text } : {}), index } as WireReasoningDetail;

  const id = part.id === undefined ? {} : { id: part.id };
  if (part.redacted !== undefined) return { type: 'reasoning.encrypted', data: opaque.value, ...id, format: opaque.protocol, index };
  return { type: 'reasoning.text', text: part.text, signature: opaque.value, ...id, format: opaque.protocol, index };
}

/** Entries of other gateways are kept whole, for the provider that made them. */
export function readDetail(detail: JsonObject): ReasoningPart {
  const { index: _, ...kept } = detail;
  const text = textOf(detail['text']) ?? textOf(detail['summary']) ?? '';
  const id = nonEmptyText(detail['id']);
  const protocol = protocolOf(detail['format']);
  const data = nonEmptyText(detail['data']);
  const signature = nonEmptyText(detail['signature']);
  return defined({
    type: 'reasoning' as const,
    text,
    id,
    summary: detail['type'] === 'reasoning.summary' ? true : undefined,
    redacted: data === undefined ? undefined : opaque(protocol, data, kept),
    signature: signature === undefined ? undefined : opaque(protocol, signature, kept),
  });
}

function opaque(protocol: ProtocolName | undefined, value: string, whole: JsonObject): Opaque {
  return protocol === undefined ? { protocol: 'openai-chat', value: JSON.stringify(whole) } : { protocol, value };
}

/** What a tool call carries for the thinking before it, and for itself; undefined when there is nothing. */
export function writeCallSignature(before: readonly ReasoningPart[], signature: Opaque | undefined): string | undefined {
  const signed = before.filter((part) => part.signature !== undefined || part.redacted !== undefined);
  if (signed.length === 0) {
    if (signature === undefined) return undefined;
    if (signature.protocol === 'gemini') return signature.value;
  }
  const blocks = before.map((part) => {
    const state = part.redacted ?? part.signature;
    return defined({ n: part.text.length, p: state?.protocol, s: part.signature?.value, r: part.redacted?.value, i: part.id });
  });
  const call = signature === undefined ? undefined : { p: signature.protocol, v: signature.value };
  return TOKEN_PREFIX + Buffer.from(JSON.stringify(defined({ b: blocks, c: call }))).toString('base64url');
}

/** The thinking of an assistant message, and the signature of each of its tool calls by the call's position. */
export interface ReadReasoning {
  readonly parts: readonly ReasoningPart[];
  readonly signatures: ReadonlyMap<number, NonNullable<ToolCallPart['signature']>>;
}

/** The text of the thinking in a message or delta, by the name that older servers use or the one that newer ones do. */
export function thinkingText(message: JsonObject): string {
  return nonEmptyText(message['reasoning_content']) ?? textOf(message['reasoning']) ?? '';
}

/** The text that the details of other gateways hold; ours only repeat what the text says. */
export function detailsText(message: JsonObject): string {
  return objectsOf(message['reasoning_details'])
    .filter((detail) => !isGatewayDetail(detail))
    .map((detail) => textOf(detail['text']) ?? textOf(detail['summary']) ?? '')
    .join('');
}

export function readReasoning(message: JsonObject): ReadReasoning {
  const text = thinkingText(message);
  const tokens = objectsOf(message['tool_calls']).map((call) =>
    nonEmptyText(objectOf(objectOf(call['extra_content'])?.['google'])?.['thought_signature']),
  );
  const signatures = new Map<number, Opaque>();
  const blocks: JsonObject[] = [];
  tokens.forEach((token, position) => {
    if (token === undefined) return;
    const content = token.startsWith(TOKEN_PREFIX) ? readToken(token) : undefined;
    if (content === undefined) signatures.set(position, { protocol: 'gemini', value: token });
    blocks.push(...objectsOf(content?.['b']));
    const call = objectOf(content?.['c']);
    const protocol = protocolOf(call?.['p']);
    const value = nonEmptyText(call?.['v']);
    if (protocol !== undefined && value !== undefined) signatures.set(position, { protocol, value });
  });

  const claudes = objectsOf(message['thinking_blocks']).map(readThinkingBlock);
  if (claudes.some((part) => part.signature !== undefined || part.redacted !== undefined)) return { parts: claudes, signatures };
  const details = joinDetails(objectsOf(message['reasoning_details'])).map(readDetail);
  // Where the details are hidden forms alone, the text stands beside them.
  if (details.some((part) => part.text !== '')) return { parts: details, signatures };
  if (details.length > 0) return { parts: [...plain(text), ...details], signatures };
  return { parts: readBlocks(blocks, text) ?? plain(text), signatures };
}

/** Claude's own blocks, as LiteLLM gives them to callers of Chat. @see https://docs.litellm.ai/docs/reasoning_content */
function readThinkingBlock(block: JsonObject): ReasoningPart {
  const own = (value: JsonValue | undefined): Opaque | undefined => {
    const state = nonEmptyText(value);
    return state === undefined ? undefined : { protocol: SIGNER, value: state };
  };
  return defined({
    type: 'reasoning' as const,
    text: textOf(block['thinking']) ?? '',
    signature: own(block['signature']),
    redacted: own(block['data']),
  });
}

function plain(text: string): ReasoningPart[] {
  return text === '' ? [] : [{ type: 'reasoning', text }];
}

function readToken(token: string): JsonObject | undefined {
  return objectOf(parseJson(Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url').toString('utf8')));
}

/** Cuts the whole text into the blocks that the tokens describe; undefined when the text is not the one they were made for. */
function readBlocks(blocks: readonly JsonObject[], text: string): ReasoningPart[] | undefined {
  if (blocks.length === 0) return undefined;
  const parts: ReasoningPart[] = [];
  let at = 0;
  for (const block of blocks) {
    const length = countOf(block['n']) ?? 0;
    const protocol = protocolOf(block['p']);
    const signature = nonEmptyText(block['s']);
    const redacted = nonEmptyText(block['r']);
    parts.push(
      defined({
        type: 'reasoning' as const,
        text: text.slice(at, at + length),
        id: nonEmptyText(block['i']),
        signature: protocol === undefined || signature === undefined ? undefined : { protocol, value: signature },
        redacted: protocol === undefined || redacted === undefined ? undefined : { protocol, value: redacted },
      }),
    );
    at += length;
  }
  if (at > text.length) return undefined;
  return [...parts, ...plain(text.slice(at))];
}

/**
 * A list that a client put together from a stream: of our own entries the last of each index holds, those of OpenRouter go on
 * where the one before ended. A summary and its encrypted form share an index there.
 */
function joinDetails(details: readonly JsonObject[]): JsonObject[] {
  const joined = new Map<string | JsonObject, JsonObject>();
  for (const detail of details) {
    const index = countOf(detail['index']);
    const key = index === undefined ? detail : `${index} ${textOf(detail['type']) ?? ''}`;
    const before = joined.get(key);
    joined.set(key, before === undefined || isGatewayDetail(detail) ? detail : goOn(before, detail));
  }
  return [...joined.values()];
}

function goOn(before: JsonObject, detail: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...before };
  for (const [name, value] of Object.entries(detail)) {
    if (value === null || value === undefined) continue;
    const grows = name === 'text' || name === 'summary' || name === 'data';
    merged[name] = grows ? (textOf(before[name]) ?? '') + (textOf(value) ?? '') : value;
  }
  return merged;
}
