/** Longer than any scheme that a server knows, so that pictures are not looked through. */
const LOOKED_AT = 256;
/** Shorter than any recording; longer than the name of a host. */
const LEAST_BASE64 = 64;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
/** What nobody writes at the beginning of a text but to name a place; after an upper layer (`git+`, `simplecache::`) as well. */
const PLACE =
  /^(?:[a-z][a-z0-9.-]*(?:\+|::))?(?:(?:https?|ftp|wss?|file):|(?:s3[an]?|gc?s|hf|az|adl|abfss?|wasbs?|hdfs|ftps|sftp|smb|ssh|git|gopher|ldaps?|dict|jar|ipfs|oci):[/\\])/i;

/** A path from the root, which may have no other letters than base64. Pictures begin with `/9j/`, recordings with `//uQ` and the like. */
const ROOTED = /^\/+(?:[a-z]{3,}\d{0,2}|Users|Volumes)\//;
/** What base64 never has, in one word with a slash: a path or a host, but for types of media. */
const DOTTED_PATH = /^(?!(?:image|audio|video|text|application|font|model)\/[\w.+-]*$)(?=[^\s,;]*\.)[^\s,;]*\/[^\s,;]*$/;

/**
 * Whether a text that stands for media says where they are: by a scheme, as readers of URLs take it, by a host alone or by a path. An address
 * is always one but for `data:`; elsewhere base64 may stand, which has no colon, no point and no backslash.
 *
 * @see https://url.spec.whatwg.org/#concept-basic-url-parser
 */
export function isReference(text: string, mayBeBase64: boolean): boolean {
  const head = headOf(text);
  const scheme = SCHEME.exec(head)?.[1];
  if (scheme !== undefined) return scheme.toLowerCase() !== 'data';
  if (!mayBeBase64) return head !== '';
  if (/^[/\\]/.test(head)) return ROOTED.test(head) || !isBase64(head);
  return text.length <= LOOKED_AT && DOTTED_PATH.test(head);
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
