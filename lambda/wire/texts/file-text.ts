import { isUtf8 } from 'node:buffer';

/** The text of a file that a string holds, and the string for a file that says something else. */
export interface FileText {
  readonly text: string;
  written(text: string): string;
}

const DATA = /^data:([^,]{0,512}),/i;
const BASE64 = /^[A-Za-z0-9+/_=\s-]+$/;
/** Of a file, what tells whether it is text; a multiple of four, as base64 has it. */
const HEAD_CHARACTERS = 1_024;

/**
 * What a file in base64, or an address that carries one, says: undefined where its bytes are no text, such as a picture's. What says that it
 * carries text and is none is the text that stands there. Bytes that are said to be text are read as such: whoever gets them will do so, and like
 * all who decode base64 leave out what is none.
 */
export function textOfFile(value: string, saidToBeText = false): FileText | undefined {
  const header = DATA.exec(value)?.[0] ?? '';
  if (header !== '' && !/;\s*base64\s*,$/i.test(header)) return { text: value, written: (text) => text };
  if (!saidToBeText && !/^data:text\//i.test(header)) {
    const head = value.slice(header.length, header.length + HEAD_CHARACTERS);
    if (!BASE64.test(head) || encodingOf(Buffer.from(head, 'base64')) === undefined) return undefined;
  }
  const bytes = Buffer.from(value.slice(header.length), 'base64');
  if (bytes.length === 0) return undefined;
  const encoding = encodingOf(bytes) ?? (isUtf8(bytes) ? 'utf8' : 'latin1');
  return { text: bytes.toString(encoding), written: (text) => header + Buffer.from(text, encoding).toString('base64') };
}

/** What no text has: other control characters than line ends, tabs, form feeds and escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those it is about
const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** Undefined: no text. What is not UTF-8 and holds no byte that texts do not is read byte by byte, as in an old code page. */
function encodingOf(bytes: Buffer): 'utf8' | 'utf16le' | 'latin1' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf16le';
  const head = bytes.toString('latin1', 0, HEAD_CHARACTERS);
  if (CONTROL.test(head) || head.startsWith('%PDF-')) return undefined;
  return isUtf8(bytes) ? 'utf8' : 'latin1';
}
