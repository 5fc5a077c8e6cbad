import type { LevelRecord } from './entities';
import type { KeptRows } from './rows';
import { allowedTagsOf, countingTags } from './tags';

/** Lists of model patterns, each narrowing the one before; a level without a list allows what its parent allows. */
export type ModelPolicy = readonly (readonly string[])[];

/** What a key and the levels above it say about models. */
export function modelPolicy(rows: KeptRows): ModelPolicy {
  const lists: (readonly string[])[] = [];
  for (const { models } of levelsOf(rows)) if (models !== undefined) lists.push(models);
  return lists;
}

/** A key and the levels above it that there are, the widest first. */
export function levelsOf({ gateway, team, project, user, key }: KeptRows): readonly LevelRecord[] {
  const levels: LevelRecord[] = [];
  for (const level of [gateway, team, project, user, key]) if (level !== undefined) levels.push(level);
  return levels;
}

/**
 * The tags that bind a key's calls: of its own and of those of the levels above it all that count. Of two values of one tag the wider
 * level's holds, so that nobody takes a key out of a budget that its team is under by changing the key.
 */
export function tagsOf(rows: KeptRows): Tags {
  let tags = known.get(rows);
  if (tags === undefined) {
    tags = countingIn(rows);
    known.set(rows, tags);
  }
  return tags;
}

type Tags = Readonly<Record<string, string>>;

/** Rows are kept as long as they hold, and so is what follows from them. */
const known = new WeakMap<KeptRows, Tags>();

function countingIn({ gateway, team, project, user, key }: KeptRows): Tags {
  const allowed = allowedTagsOf(gateway, team);
  const tags: Record<string, string> = {};
  for (const level of [key, user, project, team]) if (level !== undefined) Object.assign(tags, countingTags(level, allowed));
  return tags;
}
