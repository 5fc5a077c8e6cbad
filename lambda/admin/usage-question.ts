import { isDimension, PLAIN_DIMENSIONS } from '../money/rollup';
import { invalidRequest } from '../platform/error';
import { utcDay } from '../platform/runtime';
import { type DaySpan, readSpan } from './days';
import type { Schema } from './schema';

/** Times that usage is grouped by, with how much of an hour such as `2026-11-24T12` each is. */
export const TIMES: Readonly<Record<string, number>> = { month: 7, day: 10, hour: 13 };

/** What one call asks of the usage. */
export interface UsageQuestion {
  readonly span: DaySpan;
  /** Times and dimensions, in the order of the answer. */
  readonly groupBy: readonly string[];
  /** Values that a row must have, by dimension. */
  readonly wanted: readonly (readonly [dimension: string, value: string])[];
  /** The end of the month is forecast, too. */
  readonly forecast: boolean;
}

/** Query parameters that narrow the answer, and the dimension that each is of. */
const FILTERS: Readonly<Record<string, string>> = {
  team_id: 'team',
  project_id: 'project',
  user_id: 'user',
  key_id: 'key',
  alias: 'alias',
  provider: 'provider',
  model: 'model',
  region: 'region',
  outcome: 'outcome',
  level: 'level',
  end_user: 'end_user',
};
/** Likewise, of dimensions that have names: `tag=colour=blue`. */
const NAMED_FILTERS = ['tag', 'label'] as const;
const MOST_GROUPS = 8;
const VALUE: Schema = { type: 'string', minLength: 1, maxLength: 256 };

export const FILTER_QUERY: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(Object.keys(FILTERS).map((name) => [name, { ...VALUE, description: `Only what has this ${FILTERS[name]}.` }])),
  tag: {
    ...VALUE,
    pattern: '^[^=]+=.+$',
    description: 'Only what has this tag, `name=value`; a label of the caller counts where no tag of that name binds.',
  },
  label: { ...VALUE, pattern: '^[^=]+=.+$', description: 'Only what the caller labelled so, `name=value`.' },
};

/** @throws GatewayError 400 for an unknown dimension, and for a forecast that makes no sense */
export function readQuestion(query: URLSearchParams, now: number): UsageQuestion {
  const firstOfMonth = `${utcDay(now).slice(0, 7)}-01`;
  const span = readSpan(query, now, firstOfMonth);
  const groupBy = readGroupBy(query.get('group_by'));
  const forecast = query.get('forecast') === 'true';
  if (forecast && (span.start !== firstOfMonth || span.end < utcDay(now) || groupBy.some(isTime))) {
    const message = 'forecast tells how much the running month will come to: leave out start and end, and day, hour and month of group_by.';
    throw invalidRequest('forecast', message);
  }
  return { span, groupBy, wanted: readWanted(query), forecast };
}

export function isTime(name: string): boolean {
  return Object.hasOwn(TIMES, name);
}

function readGroupBy(text: string | null): readonly string[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === '') return [];
  for (const name of names) {
    if (isTime(name) || (isDimension(name) && /^[A-Za-z0-9_.:/-]{1,70}$/.test(name))) continue;
    const known = [...Object.keys(TIMES), ...PLAIN_DIMENSIONS].join(', ');
    throw invalidRequest('group_by', `group_by takes ${known}, tag:NAME or label:NAME, not ${JSON.stringify(name)}.`);
  }
  const groupBy = [...new Set(names)];
  if (groupBy.length > MOST_GROUPS) throw invalidRequest('group_by', `group_by takes ${MOST_GROUPS} names at most.`);
  return groupBy;
}

function readWanted(query: URLSearchParams): UsageQuestion['wanted'] {
  const plain = Object.entries(FILTERS).map(([parameter, dimension]) => [dimension, query.get(parameter)] as const);
  const named = NAMED_FILTERS.map((kind) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(query.get(kind) ?? '') ?? [];
    return [`${kind}:${name}`, value ?? null] as const;
  });
  return [...plain, ...named].flatMap(([dimension, value]) => (value === null ? [] : [[dimension, value] as const]));
}
