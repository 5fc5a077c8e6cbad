import fc from 'fast-check';
import { mediaTokens } from '../../../../../lambda/money/pricing/media';
import { Base64Bytes } from '../../../../../lambda/platform/runtime/base64-bytes';
import { gif, jpeg, png, wav, webp } from '../../../../support/pictures';

const side = fc.oneof(fc.integer({ min: 1, max: 16_383 }), fc.integer({ min: 1, max: 900 }));
const of = (model: string, base64: string | undefined, detail?: string): number =>
  mediaTokens(model, [{ kind: 'image', ...(base64 === undefined ? {} : { base64 }), ...(detail === undefined ? {} : { detail }) }]).other;
const up = Math.ceil;

/** The vendors' rules as their pages say them, in whole numbers. */
const RULES: Readonly<Record<string, (width: number, height: number) => number>> = {
  'claude-opus-4-5': (width, height) => Math.min(5_000, Math.max(up(width / 28) * up(height / 28), up((width * height) / 750)) + 16),
  'gemini-2.5-pro': (width, height) => {
    const scale = Math.min(1, 3_072 / Math.max(width, height));
    const unit = Math.min(768, Math.max(256, Math.floor((Math.min(width, height) * scale) / 1.5)));
    return Math.min(24 * 258, Math.max(2_240, 258 * up((width * scale) / unit) * up((height * scale) / unit)));
  },
  'mistral-large': (width, height) => Math.min(64 * 64 + 64, (up(width / 16) + 1) * up(height / 16) + 64),
  'llama-4': (width, height) => Math.min(16_384, Math.max(6_404, up(width / 14) * up(height / 14))),
  'gpt-4.1-mini': (width, height) => up(Math.min(1_536, up(width / 32) * up(height / 32)) * 1.62),
  'gpt-4.1-nano': (width, height) => up(Math.min(1_536, up(width / 32) * up(height / 32)) * 2.46),
  'o4-mini': (width, height) => up(Math.min(1_536, up(width / 32) * up(height / 32)) * 1.72),
  'gpt-5.1-codex': (width, height) => Math.min(1_536, up(width / 32) * up(height / 32)),
  'gpt-5.4': (width, height) => Math.min(10_000, up(width / 32) * up(height / 32)),
  'gpt-7': (width, height) => up(Math.min(30_000, up(width / 32) * up(height / 32)) * 2.46),
  'gpt-4o': (width, height) => {
    const short = Math.min(width, height);
    const long = Math.max(width, height);
    const counted = [Math.min(1, 2_048 / long, 768 / short), Math.min(2_048 / long, 768 / short)].map(
      (scale) => up((short * scale) / 512) * up((long * scale) / 512),
    );
    return 85 + 170 * Math.min(8, Math.max(...counted));
  },
};

test.each(Object.keys(RULES))('R15 a picture for %s is counted as its maker says', (model) => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      expect(of(model, png(width, height))).toBe(RULES[model]?.(width, height));
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['claude-x', undefined, 5_000],
  ['gemini-x', undefined, 6_192],
  ['gemma-3', undefined, 6_192],
  ['pixtral-12b', undefined, 4_160],
  ['qwen-vl', undefined, 16_384],
  ['gpt-oss-120b', undefined, 16_384],
  ['gpt-4o-mini', undefined, 2_833 + 8 * 5_667],
  ['gpt-4o-mini', 'low', 2_833],
  ['gpt-4o', undefined, 85 + 8 * 170],
  ['gpt-4.1', undefined, 85 + 8 * 170],
  ['o1', undefined, 75 + 8 * 150],
  ['openai/o3-pro', 'low', 75],
  ['gpt-5', undefined, 70 + 8 * 140],
  ['gpt-5-chat-latest', 'low', 70],
  ['gpt-5-2025-08-07', 'low', 70],
  ['gpt-5.3-nano', undefined, Math.ceil(1_536 * 2.46)],
  ['gpt-5-mini', undefined, Math.ceil(1_536 * 1.62)],
  ['gpt-5.4-2026-03-05', undefined, 10_000],
  ['gpt-5.10', undefined, 73_800],
  ['gpt-10', undefined, 73_800],
  ['computer-use-preview', undefined, 65 + 8 * 129],
  ['gpt-5.4-mini', undefined, Math.ceil(1_536 * 1.62)],
  ['gpt-5-nano', undefined, Math.ceil(1_536 * 2.46)],
  ['gpt-5.5', undefined, 10_000],
  ['gpt-5.5', 'low', 256],
  ['gpt-5.5', 'high', 2_500],
  ['gpt-5.5', 'original', 10_000],
  ['gpt-5.2', undefined, 1_536],
  ['gpt-5.6', undefined, 73_800],
  ['gpt-6-nano', undefined, 73_800],
  ['gpt-6', 'low', Math.ceil(256 * 2.46)],
])('R15 a picture of unknown size for %s (%s) is %d tokens at the most', (model, detail, tokens) => {
  expect(of(model, undefined, detail)).toBe(tokens);
});

