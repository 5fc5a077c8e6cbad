import { Base64Bytes } from './bytes';

/** Bytes of a second of MP3 at its lowest rate, 8 kbit/s. */
const MP3_SECOND_BYTES = 1_000;
/** Bytes of a second of speech in the tightest codecs. */
const TIGHTEST_SECOND_BYTES = 250;
const WAV_HEADER_BYTES = 44;
const PCM_FORMATS = new Set([1, 3]);

/** How long a recording can be at most, in seconds: by its own rate where it is a plain WAV file. */
export function recordingSeconds(base64: string): number {
  const bytes = new Base64Bytes(base64);
  return Math.ceil(bytes.length / secondBytes(bytes));
}

function secondBytes(bytes: Base64Bytes): number {
  const head = bytes.slice(0, WAV_HEADER_BYTES);
  if (head.length < WAV_HEADER_BYTES) return TIGHTEST_SECOND_BYTES;
  if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 16) === 'WAVEfmt ') {
    // The rate of bytes is a field of its own that nobody has to believe; samples and their size say it.
    const rate = head.readUInt32LE(24) * head.readUInt16LE(32);
    return PCM_FORMATS.has(head.readUInt16LE(20)) && rate > 0 ? rate : TIGHTEST_SECOND_BYTES;
  }
  const isMp3 = head.toString('latin1', 0, 3) === 'ID3' || (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0);
  return isMp3 ? MP3_SECOND_BYTES : TIGHTEST_SECOND_BYTES;
}
