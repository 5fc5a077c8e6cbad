import { Base64Bytes } from '../../../platform/runtime';

/** Bytes of a second of MP3 at its lowest rate, 8 kbit/s. */
const MP3_SECOND_BYTES = 1_000;
/** No container of sound has so few. */
const LEAST_BYTES = 16;
const PCM_FORMATS = new Set([1, 3]);
const LEAST_HERTZ = 4_000;
const MOST_HERTZ = 192_000;
const MOST_CHANNELS = 16;
/** Chunks of a WAV file that are looked at before its sound. */
const MOST_CHUNKS = 32;
const MOST_PADDING_BYTES = 65_536;

/**
 * How long a recording can be at most, in seconds. Undefined where its bytes do not bound it: in FLAC, Opus, AAC and films, silence of hours
 * takes next to nothing.
 */
export function recordingSeconds(base64: string): number | undefined {
  const bytes = new Base64Bytes(base64);
  const rate = bytes.length < LEAST_BYTES ? MP3_SECOND_BYTES : (wavSecondBytes(bytes) ?? mp3SecondBytes(bytes));
  return rate === undefined ? undefined : Math.ceil(bytes.length / rate);
}

/** Of plain samples, by their own number and size; the rate of bytes is a field that nobody has to believe. */
function wavSecondBytes(bytes: Base64Bytes): number | undefined {
  if (bytes.ascii(0, 4) !== 'RIFF' || bytes.ascii(8, 8) !== 'WAVEfmt ') return undefined;
  const head = bytes.slice(16, 20);
  if (head.length < 20 || !PCM_FORMATS.has(head.readUInt16LE(4))) return undefined;
  const [channels, hertz, frame, bits] = [head.readUInt16LE(6), head.readUInt32LE(8), head.readUInt16LE(16), head.readUInt16LE(18)];
  const isSane = channels >= 1 && channels <= MOST_CHANNELS && hertz >= LEAST_HERTZ && hertz <= MOST_HERTZ;
  if (!isSane || bits < 8 || frame !== (channels * bits) / 8) return undefined;
  return soundFollows(bytes, 20 + head.readUInt32LE(0)) ? hertz * frame : undefined;
}

/** Whether no second format stands before the sound. */
function soundFollows(bytes: Base64Bytes, from: number): boolean {
  let at = from;
  for (let chunk = 0; chunk < MOST_CHUNKS; chunk++) {
    const head = bytes.slice(at, 8);
    const name = head.toString('latin1', 0, 4);
    if (name === 'data') return true;
    if (head.length < 8 || name === 'fmt ') return false;
    const length = head.readUInt32LE(4);
    at += 8 + length + (length % 2);
  }
  return false;
}

function mp3SecondBytes(bytes: Base64Bytes): number | undefined {
  const tag = bytes.slice(0, 10);
  const isTagged = tag.toString('latin1', 0, 3) === 'ID3';
  const start = isTagged ? pastPadding(bytes, 10 + tagLength(tag)) : 0;
  // The length is without its padding, of two characters at most.
  const isOver = isTagged && start + 2 >= bytes.length;
  return isOver || isMp3Frame(bytes.slice(start, 4)) ? MP3_SECOND_BYTES : undefined;
}

/** Seven bits of each byte. @see https://id3.org/id3v2.4.0-structure */
function tagLength(tag: Buffer): number {
  return [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((tag[at] ?? 0) & 0x7f), 0);
}

function pastPadding(bytes: Base64Bytes, from: number): number {
  const padding = bytes.slice(from, MOST_PADDING_BYTES);
  const end = padding.findIndex((byte) => byte !== 0);
  return from + (end < 0 ? padding.length : end);
}

/** A frame of a fixed rate: other layers and free rates may be slower. */
function isMp3Frame(frame: Buffer): boolean {
  if (frame.length < 4 || frame[0] !== 0xff) return false;
  const [version, layer] = [((frame[1] as number) >> 3) & 3, ((frame[1] as number) >> 1) & 3];
  const [rate, hertz] = [(frame[2] as number) >> 4, ((frame[2] as number) >> 2) & 3];
  return ((frame[1] as number) & 0xe0) === 0xe0 && version !== 1 && layer !== 0 && rate !== 0 && rate !== 15 && hertz !== 3;
}
