import fc from 'fast-check';
import { mediaTokens, pictureSize } from '../../../../../lambda/money/pricing/media';
import { gif, jpeg, PIXEL_PNG, png, wav, webp } from '../../../../support/pictures';

const side = fc.integer({ min: 1, max: 16_383 });
const tokens = (model: string, base64: string | undefined, detail?: string): number =>
  mediaTokens(model, [{ kind: 'image', ...(base64 === undefined ? {} : { base64 }), ...(detail === undefined ? {} : { detail }) }]).other;

test('R11 money-08-image-bound: the size of a picture is read from its first bytes, whatever its format', () => {
  fc.assert(
    fc.property(side, side, fc.nat(200_000), (width, height, before) => {
      for (const made of [png(width, height), jpeg(width, height, before), gif(width, height), webp(width, height)]) {
        expect(pictureSize(made)).toEqual({ width, height });
      }
    }),
    { numRuns: 60 },
  );
  expect(pictureSize(PIXEL_PNG)).toEqual({ width: 1, height: 1 });
});

test('R11 a frame that is larger than its screen counts', () => {
  expect(pictureSize(gif(10, 10, [900, 700]))).toEqual({ width: 900, height: 700 });
});

test('R11 damaged pictures and other formats have no size, and are bounded by the maximum', () => {
  fc.assert(
    fc.property(
      fc.base64String({ maxLength: 400 }),
      fc.constantFrom(png(5, 5), jpeg(5, 5, 99), gif(5, 5), webp(5, 5)),
      fc.nat(120),
      (noise, made, cut) => {
        for (const base64 of [noise, made.slice(0, cut), made.slice(0, cut) + noise]) {
          const size = pictureSize(base64);
          if (size === undefined) expect(tokens('claude-opus-4-5', base64)).toBe(tokens('claude-opus-4-5', undefined));
        }
      },
    ),
  );
});

/** As Anthropic's page says it: pixels by 750, of a picture made to fit, in patches of 28 pixels. */
function claude(width: number, height: number, longest: number, most: number): number {
  const patches = (scale: number): number => Math.ceil((width * scale) / 28) * Math.ceil((height * scale) / 28);
  let scale = Math.min(1, longest / Math.max(width, height));
  while (patches(scale) > most) scale *= 0.99;
  return Math.min(Math.max(patches(scale), Math.floor((width * scale * height * scale) / 750)), most + 200);
}

test('R11 money-08-image-bound: a picture is no more than its maker counts, whatever its size', () => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      const bound = tokens('claude-opus-4-5', png(width, height));
      expect(bound).toBeGreaterThanOrEqual(claude(width, height, 1_568, 1_568));
      expect(bound).toBeGreaterThanOrEqual(claude(width, height, 2_576, 4_784));
      expect(bound).toBeLessThanOrEqual(5_000);
      expect(tokens('gemini-2.5-flash', png(width, height))).toBeLessThanOrEqual(6_192);
    }),
  );
  expect(tokens('claude-opus-4-5', PIXEL_PNG)).toBeLessThan(50);
  // By its URL, its size is not known.
  expect(tokens('claude-opus-4-5', undefined)).toBeGreaterThanOrEqual(4_784);
});

/** Examples of OpenAI's guide. */
test.each([
  ['gpt-4o', 1_024, 1_024, undefined, 765],
  ['gpt-4o', 2_048, 4_096, undefined, 1_105],
  ['gpt-4o', 4_096, 8_192, 'low', 85],
  ['gpt-4.1-mini', 1_024, 1_024, undefined, Math.ceil(1_024 * 1.62)],
  ['o4-mini', 1_024, 1_024, undefined, Math.ceil(1_024 * 1.72)],
  ['gpt-5-nano', 1_024, 1_024, undefined, Math.ceil(1_024 * 2.46)],
  ['gpt-4o-mini', 1_024, 1_024, undefined, 2_833 + 4 * 5_667],
])('R11 %s takes %i x %i (%s) as %i tokens', (model, width, height, detail, expected) => {
  expect(tokens(model, png(width, height), detail)).toBe(expected);
});

test.each([
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5.4',
  'gpt-5.5',
  'gpt-6-sol',
  'o3',
  'o4-mini',
  'claude-haiku-5-5',
  'gemini-3-pro',
  'mistral-large',
  'grok-4',
  'llama-4-scout',
  'anything',
])('R11 no picture of %s is more than one whose size is not known, and no larger one is less', (model) => {
  fc.assert(
    fc.property(side, side, fc.constantFrom(undefined, 'low', 'high', 'original', 'auto'), (width, height, detail) => {
      const bound = tokens(model, png(width, height), detail);
      expect(bound).toBeGreaterThan(0);
      expect(bound).toBeLessThanOrEqual(tokens(model, undefined, detail));
    }),
  );
});

test('R11 a recording is bounded by its own length', () => {
  const audio = (base64: string): number => mediaTokens('gpt-audio', [{ kind: 'audio', base64 }]).audio;
  expect(audio(wav(10))).toBeGreaterThanOrEqual(320);
  expect(audio(wav(10))).toBeLessThan(500);
  expect(audio(Buffer.concat([Buffer.from('ID3'), Buffer.alloc(10_000)]).toString('base64'))).toBeLessThan(500);
  expect(audio('AAAA')).toBeLessThan(200);
});
