import { openAiPicture } from './openai';
import type { PictureSize } from './picture-size';

/** The most tokens that a picture can be; without its size, the vendor's maximum. */
type PictureRule = (model: string, size: PictureSize | undefined, detail: string | undefined) => number;

/** One token a patch of 28 pixels, which is no less than the 750 pixels a token of the older words; larger pictures are made smaller. */
const CLAUDE_MOST = 5_000;

/** @see https://docs.claude.com/en/docs/build-with-claude/vision#calculate-image-costs */
function claudePicture(_model: string, size: PictureSize | undefined): number {
  if (size === undefined) return CLAUDE_MOST;
  const patches = Math.ceil(size.width / 28) * Math.ceil(size.height / 28);
  return Math.min(CLAUDE_MOST, Math.max(patches, Math.ceil((size.width * size.height) / 750)) + 16);
}

const GEMINI_TILE_TOKENS = 258;
/** Of any picture at the closest `media_resolution`, by the newer way of counting. */
const GEMINI_RESOLUTION_TOKENS = 2_240;
const GEMINI_LONGEST_SIDE = 3_072;
/** The worst shape of that size: 24 tiles. */
const GEMINI_MOST = 24 * GEMINI_TILE_TOKENS;

/**
 * @see https://ai.google.dev/gemini-api/docs/image-understanding#token-calculation
 * @see https://ai.google.dev/gemini-api/docs/media-resolution
 */
function geminiPicture(_model: string, size: PictureSize | undefined): number {
  if (size === undefined) return GEMINI_MOST;
  const fit = Math.min(1, GEMINI_LONGEST_SIDE / Math.max(size.width, size.height));
  const [width, height] = [size.width * fit, size.height * fit];
  const unit = Math.min(768, Math.max(256, Math.floor(Math.min(width, height) / 1.5)));
  const tiles = Math.ceil(width / unit) * Math.ceil(height / unit);
  return Math.min(GEMINI_MOST, Math.max(GEMINI_RESOLUTION_TOKENS, tiles * GEMINI_TILE_TOKENS));
}

/** Patches of 16 pixels and a mark at the end of each row, of a picture of at most 1,024 pixels. */
const MISTRAL_MOST = 64 * 64 + 64;

/** @see https://docs.mistral.ai/capabilities/vision */
function mistralPicture(_model: string, size: PictureSize | undefined): number {
  if (size === undefined) return MISTRAL_MOST;
  return Math.min(MISTRAL_MOST, (Math.ceil(size.width / 16) + 1) * Math.ceil(size.height / 16) + 64);
}

/** The largest that open models document: Llama's four tiles whatever the size, and Qwen's patches of 28 pixels. */
const LLAMA_TOKENS = 6_404;
const QWEN_MOST = 16_384;

function otherPicture(_model: string, size: PictureSize | undefined): number {
  if (size === undefined) return QWEN_MOST;
  return Math.min(QWEN_MOST, Math.max(LLAMA_TOKENS, Math.ceil(size.width / 14) * Math.ceil(size.height / 14)));
}

/** Whoever hosts a model, its maker's rule counts. First match wins. */
const RULES: readonly (readonly [RegExp, PictureRule])[] = [
  [/gpt-oss/, otherPicture],
  [/claude/, claudePicture],
  [/gemini|gemma/, geminiPicture],
  [/gpt-\d|chatgpt|codex|computer-use|(?:^|[/.])o\d/, openAiPicture],
  [/mistral|pixtral|ministral|magistral|devstral|codestral|voxtral/, mistralPicture],
];

export function pictureTokens(model: string, size: PictureSize | undefined, detail: string | undefined): number {
  const name = model.toLowerCase();
  const rule = RULES.find(([pattern]) => pattern.test(name))?.[1] ?? otherPicture;
  return rule(name, size, detail);
}
