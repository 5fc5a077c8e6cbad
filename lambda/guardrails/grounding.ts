import type { RequestText, TextPlace } from '../wire/texts';
import type { Grounding, ManagedRule } from './managed';

/** What AWS takes. @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html */
const MOST_SOURCE_CHARACTERS = 100_000;
const MOST_QUERY_CHARACTERS = 1_000;

export function isGrounded({ rule }: ManagedRule): boolean {
  return rule.bedrock?.grounding === true;
}

/**
 * What an answer is held against: the documents and results of tools in its prompt, its instructions where it has neither, and what its user
 * said last; the ends of what is too long. Undefined where a prompt asks nothing, or has nothing to hold an answer against.
 */
export function groundingOf(texts: readonly RequestText[]): Grounding | undefined {
  const saidAt = (...places: TextPlace[]) => texts.filter(({ place }) => places.includes(place));
  const told = saidAt('document', 'result');
  const source = endOf(told.length > 0 ? told : saidAt('system'), MOST_SOURCE_CHARACTERS);
  const users = saidAt('user');
  const last = messageOf(users.at(-1)?.path ?? '');
  const query = endOf(
    users.filter(({ path }) => messageOf(path) === last),
    MOST_QUERY_CHARACTERS,
  );
  return source === '' || query === '' ? undefined : { source, query };
}

/** `messages[3]` of `messages[3].content[0].text`. */
function messageOf(path: string): string {
  return path.slice(0, path.indexOf(']') + 1);
}

function endOf(texts: readonly RequestText[], most: number): string {
  return texts
    .map(({ text }) => text)
    .join('\n\n')
    .slice(-most)
    .trim();
}
