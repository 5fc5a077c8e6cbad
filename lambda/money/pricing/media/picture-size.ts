import { Base64Bytes } from '../../../platform/runtime';

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Segments of a JPEG or blocks of a GIF that are looked at; a picture that has more before its size has none that we know. */
const MOST_PARTS = 256;

/** What a picture's own header says of its size; undefined for other formats, and for what is damaged. */
export function pictureSize(base64: string): PictureSize | undefined {
  const bytes = new Base64Bytes(base64);
  const size = sizeIn(bytes);
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

function sizeIn(bytes: Base64Bytes): PictureSize | undefined {
  const head = bytes.slice(0, 30);
  if (head.length < 24) return undefined;
  const magic = head.toString('latin1', 0, 4);
  if (magic === '\x89PNG' && head.toString('latin1', 12, 16) === 'IHDR') {
    const size = { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
    return hasSecondHeader(bytes) ? undefined : size;
  }
  if (magic === 'GIF8') return gifSize(bytes, head);
  if (magic === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP' && head.length === 30) return webpSize(head);
  return head.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined;
}

/** Whether a PNG says its size again before its picture: some readers take the last word for it. */
function hasSecondHeader(bytes: Base64Bytes): boolean {
  let at = 8 + 25;
  for (let part = 0; part < MOST_PARTS; part++) {
    const chunk = bytes.slice(at, 8);
    const name = chunk.toString('latin1', 4, 8);
    if (name === 'IHDR') return true;
    if (name === 'IDAT' || !/^[A-Za-z]{4}$/.test(name)) return false;
    at += 12 + chunk.readUInt32BE(0);
  }
  return true;
}

/** The screen, or the first frame where it is larger. @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function gifSize(bytes: Base64Bytes, head: Buffer): PictureSize | undefined {
  const screen = { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  let at = 13 + colours(head.readUInt8(10));
  for (let part = 0; part < MOST_PARTS; part++) {
    const block = bytes.slice(at, 10);
    if (block[0] === 0x2c && block.length === 10) {
      return {
        width: Math.max(screen.width, block.readUInt16LE(1) + block.readUInt16LE(5)),
        height: Math.max(screen.height, block.readUInt16LE(3) + block.readUInt16LE(7)),
      };
    }
    if (block[0] !== 0x21) return undefined;
    at = afterBlocks(bytes, at + 2);
  }
  return undefined;
}

/** Where an extension ends: with an empty block. */
function afterBlocks(bytes: Base64Bytes, from: number): number {
  let at = from;
  for (let part = 0; part < MOST_PARTS; part++) {
    const [length] = bytes.slice(at, 1);
    if (length === undefined) break;
    at += 1 + length;
    if (length === 0) return at;
  }
  return bytes.length;
}

function colours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function webpSize(head: Buffer): PictureSize | undefined {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    default:
      return undefined;
  }
}

/**
 * The size stands in the frame's header, after segments of any length. A second such header is the last word for some readers.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
function jpegSize(bytes: Base64Bytes): PictureSize | undefined {
  let size: PictureSize | undefined;
  let at = 2;
  for (let part = 0; part < MOST_PARTS; part++) {
    const segment = bytes.slice(at, 9);
    const marker = segment[0] === 0xff ? segment[1] : undefined;
    if (marker === undefined) return size !== undefined && !hasFrame(bytes, at) ? size : undefined;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN) return size;
    if (isFrame(marker)) {
      if (size !== undefined || segment.length < 9) return undefined;
      size = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
    }
    if (segment.length < 4) return undefined;
    at += 2 + segment.readUInt16BE(2);
  }
  return undefined;
}

const START_OF_SCAN = 0xda;
/** Damage that is looked through; readers skip it. */
const MOST_DAMAGED_BYTES = 65_536;

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Whether another frame may begin somewhere behind what is no segment. */
function hasFrame(bytes: Base64Bytes, from: number): boolean {
  if (bytes.length - from > MOST_DAMAGED_BYTES) return true;
  const rest = bytes.slice(from, MOST_DAMAGED_BYTES);
  return rest.some((byte, index) => byte === 0xff && isFrame(rest[index + 1] ?? 0));
}
