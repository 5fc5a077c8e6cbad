import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { AudioPart, DocumentPart, ImagePart, MediaSource } from '../../model/request';

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

const AUDIO_FORMATS = new Set(['aac', 'flac', 'm4a', 'mka', 'mkv', 'mp3', 'mp4', 'mpeg', 'mpga', 'ogg', 'opus', 'pcm', 'wav', 'webm']);

const LONGEST_NAME = 200;

/**
 * Images, documents and audio of one call: inline bytes only, because Bedrock fetches nothing but from S3. Documents get names
 * that Bedrock accepts, each once.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
export class Media {
  private readonly names = new Set<string>();

  public image({ source }: ImagePart, path: string): JsonObject {
    const { mediaType, data } = inline(source, path, 'images');
    const format = entryOf(IMAGE_FORMATS, mediaType);
    if (format === undefined) throw unsupported(path, 'Amazon Bedrock takes images as PNG, JPEG, GIF or WebP.');
    return { image: { format, source: { bytes: data } } };
  }

  public document(part: DocumentPart, path: string): JsonObject {
    const { mediaType, data } = inline(part.source, path, 'documents');
    const format = entryOf(DOCUMENT_FORMATS, mediaType);
    if (format === undefined) {
      throw unsupported(path, 'Amazon Bedrock takes documents as PDF, Word, Excel, CSV, HTML, Markdown or plain text.');
    }
    return {
      document: {
        format,
        name: this.documentName(part.name),
        source: { bytes: data },
        ...(part.context === undefined ? {} : { context: part.context }),
        ...(part.citations === true ? { citations: { enabled: true } } : {}),
      },
    };
  }

  public audio(part: AudioPart, path: string): JsonObject {
    if (!AUDIO_FORMATS.has(part.format)) throw unsupported(path, `Amazon Bedrock takes no audio in this format.`);
    return { audio: { format: part.format, source: { bytes: part.data } } };
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

function inline(source: MediaSource, path: string, what: string): { mediaType: string; data: string } {
  if (source.kind === 'url') throw unsupported(path, `Amazon Bedrock takes ${what} as base64 only, not by URL.`);
  const mediaType = source.mediaType.split(';')[0] ?? '';
  return { mediaType: mediaType.trim().toLowerCase(), data: source.data };
}