test('R15 `low` enlarges a small picture of a model that counts patches', () => {
  expect([of('gpt-5.5', png(10, 10)), of('gpt-5.5', png(10, 10), 'low'), of('gpt-5.5', png(10, 10), 'high')]).toEqual([1, 256, 1]);
});

const MOST_AUDIO = 9.5 * 3_600 * 32;

test('R15 what neither bytes nor pages bound is the most that a window may take, or its maker', () => {
  const media = (kind: 'document' | 'video' | 'audio' | 'file', base64?: string, model = 'm') =>
    mediaTokens(model, [{ kind, ...(base64 === undefined ? {} : { base64 }) }]);
  for (const kind of ['document', 'video', 'file'] as const) {
    for (const base64 of [undefined, 'AAAA', 'A'.repeat(100_000)]) expect(media(kind, base64)).toEqual({ audio: 0, other: 2_000_000 });
  }
  expect(media('document', 'AAAA', 'gemini-2.5-pro')).toEqual({ audio: 0, other: 258_000 });
  expect(media('file', 'AAAA', 'gemini-2.5-pro')).toEqual({ audio: 0, other: 2_000_000 });
  expect(media('document', 'AAAA', 'gemini-3-pro')).toEqual({ audio: 0, other: 2_000_000 });
  expect(media('audio')).toEqual({ audio: MOST_AUDIO, other: 0 });
  // Ten hours at the lowest rate.
  const long = Buffer.concat([Buffer.from('ID3'), Buffer.alloc(36_000_000)]).toString('base64');
  expect(media('audio', long)).toEqual({ audio: MOST_AUDIO, other: 0 });
  expect(mediaTokens('claude-x', [{ kind: 'image' }, { kind: 'image' }, { kind: 'audio' }, { kind: 'document', base64: 'AAAA' }])).toEqual({
    audio: MOST_AUDIO,
    other: 10_000 + 2_000_000,
  });
});

