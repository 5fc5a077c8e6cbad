import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { AudioPart, DocumentPart, ImagePart, MediaSource, VideoPart } from '../../model/request';
import { mediaTypeOf } from '../media';
import { locationOf } from '../media-locations';
import type { TargetFacts } from '../protocol';

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
};

const VIDEO_FORMATS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/mov': 'mov',
  'video/x-matroska': 'mkv',
  'video/mkv': 'mkv',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/mpg': 'mpg',
  'video/x-ms-wmv': 'wmv',
  'video/wmv': 'wmv',
  'video/3gpp': 'three_gp',
};

const AUDIO_FORMATS = new Set(['aac', 'flac', 'm4a', 'mka', 'mkv', 'mp3', 'mp4', 'mpeg', 'mpga', 'ogg', 'opus', 'pcm', 'wav', 'webm']);

const LONGEST_NAME = 200;

/**
 * Images, documents, films and audio of one call: bytes, or an object in S3, since Bedrock fetches nothing else. Documents get names that
 * Bedrock accepts, each once.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
export class Media {
  private readonly names = new Set<string>();

  public constructor(private readonly locations: TargetFacts['mediaLocations']) {}

  public image({ source }: ImagePart, path: string): JsonObject {
    const format = formatOf(source, IMAGE_FORMATS);
    if (format === undefined) throw unsupported(path, `${path}: Amazon Bedrock takes images as PNG, JPEG, GIF or WebP.`);
    return { image: { format, source: this.source(source, path) } };
  }

  public video({ source }: VideoPart, path: string): JsonObject {
    const format = formatOf(source, VIDEO_FORMATS);
    if (format === undefined) throw unsupported(path, `${path}: Amazon Bedrock takes films as MP4, MOV, MKV, WebM, FLV, MPEG, WMV or 3GP.`);
    return { video: { format, source: this.source(source, path) } };
  }

  public document(part: DocumentPart, path: string): JsonObject {
    const format = formatOf(part.source, DOCUMENT_FORMATS);
    if (format === undefined) {
      throw unsupported(path, `${path}: Amazon Bedrock takes documents as PDF, Word, Excel, CSV, HTML, Markdown or plain text.`);
    }
    return {
      document: {
        format,
        name: this.documentName(part.name),
        source: this.source(part.source, path),
        ...(part.context === undefined ? {} : { context: part.context }),
        ...(part.citations === true ? { citations: { enabled: true } } : {}),
      },
    };
  }

  public audio(part: AudioPart, path: string): JsonObject {
    if (!AUDIO_FORMATS.has(part.format)) throw unsupported(path, `${path}: Amazon Bedrock takes no audio in this format.`);
    return { audio: { format: part.format, source: { bytes: part.data } } };
  }

  private source(source: MediaSource, path: string): JsonObject {
    if (source.kind === 'base64') return { bytes: source.data };
    const location = locationOf(source.url, this.locations);
    if (location === undefined) {
      throw unsupported(path, `${path}: Amazon Bedrock takes media as base64, or from a bucket that the gateway names, not by URL.`);
    }
    const { bucketOwner } = location;
    return { s3Location: { uri: source.url, ...(bucketOwner === undefined ? {} : { bucketOwner }) } };
  }

  /** Letters, digits, single spaces, hyphens, parentheses and square brackets. */
  private documentName(wanted: string | undefined): string {
    const base =
      (wanted ?? '')
        .replace(/[^A-Za-z0-9\s()[\]-]/g, '-')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, LONGEST_NAME) || 'document';
    let name = base;
    for (let number = 2; this.names.has(name); number++) name = `${base} (${number})`;
    this.names.add(name);
    return name;
  }
}

/** By what is said of it, or by the end of its address. */
function formatOf(source: MediaSource, formats: Readonly<Record<string, string>>): string | undefined {
  const type = mediaTypeOf(source)?.split(';')[0] ?? '';
  return entryOf(formats, type.trim().toLowerCase());
}
