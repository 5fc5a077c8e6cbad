import { matchesGlob } from '../platform/runtime';
import type { LevelRecord } from './entities';

type Tags = Readonly<Record<string, string>>;

/**
 * The tags that administrators of a team may set, as `name=value` with `*` in the value: what the team's own row says, else what the
 * gateway's says, else none.
 */
export function allowedTagsOf(gateway: Pick<LevelRecord, 'allowedTags'> | undefined, team: Pick<LevelRecord, 'allowedTags'> | undefined) {
  return team?.allowedTags ?? gateway?.allowedTags ?? [];
}

export function mayTag(allowed: readonly string[], name: string, value: string): boolean {
  return allowed.some((tag) => {
    const at = tag.indexOf('=');
    return tag.slice(0, at) === name && matchesGlob(tag.slice(at + 1), value);
  });
}

/** A level's tags that count: those that an administrator of the gateway set, and of the team's own making those that it may set today. */
export function countingTags({ tags = {}, teamTags = [] }: Pick<LevelRecord, 'tags' | 'teamTags'>, allowed: readonly string[]): Tags {
  if (teamTags.length === 0) return tags;
  return Object.fromEntries(Object.entries(tags).filter(([name, value]) => !teamTags.includes(name) || mayTag(allowed, name, value)));
}