describe('R11 recordings', () => {
  const tokens = (bytes: Buffer): number => mediaTokens('m', [{ kind: 'audio', base64: bytes.toString('base64') }]).audio;
  const seconds = (bytes: Buffer): number => (tokens(bytes) - 64) / 32;
  const changed = (at: number, ...values: number[]): Buffer => {
    const bytes = Buffer.from(wav(1), 'base64');
    bytes.set(values, at);
    return bytes;
  };
  const padded = (...head: number[]): Buffer => Buffer.concat([Buffer.from(head), Buffer.alloc(6_000 - head.length)]);

  test('R11 a plain WAV file is as long as its samples', () => {
    expect(seconds(Buffer.from(wav(10), 'base64'))).toBe(11);
    expect(seconds(Buffer.from(wav(2, 44_100), 'base64'))).toBe(3);
    expect(seconds(changed(20, 3))).toBe(2);
  });

  test.each([
    ['MP3 with tags and nothing else', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(5_997)])],
    ['MP3 behind tags', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(97), Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(5_896)])],
    ['MP3 without tags', padded(0xff, 0xfb, 0x90, 0)],
  ])('R11 %s is as long as at its lowest rate', (_what, bytes) => {
    expect(seconds(bytes)).toBe(6);
  });

  test.each([
    ['a WAV file of another format', changed(20, 7)],
    ['one of no rate', changed(24, 0, 0, 0, 0)],
    ['one of a rate that nobody records', changed(24, 0xff, 0xff, 0xff, 0xff)],
    ['one of four samples a second', changed(24, 4, 0, 0, 0)],
    ['one whose samples have no size', changed(32, 0)],
    ['one of no channel', changed(22, 0)],
    ['one that says its format twice', Buffer.concat([changed(36, ...Buffer.from('fmt ')), Buffer.alloc(99)])],
    ['one that is no RIFF', changed(0, 0x58)],
    ['RIFF of another kind', changed(8, 0x58)],
    ['one that is too short to say', changed(20, 1).subarray(0, 35)],
    ['FLAC', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(10_236)])],
    ['FLAC behind the tags of MP3', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(7), Buffer.from('fLaC'), Buffer.alloc(9_000)])],
    ['Ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(9_000)])],
    ['AAC', padded(0xff, 0xf1, 0x50, 0x80)],
    ['MP3 of a free rate', padded(0xff, 0xfb, 0x00, 0)],
    ['what only begins like MP3', padded(0xff, 0x1f)],
    ['RIFF that is no WAV', Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(5_996)])],
    ['anything else', Buffer.alloc(6_000)],
  ])('R11 money-08 %s is not bounded by its bytes', (_what, bytes) => {
    expect(tokens(bytes)).toBe(MOST_AUDIO);
  });

  /** A WAV file with chunks of these lengths between its format and a thousand bytes of sound. */
  const wavWith = (sound: {
    channels?: number;
    hertz?: number;
    bits?: number;
    frame?: number;
    chunks?: readonly number[];
    between?: string;
  }): Buffer => {
    const { channels = 1, hertz = 8_000, bits = 16, chunks = [] } = sound;
    const frame = sound.frame ?? (channels * bits) / 8;
    const head = Buffer.from(wav(0), 'base64').subarray(0, 36);
    head.writeUInt16LE(channels, 22);
    head.writeUInt32LE(hertz, 24);
    head.writeUInt16LE(frame, 32);
    head.writeUInt16LE(bits, 34);
    const between = chunks.map((length) => {
      const chunk = Buffer.concat([Buffer.from(sound.between ?? 'LIST'), Buffer.alloc(4), Buffer.alloc(length + (length % 2), 0xff)]);
      chunk.writeUInt32LE(length, 4);
      return chunk;
    });
    return Buffer.concat([head, ...between, Buffer.from('data'), Buffer.alloc(1_004)]);
  };
  const isBounded = (bytes: Buffer): boolean => tokens(bytes) < MOST_AUDIO;

  test('R15 a WAV file is believed within what is recorded', () => {
    for (const sound of [{ channels: 16 }, { hertz: 4_000 }, { hertz: 192_000 }, { bits: 8 }, { bits: 24, channels: 2 }]) {
      expect([sound, isBounded(wavWith(sound))]).toEqual([sound, true]);
    }
    for (const sound of [
      { channels: 17 },
      { hertz: 3_999 },
      { hertz: 192_001 },
      { bits: 4 },
      { bits: 4, channels: 2 },
      { frame: 3 },
      { bits: 16, frame: 1 },
    ]) {
      expect([sound, isBounded(wavWith(sound))]).toEqual([sound, false]);
    }
    // The rate of samples, channels and bits make a second.
    expect(seconds(wavWith({ channels: 2, hertz: 4_000, bits: 8, chunks: [79_000] }))).toBe(11);
  });

  test('R15 fewer than sixteen bytes are no container of sound', () => {
    const audio = (base64: string) => mediaTokens('m', [{ kind: 'audio', base64 }]).audio;
    expect([audio('A'.repeat(21)), audio('A'.repeat(22))]).toEqual([32 + 64, MOST_AUDIO]);
  });

  test('R15 the sound of a WAV file may stand behind other chunks, of even and odd lengths, but not behind too many', () => {
    for (const chunks of [[0], [1], [10, 11, 12], Array<number>(31).fill(3)]) {
      expect([chunks, isBounded(wavWith({ chunks }))]).toEqual([chunks, true]);
    }
    expect(isBounded(wavWith({ chunks: Array<number>(32).fill(3) }))).toBe(false);
    // A second format before the sound may be another one.
    expect(isBounded(wavWith({ chunks: [16], between: 'fmt ' }))).toBe(false);
    expect(isBounded(wavWith({ chunks: [10] }).subarray(0, 57))).toBe(false);
  });

  test.each([
    ['of a rate that is reserved', [0xff, 0xfb, 0xf0, 0], false],
    ['of samples that are reserved', [0xff, 0xfb, 0x9c, 0], false],
    ['of a version that is reserved', [0xff, 0xeb, 0x90, 0], false],
    ['of a layer that is reserved', [0xff, 0xf9, 0x90, 0], false],
    ['without its first bits', [0xff, 0x1b, 0x90, 0], false],
    ['that does not begin', [0xfe, 0xfb, 0x90, 0], false],
    ['of the least and the most', [0xff, 0xfb, 0x10, 0], true],
    ['of the most', [0xff, 0xfb, 0xe8, 0], true],
    ['of another version', [0xff, 0xe3, 0x90, 0], true],
    ['of the first layer', [0xff, 0xff, 0x90, 0], true],
  ] as const)('R15 a frame of MP3 %s bounds its recording: %j %s', (_what, frame, isFrame) => {
    expect(isBounded(padded(...frame))).toBe(isFrame);
    // Behind tags as long as they say, in bytes of seven bits, and what fills them up.
    const tagged = (length: readonly number[], before: number) =>
      Buffer.concat([
        Buffer.from('ID3\x04\0\0'),
        Buffer.from(length),
        Buffer.alloc(before, 0x55),
        Buffer.alloc(40),
        Buffer.from(frame),
        Buffer.alloc(900),
      ]);
    expect(isBounded(tagged([0, 0, 0, 5], 5))).toBe(isFrame);
    expect(isBounded(tagged([0x80, 0, 1, 5], 133))).toBe(isFrame);
  });

  test('R15 tags that end with the file leave nothing that could be longer', () => {
    const tags = (rest: number[]) =>
      Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x05', 'latin1'), Buffer.alloc(5, 0x55), Buffer.from(rest)]);
    expect([isBounded(tags([])), isBounded(tags([0, 0, 0])), isBounded(tags([0, 0, 1, 1, 1, 1, 1]))]).toEqual([true, true, false]);
    // Three bytes are no frame.
    expect(isBounded(tags([0xff, 0xfb, 0x90]))).toBe(false);
    // Nor are more than 64 KiB of filling looked through.
    expect(isBounded(Buffer.concat([tags([]), Buffer.alloc(70_000), Buffer.from([0xff, 0xfb, 0x90, 0])]))).toBe(false);
  });
});

