import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { AudioPart, DocumentPart, ImagePart, MediaSource } from '../../model/request';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  txt: 'text/plain',
  html: 'text/html',
  csv: 'text/csv',
  md: 'text/markdown',
};

/** Hosts whose files belong to whoever holds the credential, which tenants of this gateway share. */
const STORED_FILES = /^https?:\/\/[^/]*\bgenerativelanguage\.googleapis\.com(?::\d+)?\//i;

/** @see https://ai.google.dev/api/caching#Part */
export function mediaPart(part: ImagePart | DocumentPart | AudioPart, path: string): JsonObject {
  switch (part.type) {
    case 'audio':
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
    case 'image':
      return sourcePart(part.source, 'image/jpeg', path);
    case 'document':
      return sourcePart(part.source, 'application/pdf', path);
  }
}

function sourcePart(source: MediaSource, fallback: string, path: string): JsonObject {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  if (STORED_FILES.test(source.url)) {
    throw unsupported(
      path,
      "Files kept at the provider are not carried: this gateway's callers share its credential. Send the bytes as base64.",
    );
  }
  return { fileData: { fileUri: source.url, mimeType: mediaTypeOf(source.url) ?? fallback } };
}

function mediaTypeOf(url: string): string | undefined {
  const extension = /\.([A-Za-z]{2,5})(?:[?#]|$)/.exec(url);
  return extension === null ? undefined : entryOf(BY_EXTENSION, (extension[1] ?? '').toLowerCase());
}
