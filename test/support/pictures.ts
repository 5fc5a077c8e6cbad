/** The smallest files that say a size: headers alone, which is all that a bound may look at. */

function base64(...parts: readonly (Buffer | number[] | string)[]): string {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part as Buffer))),
  ).toString('base64');
}

function bigEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function littleEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

/** A whole picture of one pixel: 70 bytes. */
export const PIXEL_PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function png(width: number, height: number, padding = 64): string {
  return base64(
    '\x89PNG\r\n\x1a\n',
    bigEndian(13, 4),
    'IHDR',
    bigEndian(width, 4),
    bigEndian(height, 4),
    [8, 6, 0, 0, 0],
    Buffer.alloc(padding),
  );
}

/** @param before bytes of metadata that stand before the frame's header */
export function jpeg(width: number, height: number, before = 0): string {
  const segments: Buffer[] = [];
  for (let left = before; left > 0; left -= 60_000) {
    const length = Math.min(left, 60_000);
    segments.push(Buffer.concat([Buffer.from([0xff, 0xe1]), bigEndian(length + 2, 2), Buffer.alloc(length, 0xc0)]));
  }
  const frame = Buffer.concat([Buffer.from([0xff, 0xc2]), bigEndian(17, 2), Buffer.from([8]), bigEndian(height, 2), bigEndian(width, 2)]);
  return base64([0xff, 0xd8], ...segments, frame, Buffer.alloc(32));
}

/** @param frame size of the first picture, which may be larger than the screen */
export function gif(width: number, height: number, frame: readonly [number, number] = [width, height]): string {
  const extension = [0x21, 0xf9, 4, 0, 0x2c, 0x21, 0, 0];
  const picture = Buffer.concat([Buffer.from([0x2c, 0, 0, 0, 0]), littleEndian(frame[0], 2), littleEndian(frame[1], 2)]);
  return base64(
    'GIF89a',
    littleEndian(width, 2),
    littleEndian(height, 2),
    [0x80, 0, 0],
    Buffer.alloc(6),
    extension,
    picture,
    Buffer.alloc(16),
  );
}

export function webp(width: number, height: number): string {
  return base64(
    'RIFF',
    Buffer.alloc(4),
    'WEBPVP8X',
    Buffer.alloc(8),
    littleEndian(width - 1, 3),
    littleEndian(height - 1, 3),
    Buffer.alloc(8),
  );
}

/** A plain recording: 16 bits, one channel. */
export function wav(seconds: number, hertz = 16_000): string {
  const bytes = seconds * hertz * 2;
  return base64(
    'RIFF',
    littleEndian(36 + bytes, 4),
    'WAVEfmt ',
    littleEndian(16, 4),
    littleEndian(1, 2),
    littleEndian(1, 2),
    littleEndian(hertz, 4),
    littleEndian(hertz * 2, 4),
    littleEndian(2, 2),
    littleEndian(16, 2),
    'data',
    littleEndian(bytes, 4),
    Buffer.alloc(bytes),
  );
}
