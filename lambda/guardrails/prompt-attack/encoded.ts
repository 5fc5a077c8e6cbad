/** Shorter ones say nothing. */
const BASE64 = /[A-Za-z0-9+/_-]{20,4096}/g;
const HEXADECIMAL = /^(?:[0-9A-Fa-f]{2})+$/;
const PERCENT = /(?:%[0-9A-Fa-f]{2}){1,1024}/g;
/** Of what is decoded, so much at least must be letters and spaces. */
const LEAST_READABLE = 0.85;
const READABLE = /[A-Za-z ,.'!?:\n-]/g;
const LEAST_LENGTH = 12;
const MOST_ENCODED = 256;

/** Texts that stand in another one as base64, as hexadecimal digits, or with percent signs; a bounded number of them. */
export function encodedTexts(text: string): readonly string[] {
  const texts: string[] = [];
  for (const [found] of text.matchAll(BASE64)) {
    const decoded = Buffer.from(found, HEXADECIMAL.test(found) ? 'hex' : 'base64').toString('utf8');
    if (isReadable(decoded)) texts.push(decoded);
    if (texts.length === MOST_ENCODED) break;
  }
  const decoded = text.includes('%') ? text.replace(PERCENT, decodedPercent) : text;
  return decoded === text ? texts : [...texts, decoded];
}

function decodedPercent(escapes: string): string {
  return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8');
}

function isReadable(text: string): boolean {
  return text.length >= LEAST_LENGTH && text.includes(' ') && (text.match(READABLE)?.length ?? 0) >= text.length * LEAST_READABLE;
}
