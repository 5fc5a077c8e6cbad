import { CONTENT_LEVELS, type ContentLevel, type ContentLogConfig } from '../../../lib/private/contract';
import { type KeptRows, levelsOf, tagsOf } from '../../identity';
import { GatewayError, invalidRequest } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import { headerText } from '../before/headers';

/** What is kept of one exchange's contents, and whom they are about. */
export interface ContentWish {
  readonly level: Exclude<ContentLevel, 'off'>;
  readonly rows: KeptRows;
}

const HEADER = 'x-gateway-log';

/**
 * What is kept of a caller's contents: what the nearest of its levels says, what it asks for itself within what it may, and never more than
 * the deployment lets anybody. Undefined: nothing.
 *
 * @throws GatewayError 400 for a header that says nothing known, 403 for what the caller may not ask for
 */
export function contentWish(
  config: ContentLogConfig,
  rows: KeptRows,
  headers: Exchange['headers'],
  moment: 'asked' | 'admitted' = 'asked',
): ContentWish | undefined {
  const said = levelsOf(rows).findLast(({ contentLog }) => contentLog !== undefined)?.contentLog;
  const given = least(said ?? config.level, config.most);
  const level = asked(config, given, headerText(headers, HEADER), moment);
  return level === 'off' ? undefined : { level, rows };
}

function asked(config: ContentLogConfig, given: ContentLevel, text: string | undefined, moment: 'asked' | 'admitted'): ContentLevel {
  if (text === undefined) return given;
  const wanted = CONTENT_LEVELS.find((level) => level === text);
  if (wanted === undefined) {
    throw invalidRequest(HEADER, `The header ${HEADER} must be one of ${CONTENT_LEVELS.join(', ')}.`, 'invalid_header');
  }
  const { callers } = config;
  const within = callers !== undefined && rank(wanted) >= rank(callers.least) && rank(wanted) <= rank(least(callers.most, config.most));
  if (wanted === given || within) return wanted;
  // It was allowed a moment ago, and money is set aside for it by now.
  if (moment === 'admitted') return given;
  const message = `This call is logged as '${given}', and the header ${HEADER} may not ask for '${wanted}'.`;
  throw new GatewayError({ code: 'permission_denied', message, param: HEADER });
}

function least(one: ContentLevel, other: ContentLevel): ContentLevel {
  return rank(one) <= rank(other) ? one : other;
}

function rank(level: ContentLevel): number {
  return CONTENT_LEVELS.indexOf(level);
}

/** Whom the caller says that it asks for. */
export interface SaidSubjects {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly endUser?: string | undefined;
}

/** Whom contents may have to be deleted for: the caller's key, its user, its tags, and whom it asked for. */
export function subjectsOf({ rows }: ContentWish, { labels = {}, endUser }: SaidSubjects) {
  const pairs = [...Object.entries(tagsOf(rows)), ...Object.entries(labels)];
  const tags = pairs.map(([name, value]) => ({ kind: 'tag' as const, value: `${name}=${value}` }));
  const { id, userId } = rows.key;
  return [
    { kind: 'key' as const, value: id },
    ...(userId === undefined ? [] : [{ kind: 'user' as const, value: userId }]),
    ...(endUser === undefined ? [] : [{ kind: 'end_user' as const, value: endUser }]),
    ...tags,
  ];
}
