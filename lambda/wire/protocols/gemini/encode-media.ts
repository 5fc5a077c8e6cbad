import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import type { AudioPart, DocumentPart, ImagePart, MediaSource, VideoPart } from '../../model/request';
import { defined } from '../lenient';
import { mediaTypeOf } from '../media';
import { locationOf } from '../media-locations';
import type { TargetFacts } from '../protocol';

/** Hosts whose files belong to whoever holds the credential, which tenants of this gateway share. */
const STORED_FILES = /^https?:\/\/[^/]*\bgenerativelanguage\.googleapis\.com(?::\d+)?\//i;

/** @see https://ai.google.dev/api/caching#Part */
export function geminiPart(
  part: ImagePart | DocumentPart | AudioPart | VideoPart,
  locations: TargetFacts['mediaLocations'],
  path: string,
): JsonObject {
  switch (part.type) {
    case 'audio':
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
    case 'image':
      return sourcePart(part.source, 'image/jpeg', locations, path);
    case 'document':
      return sourcePart(part.source, 'application/pdf', locations, path);
    case 'video': {
      const { startOffset, endOffset, framesPerSecond: fps } = part.clip ?? {};
      const film = sourcePart(part.source, 'video/mp4', locations, path);
      return part.clip === undefined ? film : { ...film, videoMetadata: defined({ startOffset, endOffset, fps }) };
    }
  }
}

function sourcePart(source: MediaSource, fallback: string, locations: TargetFacts['mediaLocations'], path: string): JsonObject {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  const { url } = source;
  if (STORED_FILES.test(url)) {
    throw unsupported(
      path,
      `${path}: files kept at the provider are not carried, because this gateway's callers share its credential; send the bytes as base64.`,
    );
  }
  if (!/^https?:/i.test(url) && locationOf(url, locations) === undefined) {
    throw unsupported(path, `${path}: the chosen model's provider may not read this place for callers; send the bytes as base64.`);
  }
  return { fileData: { fileUri: url, mimeType: mediaTypeOf(source) ?? fallback } };
}
