import { CONTENT_LEVELS, GEOGRAPHIES, GUARDRAIL_ID, MOST_GUARDRAILS, REGION_NAME, SENSITIVITIES } from '../../../lib/private/contract';
import { PINNABLE } from '../reserved';
import type { Schema } from '../schema';

/** Fields and limits that teams, projects, users and keys share. */

/** Most budgets that one level may carry: each makes every write of its page larger. */
const MAX_BUDGETS = 8;
const MAX_MODELS = 64;
const MAX_LABELS = 32;
const MAX_COUNT = 1_000_000_000_000;

/** Ids that callers of role `admin` may choose; generated ones fit too. */
const ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$';

const USD: Schema = {
  type: 'string',
  pattern: '^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,9})?$',
  description: 'US dollars as a decimal string.',
  examples: ['25.00'],
};

const GLOB: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\s\\p{C}]+$',
  description: 'A model name or a pattern of them: `*` alone is every model, else it never crosses the first slash of `provider/model`.',
  examples: ['openai/*'],
};

const TIME: Schema = { type: 'string', format: 'date-time', description: 'ISO 8601 time.' };

const BUDGET: Schema = {
  title: 'Budget',
  type: 'object',
  additionalProperties: false,
  required: ['limit_usd', 'period'],
  properties: {
    limit_usd: USD,
    period: {
      type: 'string',
      enum: ['hour', 'day', 'week', 'month', 'lifetime'],
      description: "Calendar period in the level's time zone; weeks begin on Monday.",
    },
    model: GLOB,
    soft: { type: 'boolean', description: 'Alert only, never refuse.' },
    alert_at: {
      type: 'array',
      maxItems: 10,
      items: { type: 'number', exclusiveMinimum: 0, maximum: 10 },
      description: 'Shares of the limit at which an alert is raised.',
      examples: [[0.5, 0.8, 1]],
    },
    increase: {
      type: 'object',
      additionalProperties: false,
      required: ['limit_usd', 'expires_at'],
      properties: { limit_usd: USD, expires_at: TIME },
      description: 'Added to the limit until it expires.',
    },
  },
};

const COUNT: Schema = { type: 'integer', minimum: 0, maximum: MAX_COUNT };

const PLAIN_LIMITS: Readonly<Record<string, Schema>> = {
  requests_per_minute: COUNT,
  requests_per_day: COUNT,
  tokens_per_minute: COUNT,
  tokens_per_day: COUNT,
  concurrent_requests: COUNT,
};

const LIMITS: Schema = {
  title: 'Limits',
  type: 'object',
  additionalProperties: false,
  properties: {
    ...PLAIN_LIMITS,
    per_model: {
      type: 'object',
      maxProperties: 16,
      propertyNames: GLOB,
      additionalProperties: { title: 'ModelLimits', type: 'object', additionalProperties: false, properties: PLAIN_LIMITS },
      description: 'The same limits narrowed to the models that match a glob.',
    },
  },
};

const LABEL_NAME: Schema = { type: 'string', pattern: '^[A-Za-z0-9_.:/-]{1,64}$' };

const LABELS: Schema = {
  type: 'object',
  maxProperties: MAX_LABELS,
  propertyNames: LABEL_NAME,
  additionalProperties: { type: 'string', maxLength: 256, pattern: '^[^\\p{Cc}]*$' },
};

/** Makes a field accept `null`, which takes it away. */
export function clearable(schema: Schema): Schema {
  const { title: _title, ...rest } = schema;
  const types = rest.type === undefined ? [] : typeof rest.type === 'string' ? [rest.type] : [...rest.type];
  return { ...rest, type: [...types, 'null'], ...(rest.enum === undefined ? {} : { enum: [...rest.enum, null] }) };
}

export const NAME: Schema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\p{Cc}]+$' };
export const REFERENCE: Schema = { type: 'string', pattern: ID_PATTERN };
export const MODELS: Schema = {
  type: 'array',
  maxItems: MAX_MODELS,
  items: GLOB,
  description: 'Models that may be used; absent: as the parent allows.',
};
const SERVER_TOOLS: Schema = {
  type: 'array',
  maxItems: 32,
  items: { type: 'string', minLength: 1, maxLength: 64 },
  description: 'Server-side tools that may be used, or globs of them; absent: as the parent allows.',
  examples: [['web_search*']],
};

export { GLOB, LABELS, TIME, USD };

export const SENSITIVITY: Schema = { type: 'string', enum: SENSITIVITIES };
export const RESIDENCY: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: 16,
  items: { type: 'string', pattern: `^(?:${Object.keys(GEOGRAPHIES).join('|')}|${REGION_NAME.source.slice(1, -1)})$`, maxLength: 32 },
  examples: [['eu']],
};

/** Ids of guardrail policies. */
export const GUARDRAILS: Schema = {
  type: 'array',
  maxItems: MOST_GUARDRAILS,
  items: { type: 'string', pattern: GUARDRAIL_ID.source, examples: ['pii'] },
  examples: [['pii']],
};

/** Fields that only the role `admin` changes. */
export const PINNED: Schema = {
  type: 'array',
  maxItems: PINNABLE.length,
  items: { type: 'string', enum: PINNABLE },
  examples: [['limits', 'budgets']],
};

/** Tags that a team's administrators may set. */
export const ALLOWED_TAGS: Schema = {
  type: 'array',
  maxItems: MAX_LABELS,
  items: { type: 'string', maxLength: 321, pattern: '^[A-Za-z0-9_.:/-]{1,64}=[^\\p{Cc}]{1,256}$', examples: ['cost-center=alpha-*'] },
  examples: [['cost-center=alpha-*', 'environment=*']],
};

/** Whether keys below a level that several teams share are told its figures. */
export const SHOW_FIGURES: Schema = {
  type: 'boolean',
  description: 'Keys are told how its budgets and limits stand (`GET /v1/me` and headers); absent: only that it has them.',
};

/** What every level may carry. */
export const LEVEL_FIELDS: Readonly<Record<string, Schema>> = {
  budgets: { type: 'array', maxItems: MAX_BUDGETS, items: BUDGET },
  limits: LIMITS,
  models: MODELS,
  server_tools: SERVER_TOOLS,
  tags: { ...LABELS, description: 'Labels that usage is grouped by and budgets may be put on.' },
  may_store: {
    type: 'boolean',
    description:
      'A provider may keep calls and answers that ask for it (`store`), in the account that all share. It may where this or a level above says true and none says false.',
  },
  sensitivity: {
    ...SENSITIVITY,
    description: 'How sensitive calls are at least. The most sensitive label of all levels, the route and the call counts.',
  },
  residency: { ...RESIDENCY, description: 'Geographies and Regions that calls stay within, besides what other levels and the route say.' },
  guardrails: { ...GUARDRAILS, description: 'Guardrail policies that calls are held to, besides those of other levels and of the route.' },
  content_log: {
    type: 'string',
    enum: [...CONTENT_LEVELS],
    description:
      'What is kept of contents, as far as the deployment lets it; the nearest level that says something counts. Only the role `admin` sets it.',
  },
  metadata: { ...LABELS, description: 'Notes of yours; the gateway does not read them.' },
  time_zone: {
    type: 'string',
    maxLength: 64,
    format: 'time-zone',
    description: "IANA name; the level's calendar periods follow it. Default: UTC.",
  },
};
