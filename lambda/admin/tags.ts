import type { LevelRecord } from '../identity';
import { mayTag } from '../identity';
import type { Caller } from './caller';
import { forbidden } from './caller';

/**
 * Who a changed entry's tags belong to. A team's administrator sets those that the team may have, keeps what is there, and neither changes
 * nor takes away what the gateway's administrator set beyond them.
 *
 * @param before the entry as it is; absent: it is new
 * @param tags all that it is to have
 * @param allowed see `allowedTagsOf`
 * @throws GatewayError 403 that names the tag
 */
export function ownTags(
  caller: Caller,
  before: Pick<LevelRecord, 'tags' | 'teamTags'> | undefined,
  tags: Readonly<Record<string, string>> = {},
  allowed: readonly string[],
): Pick<LevelRecord, 'teamTags'> {
  if (caller.role === 'admin') return { teamTags: undefined };
  const had = before?.tags ?? {};
  const teams = before?.teamTags ?? [];
  for (const [name, value] of Object.entries(had)) {
    if (tags[name] !== value && !teams.includes(name) && !mayTag(allowed, name, value)) {
      throw forbidden(`The tag ${JSON.stringify(name)} was set by the role admin and is not this team's to change.`, `tags.${name}`);
    }
  }
  const changed = Object.entries(tags).filter(([name, value]) => !Object.hasOwn(had, name) || had[name] !== value);
  for (const [name, value] of changed) {
    if (!mayTag(allowed, name, value)) throw forbidden(notAllowed(name, value, allowed), `tags.${name}`);
  }
  const own = Object.keys(tags).filter((name) => teams.includes(name) || changed.some(([other]) => other === name));
  return { teamTags: own.length === 0 ? undefined : own };
}

function notAllowed(name: string, value: string, allowed: readonly string[]): string {
  const choices = allowed.length === 0 ? 'no tag' : `only ${allowed.join(', ')}`;
  return `The tag ${JSON.stringify(`${name}=${value}`)} is not one that this team may set; it may set ${choices}. The role admin changes that with allowed_tags.`;
}
