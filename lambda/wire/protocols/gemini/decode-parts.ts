import type { JsonObject } from '../../../platform/json';
import type { Citation, MediaSource, Opaque } from '../../model/request';
import { arrayOf, defined, nonEmptyText, numberOf, objectOf, objectsOf, textOf } from '../lenient';

/** One part of a candidate, told apart. */
export type GeminiPart =
  | { readonly kind: 'text' | 'thought'; readonly text: string; readonly signature: Opaque | undefined }
  | {
      readonly kind: 'call';
      readonly id: string | undefined;
      readonly name: string;
      readonly arguments: string;
      readonly signature: Opaque | undefined;
    }
  | { readonly kind: 'media'; readonly source: MediaSource & { readonly kind: 'base64' } };

/** In place of sound, so that nobody pays for an answer that is empty. */
export const UNHEARD: GeminiPart = {
  kind: 'text',
  text: "The model answered with sound, which is not carried here. Ask it for text, or call it by its vendor's own API.",
  signature: undefined,
};

export function isSound(part: GeminiPart): boolean {
  return part.kind === 'media' && part.source.mediaType.startsWith('audio/');
}

/** Parts of a candidate in order; kinds that we do not know are left out. */
export function readParts(candidate: JsonObject): GeminiPart[] {
  return objectsOf(objectOf(candidate['content'])?.['parts']).flatMap(readPart);
}

function readPart(part: JsonObject): GeminiPart[] {
  const signature = opaque(nonEmptyText(part['thoughtSignature']));
  const call = objectOf(part['functionCall']);
  if (call !== undefined) {
    const name = nonEmptyText(call['name']);
    if (name === undefined) return [];
    return [{ kind: 'call', id: nonEmptyText(call['id']), name, arguments: JSON.stringify(objectOf(call['args']) ?? {}), signature }];
  }
  const text = textOf(part['text']);
  if (text !== undefined) return [{ kind: part['thought'] === true ? 'thought' : 'text', text, signature }];

  const data = objectOf(part['inlineData']);
  const bytes = nonEmptyText(data?.['data']);
  // Pictures among thoughts are drafts of the one that follows.
  if (bytes === undefined || part['thought'] === true) return [];
  return [{ kind: 'media', source: { kind: 'base64', mediaType: textOf(data?.['mimeType']) ?? 'application/octet-stream', data: bytes } }];
}

function opaque(value: string | undefined): Opaque | undefined {
  return value === undefined ? undefined : { protocol: 'gemini', value };
}

/**
 * Sources that the answer names: what a search found, and what it recites.
 *
 * @see https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function readCitations(candidate: JsonObject): Citation[] {
  if (candidate['groundingMetadata'] === undefined && candidate['citationMetadata'] === undefined) return [];
  const grounding = objectOf(candidate['groundingMetadata']);
  const supports = objectsOf(grounding?.['groundingSupports']);
  const found = objectsOf(grounding?.['groundingChunks']).flatMap((chunk, index): Citation[] => {
    const source = objectOf(chunk['web']) ?? objectOf(chunk['retrievedContext']);
    const url = nonEmptyText(source?.['uri']);
    if (url === undefined) return [];
    const support = supports.find((entry) => arrayOf(entry['groundingChunkIndices']).includes(index));
    const citedText = nonEmptyText(objectOf(support?.['segment'])?.['text']);
    return [defined({ kind: 'url' as const, url, title: nonEmptyText(source?.['title']), citedText, raw: chunk })];
  });
  const metadata = objectOf(candidate['citationMetadata']);
  const recited = objectsOf(metadata?.['citationSources'] ?? metadata?.['citations']).flatMap((source): Citation[] => {
    const url = nonEmptyText(source['uri']);
    if (url === undefined) return [];
    return [defined({ kind: 'url' as const, url, start: numberOf(source['startIndex']), end: numberOf(source['endIndex']), raw: source })];
  });
  return [...found, ...recited];
}
