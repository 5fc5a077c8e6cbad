import { createHmac } from 'node:crypto';
import type { SubjectKeys } from './ports';

/** What the trail says of an end user: the same for the same one, and of nobody any more once the key is destroyed. */
export type EndUserDigests = (endUser: string) => Promise<string>;

/** A process forgets keys after so long, so that none outlives its deletion by more. */
const REMEMBERED_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

/** Digests of end users, each by a key of its own. */
export function createEndUserDigests(keys: Pick<SubjectKeys, 'take'>, clock: { now(): number }): EndUserDigests {
  const remembered = new Map<string, { readonly key: Promise<Buffer>; readonly untilMs: number }>();

  function keyOf(endUser: string): Promise<Buffer> {
    const known = remembered.get(endUser);
    if (known !== undefined && clock.now() < known.untilMs) return known.key;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const key = keys.take(endUser);
    remembered.set(endUser, { key, untilMs: clock.now() + REMEMBERED_MS });
    key.catch(() => remembered.delete(endUser));
    return key;
  }

  return async (endUser) =>
    createHmac('sha256', await keyOf(endUser))
      .update(endUser)
      .digest('base64url');
}
