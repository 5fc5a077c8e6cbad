import type { JsonObject } from '../../../platform/json';
import type { AssistantPart } from '../../model/request';
import type { Choice, FinishReason, ModelResponse } from '../../model/response';
import { countOf, defined, nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';
import { unreadableAnswer } from '../provider-error';
import { madeToolId } from '../tool-ids';
import { errorInside } from './decode-error';
import type { GeminiPart } from './decode-parts';
import { isSound, readCitations, readParts, UNHEARD } from './decode-parts';
import { blockedPrompt, geminiFinishReason } from './finish-reason';
import { readLogprobs } from './logprobs';
import { geminiUsage } from './usage';

/** @throws GatewayError 502 when the body is not an answer; the provider's own error when it holds one */
export function decodeResponse(body: JsonObject): ModelResponse {
  const failure = errorInside(body);
  if (failure !== undefined) throw failure.error;
  const blocked = blockReason(body);
  const candidates = objectsOf(body['candidates']);
  if (candidates.length === 0 && blocked === undefined) throw unreadableAnswer();

  const id = nonEmptyText(body['responseId']);
  const usage = geminiUsage(body);
  return defined({
    id,
    model: nonEmptyText(body['modelVersion']),
    createdAt: createdAt(body),
    choices:
      blocked !== undefined && candidates.length === 0
        ? [{ content: [], finishReason: blocked }]
        : candidates.map((candidate, index) => readChoice(candidate, countOf(candidate['index']) ?? index, id)),
    usage,
    serviceTier: usage?.serviceTier,
  });
}

/** The prompt was blocked, so that no candidate comes. */
export function blockReason(body: JsonObject): FinishReason | undefined {
  const reason = nonEmptyText(objectOf(body['promptFeedback'])?.['blockReason']);
  return reason === undefined ? undefined : blockedPrompt(reason);
}

/** Vertex AI tells when the answer was made. */
export function createdAt(body: JsonObject): number | undefined {
  const time = Date.parse(textOf(body['createTime']) ?? '');
  return Number.isNaN(time) ? undefined : Math.floor(time / 1_000);
}

function readChoice(candidate: JsonObject, index: number, answerId: string | undefined): Choice {
  const content = joinTexts(toContent(readParts(candidate), index, answerId));
  const citations = readCitations(candidate);
  const last = content.findLastIndex((part) => part.type === 'text');
  if (citations.length > 0 && last >= 0) content[last] = { ...(content[last] as AssistantPart & { type: 'text' }), citations };
  const finishReason = geminiFinishReason(
    nonEmptyText(candidate['finishReason']) ?? 'FINISH_REASON_UNSPECIFIED',
    content.some((part) => part.type === 'tool-call'),
  );
  return defined({ content, finishReason, logprobs: readLogprobs(candidate) });
}

function toContent(parts: readonly GeminiPart[], choice: number, answerId: string | undefined): AssistantPart[] {
  let calls = 0;
  const nextId = (): string => madeToolId(answerId, choice, calls++);
  return withoutSound(parts).flatMap((part) => readContent(part, nextId));
}

/** No wire format of callers carries sound of another one; that there was some is said once. */
function withoutSound(parts: readonly GeminiPart[]): readonly GeminiPart[] {
  const first = parts.findIndex(isSound);
  if (first < 0) return parts;
  return parts.flatMap((part, index) => (isSound(part) ? (index === first ? [UNHEARD] : []) : [part]));
}

function readContent(part: GeminiPart, nextId: () => string): AssistantPart[] {
  switch (part.kind) {
    case 'call': {
      const made = nextId();
      return [
        defined({ type: 'tool-call' as const, id: part.id ?? made, name: part.name, arguments: part.arguments, signature: part.signature }),
      ];
    }
    case 'thought':
      if (part.text === '' && part.signature === undefined) return [];
      return [defined({ type: 'reasoning' as const, text: part.text, signature: part.signature })];
    case 'text':
      return [
        ...(part.text === '' ? [] : [{ type: 'text' as const, text: part.text }]),
        ...(part.signature === undefined ? [] : [{ type: 'reasoning' as const, text: '', signature: part.signature }]),
      ];
    case 'media':
      return media(part.source);
  }
}

function media(source: { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }): AssistantPart[] {
  if (source.mediaType.startsWith('image/')) return [{ type: 'image', source }];
  return [];
}

/** Texts in a row are one text, as in a stream. */
function joinTexts(parts: readonly AssistantPart[]): AssistantPart[] {
  const joined: AssistantPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === 'text' && last?.type === 'text') joined[joined.length - 1] = { ...last, text: last.text + part.text };
    else if (part.type === 'reasoning' && last?.type === 'reasoning' && last.signature === undefined) {
      joined[joined.length - 1] = { ...last, ...part, text: last.text + part.text };
    } else joined.push(part);
  }
  return joined;
}