test('R11 a picture that says its size twice is bounded by the maximum', () => {
  const unknown = of('claude-x', undefined);
  const frame = (width: number, height: number): Buffer => Buffer.from(jpeg(width, height), 'base64').subarray(2, 2 + 19);
  const start = Buffer.from([0xff, 0xd8]);
  const scan = Buffer.from([0xff, 0xda, 0, 12, 3, 1, 0, 2, 17, 3, 17, 0, 63, 0]);
  const sized = (...parts: Buffer[]): number => of('claude-x', Buffer.concat(parts).toString('base64'));
  expect(sized(start, frame(5, 5), scan)).toBe(of('claude-x', png(5, 5)));
  expect(sized(start, frame(5, 5), frame(2_000, 2_000), scan)).toBe(unknown);
  expect(sized(start, frame(5, 5), Buffer.from([0]), frame(2_000, 2_000), scan)).toBe(unknown);
  expect(sized(start, frame(5, 5), Buffer.alloc(70_000))).toBe(unknown);
  const small = of('claude-x', png(5, 5));
  expect(sized(start, frame(5, 5), frame(200, 200), scan)).toBe(unknown);
  expect(sized(start, frame(5, 5), scan, frame(200, 200))).toBe(small);
  // Behind damage, a frame is a mark and its kind.
  expect(sized(start, frame(5, 5), Buffer.from([0, 0xff, 0, 0xff, 0x01, 0xc0, 0]))).toBe(small);
  expect(sized(start, frame(5, 5), Buffer.from([0, 0xff, 0xc0]))).toBe(unknown);
  // So much of it is looked through: two bytes more, for base64 is of three.
  const fill = Buffer.from([0xff, 0xff]);
  expect([sized(start, fill, frame(5, 5), Buffer.alloc(65_536)), sized(start, fill, frame(5, 5), Buffer.alloc(65_539))]).toEqual([
    small,
    unknown,
  ]);
  // A segment that ends with the file is one.
  expect(sized(start, frame(5, 5), Buffer.from([0xff, 0xe1, 0, 2]))).toBe(small);
  const other = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 30]), Buffer.alloc(28)]);
  expect(sized(start, other, Buffer.from([0xff, 0xe1, 0]))).toBe(unknown);
  expect(sized(start, other, frame(5, 5).subarray(0, 8))).toBe(unknown);
  const header = Buffer.from(png(5, 5), 'base64').subarray(0, 33);
  const second = Buffer.from(png(3_000, 3_000), 'base64').subarray(8);
  expect(of('claude-x', Buffer.concat([header, second]).toString('base64'))).toBe(unknown);
  // Behind chunks of other names as well, of which so many are looked at.
  const chunk = (name: string, length: number): Buffer => {
    const made = Buffer.concat([Buffer.alloc(4), Buffer.from(name), Buffer.alloc(length + 4, 0x49)]);
    made.writeUInt32BE(length, 0);
    return made;
  };
  const others = (count: number): Buffer[] => Array.from({ length: count }, (_unused, index) => chunk('tEXt', index % 7));
  const behind = (count: number, last: Buffer): number =>
    of('claude-x', Buffer.concat([header, ...others(count), last]).toString('base64'));
  const known = of('claude-x', png(5, 5));
  expect([behind(1, second), behind(9, second), behind(255, second)]).toEqual([unknown, unknown, unknown]);
  expect([behind(0, chunk('IDAT', 9)), behind(9, chunk('IDAT', 9)), behind(255, chunk('IDAT', 9))]).toEqual([known, known, known]);
  expect([behind(9, chunk('????', 9)), behind(256, chunk('IDAT', 9))]).toEqual([known, unknown]);
});

