import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../../money/record';
import type { Schema } from '../schema';

const COUNT: Schema = { type: 'integer', minimum: 0 };
const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };

/** What may stand in `group_by`. */
export const DIMENSIONS = ['day', 'team', 'project', 'user', 'key', 'model', 'provider'] as const;

const GROUPS: Readonly<Record<string, Schema>> = Object.fromEntries(
  DIMENSIONS.map((dimension) => [
    dimension === 'day' || dimension === 'model' || dimension === 'provider' ? dimension : `${dimension}_id`,
    { type: ['string', 'null'] as const },
  ]),
);

const USAGE_ROW: Schema = {
  title: 'UsageRow',
  type: 'object',
  additionalProperties: false,
  properties: {
    ...GROUPS,
    tags: { type: 'object', additionalProperties: { type: ['string', 'null'] }, description: 'Values of the tags that were grouped by.' },
    requests: COUNT,
    errors: COUNT,
    estimated: { ...COUNT, description: 'Requests whose tokens are estimates of ours.' },
    ...Object.fromEntries(shown(USAGE_FIELDS, 'measure').map(({ api }) => [api, COUNT])),
    [RESULT_FIELDS.costNanoUsd.api]: USD,
  },
};

export const USAGE: Schema = {
  title: 'Usage',
  type: 'object',
  additionalProperties: false,
  required: ['data', 'next_cursor', 'start', 'end'],
  properties: {
    data: { type: 'array', items: USAGE_ROW },
    next_cursor: { type: 'null' },
    start: { type: 'string', description: 'First UTC day.' },
    end: { type: 'string', description: 'Last UTC day.' },
  },
};

const DAY: Schema = { type: 'string', maxLength: 40, pattern: '^\\d{4}-\\d{2}-\\d{2}(T.*)?$', examples: ['2026-11-24'] };

export const USAGE_QUERY: Readonly<Record<string, Schema>> = {
  group_by: {
    type: 'string',
    maxLength: 512,
    description:
      'One or more of day, team, project, user, key, model, provider, tag:NAME, with commas between. Default: the sum of everything.',
    examples: ['team'],
  },
  start: { ...DAY, description: 'First UTC day. Default: the first of the month.' },
  end: { ...DAY, description: 'Last UTC day, included. Default: today.' },
  team_id: { type: 'string', maxLength: 64, description: 'Only what this team used.' },
  format: { type: 'string', enum: ['json', 'csv'], description: 'Default: json.' },
};

export const REBUILD: Schema = {
  title: 'UsageRebuild',
  type: 'object',
  additionalProperties: false,
  required: ['day'],
  properties: { day: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'UTC day.', examples: ['2026-11-24'] } },
};

export const REBUILD_STARTED: Schema = {
  title: 'UsageRebuildStarted',
  type: 'object',
  additionalProperties: false,
  properties: { day: { type: 'string' }, status: { type: 'string', enum: ['started'] } },
};
