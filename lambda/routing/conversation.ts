import { hashOf } from './hash';

/** Characters of a text that are read at its beginning and at its end: what tells conversations apart stands there. */
const READ_CHARACTERS = 256;
const MOST_TEXTS = 32;

/** Names a conversation by the texts that all its calls begin with; undefined where there are none. */
export function conversationOf(texts: readonly string[]): number | undefined {
  if (texts.length === 0) return undefined;
  let hash = hashOf('');
  for (const text of texts.slice(0, MOST_TEXTS)) {
    hash = hashOf(`${text.length}:`, hash);
    const isShort = text.length <= 2 * READ_CHARACTERS;
    hash = isShort ? hashOf(text, hash) : hashOf(text.slice(-READ_CHARACTERS), hashOf(text.slice(0, READ_CHARACTERS), hash));
  }
  return hash;
}
