import { createHash } from 'node:crypto';

/**
 * An id of a tool call in the characters and length that a provider takes. Ids that fit are left alone; the others are
 * replaced by a name derived from them, so that a call and its result still meet.
 */
export function fitToolId(id: string, maxLength: number): string {
  if (id.length > 0 && id.length <= maxLength && /^[A-Za-z0-9_-]+$/.test(id)) return id;
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}

/** An id for a call that its provider gave none, unique within the conversation as far as the answer's own id is. */
export function madeToolId(answerId: string | undefined, choice: number, call: number): string {
  return `call_${createHash('sha256')
    .update(`${answerId ?? ''}/${choice}/${call}`)
    .digest('hex')
    .slice(0, 24)}`;
}

/** Nine letters and digits, which is all that Mistral takes. */
export function mistralToolId(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}

/**
 * Gives ids of which each is given once: the asked one, or where that is taken the same with a number.
 *
 * @param used those that were given before
 * @param reserved those that are given only where they are asked for
 */
export function idGiver(used: Set<string>, reserved?: ReadonlySet<string>): (id: string) => string {
  const counts = new Map<string, number>();
  return (id) => {
    let given = id;
    let count = counts.get(id) ?? 1;
    while (used.has(given) || (given !== id && reserved?.has(given) === true)) {
      count += 1;
      given = `${id}_${count}`;
    }
    counts.set(id, count);
    used.add(given);
    return given;
  };
}
