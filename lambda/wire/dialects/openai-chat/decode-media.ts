import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { MediaSource, UserPart, VideoPart } from '../../model/request';
import { defined } from '../../protocols/lenient';
import { mediaPart, readUrl } from '../../protocols/media';
import { isLocation } from '../../protocols/media-locations';
import { optionalNumber, optionalObject, optionalText, requiredObject, requiredText } from '../../protocols/strict';

/** A part that holds a picture, a film or a file: OpenAI's own, `video_url` of OpenRouter and vLLM, `format` and `file_id` of LiteLLM. */
export function readMedia(part: JsonObject, type: 'image_url' | 'video_url' | 'input_video' | 'file', path: string): UserPart {
  if (type === 'file') return readFile(requiredObject(part['file'], `${path}.file`), `${path}.file`);
  const field = type === 'input_video' && 'video_url' in part ? 'video_url' : type;
  const at = `${path}.${field}`;
  const value = part[field];
  if (type === 'image_url') {
    const detail = typeof value === 'string' ? undefined : optionalText(optionalObject(value, at)?.['detail'], `${at}.detail`);
    return mediaPart(defined({ type: 'image' as const, source: readAddress(value, at), detail }));
  }
  return defined({ type: 'video' as const, source: readFilm(value, at), clip: readClip(value, at) });
}

function readFile(file: JsonObject, path: string): UserPart {
  const kept = optionalText(file['file_id'], `${path}.file_id`);
  if (kept !== undefined && !isLocation(kept)) {
    throw unsupported(`${path}.file_id`, `${path}.file_id refers to a file kept at a provider; give file_data.`);
  }
  const type = optionalText(file['format'], `${path}.format`);
  const source =
    kept === undefined
      ? readUrl(requiredText(file['file_data'], `${path}.file_data`), `${path}.file_data`, type)
      : readUrl(kept, `${path}.file_id`, type);
  const read = mediaPart(defined({ type: 'document' as const, source, name: optionalText(file['filename'], `${path}.filename`) }));
  return read.type === 'video' ? defined({ ...read, clip: readClip(file, path) }) : read;
}

/** An object with a `url`, or the URL alone, as many clients write it. */
function readAddress(value: JsonValue | undefined, path: string): MediaSource {
  if (typeof value === 'string') return readUrl(value, path);
  const address = requiredObject(value, path);
  return readUrl(requiredText(address['url'], `${path}.url`), `${path}.url`, optionalText(address['format'], `${path}.format`));
}

/** As an address, or as bytes beside their format. */
function readFilm(value: JsonValue | undefined, path: string): MediaSource {
  if (typeof value === 'string') return readAddress(value, path);
  const film = requiredObject(value, path);
  const data = optionalText(film['data'], `${path}.data`);
  if (data === undefined) return readAddress(film, path);
  const format = optionalText(film['format'], `${path}.format`) ?? 'mp4';
  return { kind: 'base64', mediaType: format.includes('/') ? format : `video/${format}`, data };
}

/** @see https://docs.litellm.ai/docs/providers/gemini (`video_metadata`) */
function readClip(value: JsonValue | undefined, path: string): VideoPart['clip'] {
  if (typeof value === 'string') return undefined;
  const at = `${path}.video_metadata`;
  const clip = optionalObject(optionalObject(value, path)?.['video_metadata'], at);
  if (clip === undefined) return undefined;
  return defined({
    startOffset: optionalText(clip['start_offset'], `${at}.start_offset`),
    endOffset: optionalText(clip['end_offset'], `${at}.end_offset`),
    framesPerSecond: optionalNumber(clip['fps'], `${at}.fps`, 0, 24),
  });
}
