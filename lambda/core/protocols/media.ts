import { invalidRequest } from '../model/error';
import type { JsonValue } from '../model/json';
import type { Media } from '../model/media';
import type { MediaSource } from '../model/request';
import { textOf } from './lenient';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[^;,]*)*;base64,/;

/** Reads an `https:` or `data:` URL. Throws `GatewayError` 400 naming the field for anything else. */
export function readUrl(url: string, path: string): MediaSource {
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url };
  const head = DATA_URL.exec(url.slice(0, 256));
  if (head === null) throw invalidRequest(path, `${path} must be an https URL or a base64 data URL.`);
  return { kind: 'base64', mediaType: head[1] ?? 'application/octet-stream', data: url.slice(head[0].length) };
}

export function writeUrl(source: MediaSource): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
}

/** The text of an inline document of plain text; undefined for any other source. */
export function plainTextOf(source: MediaSource): string | undefined {
  if (source.kind !== 'base64' || !source.mediaType.startsWith('text/')) return undefined;
  return Buffer.from(source.data, 'base64').toString('utf8');
}

const FILM_PAGE = /^https?:\/\/[^/]*\byoutu(?:be(?:-nocookie)?\.com|\.be)\b/i;
const KINDS: readonly (readonly [RegExp, Media['kind']])[] = [
  [/^image\//, 'image'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
];
/** Where a media type stands in a data URL. */
const URL_HEAD_CHARACTERS = 256;

/**
 * Reads a part that holds a URL, a data URL or bare base64. Undefined for text: the body's own bytes bound it.
 *
 * @param kind what the part is said to be; its media type, where it names one, says it better
 */
export function mediaOf(kind: Media['kind'], value: JsonValue | undefined, mediaType?: JsonValue, detail?: JsonValue): Media | undefined {
  const text = textOf(value) ?? '';
  const looked = typeof detail === 'string' ? { detail } : {};
  if (/^https?:/i.test(text.slice(0, 6))) return { kind: FILM_PAGE.test(text.slice(0, URL_HEAD_CHARACTERS)) ? 'video' : kind, ...looked };
  const head = DATA_URL.exec(text.slice(0, URL_HEAD_CHARACTERS));
  const type = (head === null ? textOf(mediaType) : head[1])?.toLowerCase() ?? '';
  if (type.startsWith('text/')) return undefined;
  const known = KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? (type === 'application/pdf' ? 'document' : kind);
  if (head !== null) return { kind: known, base64: text.slice(head[0].length), ...looked };
  // Whatever else it is, its bytes stay bounded as text.
  return text === '' || text.startsWith('data:') ? { kind: known, ...looked } : { kind: known, base64: text, ...looked };
}
