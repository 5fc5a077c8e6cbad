import { invalidRequest } from '../model/error';
import type { JsonValue } from '../model/json';
import type { MediaSource } from '../model/request';

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

const FILM = /^(?:data:)?video\/|^https?:\/\/[^/]*\byoutu(?:be(?:-nocookie)?\.com|\.be)\b/i;
/** A film fills the longest window, which takes this many of what any other attachment may. */
const FILM_WEIGHT = 4;

/**
 * How many attachments one part counts as, for bounding.
 *
 * @param marks what may say that it is a film: its type, media type, URL or data
 */
export function attachmentWeight(...marks: readonly (JsonValue | undefined)[]): number {
  const isFilm = marks.some((mark) => typeof mark === 'string' && (mark === 'video_url' || FILM.test(mark.slice(0, 256))));
  return isFilm ? FILM_WEIGHT : 1;
}
