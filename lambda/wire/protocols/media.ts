import { invalidRequest } from '../../platform/error';
import type { JsonValue } from '../../platform/json';
import { fileKind } from '../../platform/runtime';
import type { Media } from '../model/media';
import type { MediaSource } from '../model/request';
import { textOf } from './lenient';
import { isReference } from './reference';

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
/** Files that a provider may take a part for by the end of its URL, whatever the part is said to be. */
const OTHER_FILE =
  /\.(?:pdf|txt|html?|csv|md|rtf|docx?|pptx?|xlsx?|mp[34]|m4[av]|mov|webm|mkv|avi|mpe?g|3gpp?|wav|flac|og[gav]|opus|aac|aiff?)(?:[?#]|$)/i;
/** Where a media type and the address of a page stand. */
const HEAD_CHARACTERS = 2_048;
const ENDS = /^[\0-\x20]+|[\t\n\r]/g;

/**
 * Reads a part that holds a URL, a data URL or bare base64. Undefined for text: the body's own bytes bound it.
 *
 * What the bytes are decides. Where they are not known, the part counts as the dearest that it may be: what it is said to be only where
 * the provider takes nothing else for it.
 */
export function mediaOf(kind: Media['kind'], value: JsonValue | undefined, mediaType?: JsonValue, detail?: JsonValue): Media | undefined {
  const text = textOf(value) ?? '';
  const looked = typeof detail === 'string' ? { detail } : {};
  // Readers of URLs leave white space and control characters at their ends out, and line ends anywhere.
  const head = text.slice(0, HEAD_CHARACTERS).replace(ENDS, '');
  if (isReference(text, true)) return { kind: kindOfPage(kind, head, text), ...looked };
  const data = /^data:([^;,]*)([^,]*),/i.exec(head);
  const type = (data === null ? textOf(mediaType) : data[1])?.toLowerCase() ?? '';
  const base64 = data === null ? text : text.slice(text.indexOf(',') + 1);
  const isReadable = base64 !== '' && (data === null ? !/^data:/i.test(head) : /;\s*base64\s*$/i.test(data[2] ?? ''));
  const known = isReadable ? fileKind(base64) : undefined;
  if (known === 'text' && (kind === 'document' || kind === 'file')) return undefined;
  const counted =
    known === undefined || known === 'text' ? unknownKind(kind, type) : known === 'video' && kind === 'audio' ? 'audio' : known;
  return isReadable ? { kind: counted, base64, ...looked } : { kind: counted, ...looked };
}

/** A file by its address. */
function kindOfPage(kind: Media['kind'], head: string, text: string): Media['kind'] {
  if (FILM_PAGE.test(head)) return 'video';
  return (kind === 'image' || kind === 'audio') && OTHER_FILE.test(text.trimEnd()) ? 'file' : kind;
}

/** Bytes without a mark that is known: a part for pictures, or for sound, takes nothing else. */
function unknownKind(kind: Media['kind'], type: string): Media['kind'] {
  if (kind === 'audio') return 'audio';
  return kind === 'image' && (type === '' || type.startsWith('image/')) ? 'image' : 'file';
}