test('R15 bytes of base64 are read where they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), fc.nat(20), (array, from, count) => {
      const bytes = Buffer.from(array);
      const read = new Base64Bytes(bytes.toString('base64'));
      expect(read.slice(from, count)).toEqual(bytes.subarray(from, from + count));
      expect(read.ascii(from, count)).toBe(bytes.subarray(from, from + count).toString('latin1'));
      expect(read.length).toBeGreaterThanOrEqual(bytes.length);
      expect(read.length).toBeLessThan(bytes.length + 3);
    }),
  );
});

describe('R15 a picture says its size, or none', () => {
  const unknown = of('claude-x', undefined);
  const sized = (bytes: Buffer) => of('claude-x', bytes.toString('base64'));
  const changed = (base64: string, at: number, ...values: number[]): Buffer => {
    const bytes = Buffer.from(base64, 'base64');
    bytes.set(values, at);
    return bytes;
  };

  test.each([
    ['a PNG without its header', changed(png(5, 5), 12, 0x41)],
    ['a PNG without its mark', changed(png(5, 5), 0, 0x41)],
    ['a WebP without its mark', changed(webp(5, 5), 0, 0x41)],
    ['a JPEG without its mark', changed(jpeg(5, 5), 0, 0x41)],
    ['a PNG of no width', changed(png(5, 5), 16, 0, 0, 0, 0)],
    ['a PNG of no height', changed(png(5, 5), 20, 0, 0, 0, 0)],
    ['a file of 23 bytes', Buffer.from(png(5, 5), 'base64').subarray(0, 23)],
    ['a GIF that has no picture', changed(gif(5, 5), 19, 0x3b)],
    ['a RIFF that is no picture', changed(webp(5, 5), 8, 0x41)],
    ['a WebP of another kind', changed(webp(5, 5), 15, 0x41)],
    ['a WebP that is too short', Buffer.from(webp(5, 5), 'base64').subarray(0, 29)],
    ['a JPEG with a broken segment', changed(jpeg(5, 5, 40), 2, 0x00)],
    ['a JPEG that ends before its frame', Buffer.from(jpeg(5, 5, 90_000), 'base64').subarray(0, 60_000)],
  ])('R15 %s has none', (_what, bytes) => {
    expect(sized(bytes)).toBe(unknown);
  });

  test('R15 24 bytes of a PNG are enough', () => {
    expect(sized(Buffer.from(png(5, 5), 'base64').subarray(0, 24))).toBe(of('claude-x', png(5, 5)));
  });

  test('R15 so many parts of a picture are looked at, and no more', () => {
    const known = of('claude-x', png(45, 57));
    const head = Buffer.from(gif(20, 30), 'base64').subarray(0, 13);
    head[10] = 0;
    const frame = Buffer.from([0x2c, 5, 0, 7, 0, 40, 0, 50, 0, 0]);
    const extensions = (count: number) =>
      Buffer.concat([head, Buffer.alloc(3 * count, Buffer.from([0x21, 0xfe, 0])), frame, Buffer.alloc(20)]);
    expect([sized(extensions(255)), sized(extensions(256))]).toEqual([known, unknown]);
    const blocks = (count: number) =>
      Buffer.concat([
        head,
        Buffer.from([0x21, 0xfe]),
        Buffer.alloc(2 * count, Buffer.from([1, 9])),
        Buffer.from([0]),
        frame,
        Buffer.alloc(20),
      ]);
    expect([sized(blocks(255)), sized(blocks(256))]).toEqual([known, unknown]);
    const picture = Buffer.from(jpeg(45, 57), 'base64');
    const filled = (count: number) => Buffer.concat([picture.subarray(0, 2), Buffer.alloc(count, 0xff), picture.subarray(2)]);
    expect([sized(filled(254)), sized(filled(255))]).toEqual([known, unknown]);
  });

  test('R15 the three kinds of WebP', () => {
    const head = (kind: string, fill: (bytes: Buffer) => void): Buffer => {
      const bytes = Buffer.alloc(40);
      bytes.write('RIFF', 0, 'latin1');
      bytes.write(`WEBP${kind}`, 8, 'latin1');
      fill(bytes);
      return bytes;
    };
    const tokens = (width: number, height: number) => of('claude-x', png(width, height));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_500 }), fc.integer({ min: 1, max: 1_500 }), (width, height) => {
        const extended = head('VP8X', (bytes) => {
          bytes.writeUIntLE(width - 1, 24, 3);
          bytes.writeUIntLE(height - 1, 27, 3);
        });
        const lossless = head('VP8L', (bytes) => bytes.writeUInt32LE(((width - 1) | ((height - 1) << 14)) >>> 0, 21));
        const lossy = head('VP8 ', (bytes) => {
          bytes.writeUInt16LE(width | 0x4000, 26);
          bytes.writeUInt16LE(height | 0x8000, 28);
        });
        for (const bytes of [extended, lossless, lossy]) expect(sized(bytes)).toBe(tokens(width, height));
      }),
    );
  });

  test('R15 every frame of JPEG, and no table, says a size', () => {
    const markers = Array.from({ length: 16 }, (_unused, index) => 0xc0 + index);
    for (const marker of markers) {
      const isTable = [0xc4, 0xc8, 0xcc].includes(marker);
      const bytes = Buffer.from(jpeg(30, 60), 'base64');
      bytes[3] = marker;
      expect([marker, sized(bytes) === of('claude-x', png(30, 60))]).toEqual([marker, !isTable]);
    }
    const early = Buffer.from(jpeg(30, 60), 'base64');
    early[3] = 0x90;
    expect(sized(early)).toBe(unknown);
    // Bytes may be filled before a marker.
    const filled = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xff]), Buffer.from(jpeg(30, 60), 'base64').subarray(2)]);
    expect(sized(filled)).toBe(of('claude-x', png(30, 60)));
  });

  test('R15 a GIF with a table of colours of any size, or none', () => {
    for (const [flags, bytes] of [
      [0x00, 0],
      [0x80, 6],
      [0x81, 12],
      [0x87, 768],
    ] as const) {
      const head = Buffer.from(gif(20, 30), 'base64').subarray(0, 13);
      head[10] = flags;
      const frame = Buffer.from([0x2c, 5, 0, 7, 0, 40, 0, 50, 0, 0]);
      const made = Buffer.concat([head, Buffer.alloc(bytes), Buffer.from([0x21, 0xfe, 2, 1, 1, 1, 9, 0]), frame, Buffer.alloc(20)]);
      expect(sized(made)).toBe(of('claude-x', png(45, 57)));
    }
  });
});
