/** How many tokens pictures, documents, recordings and films can be, by the rules of the models' makers. */
import type { Media } from '../../../wire/model';
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

/** Longer than any window but the widest, which are known: what counts is the window. */
const MOST_TOKENS = 2_000_000;
/** Of documents that are looked at page by page. @see https://ai.google.dev/gemini-api/docs/document-processing */
const GEMINI_DOCUMENT_TOKENS = 1_000 * 258;
const PAGED = /gemini-(?:1|2)/;
/** @see https://ai.google.dev/gemini-api/docs/audio (32 a second, 9.5 hours at most); OpenAI and Mistral count fewer. */
const AUDIO_SECOND_TOKENS = 32;
const MOST_AUDIO_TOKENS = 9.5 * 3_600 * AUDIO_SECOND_TOKENS;
const BESIDE_AUDIO = 64;

/** What the media of a call can be at most where this model reads them, its window aside. Looks into no more than their first bytes. */
export function mediaTokens(model: string, media: readonly Media[]): MediaTokens {
  let audio = 0;
  let other = 0;
  for (const item of media) {
    if (item.kind === 'audio') audio += audioTokens(item);
    else other += tokensOf(model, item);
  }
  return { audio, other };
}

/** How many pages a document has, its bytes do not bound: they are compressed, and one page may stand in many places. */
function tokensOf(model: string, { kind, base64, detail }: Media): number {
  if (kind === 'image') return pictureTokens(model, base64 === undefined ? undefined : pictureSize(base64), detail);
  return kind === 'document' && PAGED.test(model) ? GEMINI_DOCUMENT_TOKENS : MOST_TOKENS;
}

function audioTokens({ base64 }: Media): number {
  const seconds = base64 === undefined ? undefined : recordingSeconds(base64);
  return seconds === undefined ? MOST_AUDIO_TOKENS : Math.min(MOST_AUDIO_TOKENS, seconds * AUDIO_SECOND_TOKENS + BESIDE_AUDIO);
}
