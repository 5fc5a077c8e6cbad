/**
 * A name as readers in any case take it: two names that some reader takes for one have one fold. Covers Unicode's simple case folding,
 * by which Go's `encoding/json` finds fields (`max_token\u017f`, `to\u212aens`), and the upper and lower case of other languages
 * (`\u0131nput`, `\u0130nput`, `\ufb01le`).
 *
 * @see https://www.unicode.org/Public/UCD/latest/ucd/CaseFolding.txt
 */
export function foldCase(name: string): string {
  return isPlainName(name) ? name : name.toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}

/** Whether a name is made of small letters, digits and underscores, as wire formats spell theirs. */
function isPlainName(name: string): boolean {
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if ((code < 0x61 || code > 0x7a) && (code < 0x30 || code > 0x39) && code !== 0x5f) return false;
  }
  return true;
}
