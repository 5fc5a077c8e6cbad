import { invalidRequest, unsupported } from '../../platform/error';
import type { JsonValue } from '../../platform/json';
import { fileKind } from '../../platform/runtime';
import type { Media } from '../model/media';
import type { AudioPart, DocumentPart, ImagePart, MediaSource, ToolResultPart, UserPart, VideoPart } from '../model/request';
import { defined, textOf } from './lenient';
import { isLocation, namesBucket } from './media-locations';
import { mediaTypeOfName, mediaTypeSaid } from './media-types';
import { isReference } from './reference';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w-]+=[^;,]*)*;base64,/;

/**
 * Reads an `https:` or `data:` URL, or an object in a bucket.
 *
 * @param said what the caller says that it is
 * @throws GatewayError 400 naming the field for anything else
 */
export function readUrl(url: string, path: string, said?: string): MediaSource {
  const mediaType = said === undefined ? undefined : mediaTypeSaid(said);
  if (/^https?:\/\//i.test(url) || isLocation(url)) return mediaType === undefined ? { kind: 'url', url } : { kind: 'url', url, mediaType };
  const head = DATA_URL.exec(url.slice(0, 256));
  if (head === null) throw invalidRequest(path, `${path} must be an https URL, a base64 data URL or an object such as s3://bucket/key.`);
  return { kind: 'base64', mediaType: mediaType ?? mediaTypeSaid(head[1] ?? 'application/octet-stream'), data: url.slice(head[0].length) };
}

/** What a source is, by what is said of it or by the end of its address. */
export function mediaTypeOf(source: MediaSource): string | undefined {
  return source.mediaType ?? (source.kind === 'url' ? mediaTypeOfName(source.url) : undefined);
}

type MediaPart = ImagePart | VideoPart | DocumentPart;

/** Callers send films where pictures or files are asked for, and pictures as files: what the bytes are said to be decides. */
export function mediaPart(said: MediaPart): MediaPart | AudioPart {
  const { source, cache } = said;
  const type = mediaTypeOf(source) ?? '';
  if (type.startsWith('video/')) return said.type === 'video' ? said : defined({ type: 'video' as const, source, cache });
  // An address may end in anything.
  if (source.kind === 'url' && !isLocation(source.url)) return said;
  if (type.startsWith('image/')) return said.type === 'image' ? said : defined({ type: 'image' as const, source, cache });
  if (type.startsWith('audio/') && source.kind === 'base64') return { type: 'audio', format: audioFormat(type), data: source.data };
  const isDocument = /^(?:application|text)\//.test(type) && type !== 'application/octet-stream';
  return said.type === 'image' && isDocument ? defined({ type: 'document' as const, source, cache }) : said;
}

/** A part of what a tool gave back. Throws `GatewayError` 400 for sound, which no wire format has there. */
export function resultPart(part: UserPart, path: string): ToolResultPart['content'][number] {
  if (part.type === 'audio') throw unsupported(path, `${path} must not hold ${part.type}.`);
  return part;
}

function audioFormat(type: string): string {
  const format = type.slice('audio/'.length).replace(/^x-/, '');
  return format === 'mpeg' ? 'mp3' : format;
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
  /\.(?:pdf|txt|html?|csv|md|rtf|docx?|pptx?|xlsx?|mp[34]|m4[av]|mov|webm|mkv|avi|flv|wmv|mpe?g|3gpp?|wav|flac|og[gav]|opus|aac|aiff?)(?:[?#]|$)/i;
const SOUND_OR_FILM = /\.(?:mp[34]|m4[av]|mov|webm|mkv|avi|flv|wmv|mpe?g|3gpp?|wav|flac|og[gav]|opus|aac|aiff?)(?:[?#]|$)/i;
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
  if (isReference(text, true)) {
    const located = namesBucket(head) ? { location: text } : {};
    return { kind: kindOfPage(kind, head, text, textOf(mediaType)?.toLowerCase() ?? ''), ...looked, ...located };
  }
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

/** A file by its address, and by what is said of it. */
function kindOfPage(kind: Media['kind'], head: string, text: string, type: string): Media['kind'] {
  if (FILM_PAGE.test(head)) return 'video';
  if (kind === 'document') return SOUND_OR_FILM.test(text.trimEnd()) || /^(?:audio|video)\//.test(type) ? 'file' : kind;
  if (kind !== 'image' && kind !== 'audio') return kind;
  return OTHER_FILE.test(text.trimEnd()) || (type.includes('/') && !type.startsWith(`${kind}/`)) ? 'file' : kind;
}

/** Bytes without a mark that is known: a part for pictures, or for sound, takes nothing else. */
function unknownKind(kind: Media['kind'], type: string): Media['kind'] {
  if (kind === 'audio') return 'audio';
  return kind === 'image' && (type === '' || type.startsWith('image/')) ? 'image' : 'file';
}
