import { hashOf } from '../../routing';
import type { RoutedCall } from '../before/call';

/** Characters of a text that are read at its beginning and at its end: what tells conversations apart stands there. */
const READ_CHARACTERS = 2_048;
const MOST_TEXTS = 32;

/** Names the conversation that a call belongs to, by what all its calls begin with; undefined where it belongs to none. */
export function conversationOf({
  dialect,
  document,
  operation,
}: Pick<RoutedCall, 'dialect' | 'document' | 'operation'>): number | undefined {
  if (!operation.generates) return undefined;
  const texts = dialect.opening?.(document.value);
  if (texts === undefined || texts.length === 0) return undefined;
  let hash = hashOf('');
  for (const text of texts.slice(0, MOST_TEXTS)) {
    hash = hashOf(`${text.length}:`, hash);
    hash =
      text.length <= 2 * READ_CHARACTERS
        ? hashOf(text, hash)
        : hashOf(text.slice(-READ_CHARACTERS), hashOf(text.slice(0, READ_CHARACTERS), hash));
  }
  return hash;
}
