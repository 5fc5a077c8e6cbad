/** How many tokens pictures, documents, recordings and films can be, by the rules of the models' makers. */
import type { Media } from '../../model/media';
import { pictureSize } from './picture-size';
import { pictureTokens } from './pictures';
import { recordingSeconds } from './recordings';

export { type PictureSize, pictureSize } from './picture-size';

/** The most that the media of a call can be. */
export interface MediaTokens {
  /** Recordings, which may have a price of their own. */
  readonly audio: number;
  /** Everything else. */
  readonly other: number;
}

/** Of a page: its text, and the page as a picture. */
const PAGE_TOKENS = 3_000 + 5_000;
/** A page takes more than this of any file that a program writes. */
const LEAST_PAGE_BYTES = 512;
/** No window takes a longer document or film. */
const MOST_TOKENS = 1_000_000;
/** @see https://ai.google.dev/gemini-api/docs/audio (32 a second); OpenAI and Mistral count fewer. */
const AUDIO_SECOND_TOKENS = 32;
/** Hours of speech, and beyond what any model hears of one recording. */
const MOST_AUDIO_TOKENS = 300_000;

/** What the media of a call can be at most where this model reads them. Looks into no more than their first bytes. */
export function mediaTokens(model: string, media: readonly Media[]): MediaTokens {
  let audio = 0;
  let other = 0;
  for (const item of media) {
    if (item.kind === 'audio') audio += audioTokens(item);
    else other += tokensOf(model, item);
  }
  return { audio, other };
}

function tokensOf(model: string, { kind, base64, detail }: Media): number {
  if (kind === 'image') return pictureTokens(model, base64 === undefined ? undefined : pictureSize(base64), detail);
  if (kind === 'video' || base64 === undefined) return MOST_TOKENS;
  return Math.min(MOST_TOKENS, Math.ceil((base64.length * 3) / 4 / LEAST_PAGE_BYTES) * PAGE_TOKENS);
}

function audioTokens({ base64 }: Media): number {
  return base64 === undefined ? MOST_AUDIO_TOKENS : Math.min(MOST_AUDIO_TOKENS, recordingSeconds(base64) * AUDIO_SECOND_TOKENS + 64);
}
