/** Longer than any scheme that a server knows, so that pictures are not looked through. */
const LOOKED_AT = 256;
/** Shorter than any recording; longer than the name of a host. */
const LEAST_BASE64 = 64;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
/** What nobody writes at the beginning of a text but to name a place; after an upper layer (`git+`, `simplecache::`) as well. */
const PLACE =
  /^(?:[a-z][a-z0-9.-]*(?:\+|::))?(?:(?:https?|ftp|wss?|file):|(?:s3[an]?|gc?s|hf|az|adl|abfss?|wasbs?|hdfs|ftps|sftp|smb|ssh|git|gopher|ldaps?|dict|jar|ipfs|oci):[/\\])/i;

/**
 * Whether a text that stands for media says where they are, as a reader of URLs takes it: by any scheme but `data:`, or by a host alone.
 * Base64 has no colon and no backslash. What it may have, two slashes in front, is a host unless base64 is due.
 *
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser
 */
export function isReference(text: string, mayBeBase64: boolean): boolean {
  const head = headOf(text);
  const scheme = SCHEME.exec(head)?.[1];
  if (scheme !== undefined) return scheme.toLowerCase() !== 'data';
  return /^[/\\]{2}/.test(head) && !(mayBeBase64 && isBase64(head));
}

/** The same of a text that may as well be prose (`Note: ...`), or code that begins with a comment. */
export function isPlainReference(text: string): boolean {
  const head = headOf(text);
  return PLACE.test(head) || (/^\s*[/\\]{2}\w\S*\s*$/.test(text) && !isBase64(head));
}

/**
 * The first characters that count. Readers of URLs drop tabs and line breaks anywhere and control characters and spaces in front, what
 * trims drops other spaces too, and some take off marks around a URL, as Python's `urllib` does with `<` and `>`.
 */
function headOf(text: string): string {
  let head = '';
  for (let at = 0; at < text.length && head.length < LOOKED_AT; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && (head !== '' || mayBegin(code))) head += text.charAt(at);
  }
  return head;
}

/** A letter, a digit, or a slash either way. */
function mayBegin(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x2f && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5c;
}

function isBase64(head: string): boolean {
  return head.length >= LEAST_BASE64 && /^[a-z0-9+/=]+$/i.test(head);
}
