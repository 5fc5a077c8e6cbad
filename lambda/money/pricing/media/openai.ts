import { entryOf } from '../../../platform/table';
import type { PictureSize } from './picture-size';

/** Tokens of a picture that is cut into tiles: the whole, and each tile of 512 pixels. */
type Tiles = readonly [base: number, tile: number];

const TILED: readonly (readonly [RegExp, Tiles])[] = [
  [/gpt-4o-mini/, [2_833, 5_667]],
  [/gpt-4o|gpt-4\.1(?!-mini|-nano)|gpt-4\.5|gpt-4-|gpt-4$|chatgpt/, [85, 170]],
  [/(?:^|[/.])o[13](?:-|$)/, [75, 150]],
  [/gpt-5(?:$|-chat|-20\d\d)/, [70, 140]],
  [/computer-use/, [65, 129]],
];

/** Patches of 32 pixels that a picture has at most, unless `detail` asks for fewer, and tokens that a patch costs. */
const PATCHED: readonly (readonly [RegExp, patches: number, tokens: number])[] = [
  [/gpt-4\.1-nano|gpt-5(?:\.[1-4])?-nano/, 1_536, 2.46],
  [/gpt-4\.1-mini|gpt-5(?:\.[1-4])?-mini/, 1_536, 1.62],
  [/o4-mini/, 1_536, 1.72],
  [/gpt-5\.[45](?!\d)/, 10_000, 1],
  [/gpt-5|codex/, 1_536, 1],
];
/** Of a model that is not listed, and of those that take pictures as they are. Beyond it OpenAI refuses the picture. */
const MOST_PATCHES = 30_000;
const DEAREST_PATCH = 2.46;
const NEWER = /gpt-5\.(?:[6-9]|\d\d)|gpt-(?:[6-9]|\d\d)/;
const BY_DETAIL: Readonly<Record<string, number>> = { low: 256, high: 2_500 };

const LONGEST_SIDE = 2_048;
const SHORT_SIDE = 768;
const TILE = 512;
const MOST_TILES = 8;

/** @see https://platform.openai.com/docs/guides/images-vision#calculating-costs */
export function openAiPicture(model: string, size: PictureSize | undefined, detail: string | undefined): number {
  const tiled = TILED.find(([pattern]) => pattern.test(model))?.[1];
  if (tiled !== undefined) {
    const [base, tile] = tiled;
    return detail === 'low' ? base : base + tile * tiles(size);
  }
  const listed = NEWER.test(model) ? undefined : PATCHED.find(([pattern]) => pattern.test(model));
  const [, most, tokens] = listed ?? [undefined, MOST_PATCHES, DEAREST_PATCH];
  const budget = Math.min(most, entryOf(BY_DETAIL, detail ?? '') ?? most);
  // A small picture is enlarged where `low` asks for one of 512 pixels.
  const own = size === undefined || detail === 'low' ? budget : Math.ceil(size.width / 32) * Math.ceil(size.height / 32);
  return Math.ceil(Math.min(budget, own) * tokens);
}

/** A picture is made to fit into a square, then to a short side; whether a small one is enlarged to it is not said, so the more of both. */
function tiles(size: PictureSize | undefined): number {
  if (size === undefined) return MOST_TILES;
  const short = Math.min(size.width, size.height);
  const long = Math.max(size.width, size.height);
  const fit = Math.min(1, LONGEST_SIDE / long);
  const count = (scale: number): number => Math.ceil((short * scale) / TILE) * Math.ceil((long * scale) / TILE);
  const shrunk = Math.min(fit, SHORT_SIDE / short);
  const enlarged = Math.min(LONGEST_SIDE / long, SHORT_SIDE / short);
  return Math.min(MOST_TILES, Math.max(count(shrunk), count(enlarged)));
}
