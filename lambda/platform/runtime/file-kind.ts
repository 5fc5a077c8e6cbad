import { Base64Bytes } from './base64-bytes';

/** What bytes are, whatever is said of them. `video` where they may hold sound or film. */
export type FileKind = 'image' | 'document' | 'audio' | 'video' | 'text';

/** Readers of PDF take its mark anywhere in as many first bytes. */
const LOOKED_AT_BYTES = 1_024;
const PICTURE_BRANDS = /^(?:hei[cxms]|hev[cxm]|mif1|msf1|avi[fs])$/;
/** Beginnings, as Latin-1. First match wins. */
const BEGINNINGS: readonly (readonly [string, FileKind])[] = [
  ['\x89PNG', 'image'],
  ['\xff\xd8\xff', 'image'],
  ['GIF8', 'image'],
  ['BM', 'image'],
  ['II*\0', 'image'],
  ['MM\0*', 'image'],
  ['fLaC', 'audio'],
  ['ID3', 'audio'],
  ['#!AMR', 'audio'],
  ['FORM', 'audio'],
  ['OggS', 'video'],
  ['\x1aE\xdf\xa3', 'video'],
  ['\0\0\x01\xba', 'video'],
  ['\0\0\x01\xb3', 'video'],
  ['FLV\x01', 'video'],
  ['0&\xb2u', 'video'],
];
const CONTAINERS: Readonly<Record<string, FileKind>> = { WAVE: 'audio', WEBP: 'image', 'AVI ': 'video' };

/** Undefined for what no known mark begins, archives and office files among them. */
export function fileKind(base64: string): FileKind | undefined {
  const bytes = new Base64Bytes(base64).slice(0, LOOKED_AT_BYTES);
  const head = bytes.toString('latin1');
  if (head.includes('%PDF')) return 'document';
  const known = BEGINNINGS.find(([mark]) => head.startsWith(mark))?.[1];
  if (known !== undefined) return known;
  if (head.startsWith('RIFF')) return CONTAINERS[head.slice(8, 12)];
  if (head.slice(4, 8) === 'ftyp') return PICTURE_BRANDS.test(head.slice(8, 12)) ? 'image' : 'video';
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return 'audio';
  return isText(bytes) ? 'text' : undefined;
}

/** UTF-8 without control bytes, the last character perhaps cut. */
function isText(bytes: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no text holds
  return bytes.length > 0 && !/[\0-\x08\x0b\x0e-\x1f\x7f]|\ufffd(?!.{0,2}$)/s.test(bytes.toString('utf8'));
}
