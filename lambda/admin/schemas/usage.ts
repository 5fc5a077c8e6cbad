import { RESULT_FIELDS, shown, USAGE_FIELDS } from '../../money/record';
import { PLAIN_DIMENSIONS } from '../../money/rollup';
import type { Schema } from '../schema';
import { fieldOf, NAMED_DIMENSIONS } from '../usage-answer';
import { FILTER_QUERY, TIMES } from '../usage-question';

const COUNT: Schema = { type: 'integer', minimum: 0 };
const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };

const TEXT: Schema = { type: ['string', 'null'] };
const PAIRS: Schema = { type: 'object', additionalProperties: TEXT };
const DURATIONS: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['p50', 'p95', 'p99'],
  properties: { p50: COUNT, p95: COUNT, p99: COUNT },
  description: 'What half, 95 % and 99 % of the requests did not exceed, in ms, to a twentieth; absent: of none it is known.',
};

const GROUPS: Readonly<Record<string, Schema>> = Object.fromEntries([
  ...Object.keys(TIMES).map((time) => [time, { type: 'string' } as Schema]),
  ...PLAIN_DIMENSIONS.map((dimension) => [fieldOf(dimension), TEXT]),
  ...NAMED_DIMENSIONS.map((dimension) => [`${dimension}_name`, { type: 'string' } as Schema]),
]);

const USAGE_ROW: Schema = {
  title: 'UsageRow',
  type: 'object',
  additionalProperties: false,
  properties: {
    ...GROUPS,
    tags: { ...PAIRS, description: 'Values of the tags that were grouped by.' },
    labels: { ...PAIRS, description: 'Values of the labels that were grouped by.' },
    requests: COUNT,
    errors: { ...COUNT, description: 'Requests that did not end well, failed ones that nothing was charged for included.' },
    estimated: { ...COUNT, description: 'Requests whose tokens are estimates of ours.' },
    attempts: { ...COUNT, description: 'Calls of providers, counted where they were made.' },
    failed_attempts: COUNT,
    refused: { ...COUNT, description: 'Calls that reached no provider; they are no requests.' },
    ...Object.fromEntries(shown(USAGE_FIELDS, 'measure').map(({ api }) => [api, COUNT])),
    [RESULT_FIELDS.costNanoUsd.api]: USD,
    list_usd: { ...USD, description: 'The same at list prices.' },
    provider_adjustment_usd: {
      ...USD,
      description: "What the providers' terms made of that, below zero for discounts; part of `cost_usd`.",
    },
    team_adjustment_usd: { ...USD, description: 'What teams were charged on top of that, or less; part of `cost_usd`.' },
    cache_read_share: { type: 'number', minimum: 0, description: 'Of all input tokens, those that a cache held; absent: there were none.' },
    latency_ms: DURATIONS,
    time_to_first_chunk_ms: DURATIONS,
    last_hour: { type: 'string', description: 'The last hour in which there was something, as an ISO 8601 time.' },
    forecast_usd: { ...USD, description: 'What the month will come to when it goes on as the last seven days did.' },
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
      `One or more of ${[...Object.keys(TIMES), ...PLAIN_DIMENSIONS].join(', ')}, tag:NAME, label:NAME, with commas between. Times are UTC. ` +
      'A tag that nothing binds is the label of that name which the caller gave. Default: the sum of everything.',
    examples: ['team,model'],
  },
  start: { ...DAY, description: 'First UTC day. Default: the first of the month.' },
  end: { ...DAY, description: 'Last UTC day, included. Default: today.' },
  ...FILTER_QUERY,
  forecast: { type: 'string', enum: ['true', 'false'], description: 'Tell what the running month will come to, too.' },
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

export const SPEND_OF_DAY: Schema = {
  title: 'SpendOfDay',
  type: 'object',
  additionalProperties: false,
  required: ['day', 'parquet'],
  properties: {
    day: { type: 'string', description: 'UTC.' },
    parquet: { type: 'string', description: 'The file, as base64.' },
  },
};
