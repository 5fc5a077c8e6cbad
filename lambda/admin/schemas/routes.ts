import {
  BUDGET_PERIODS,
  DAYS,
  EFFORTS,
  MOST_CONDITION_VALUES,
  MOST_TARGETS,
  MOST_WEIGHT,
  STRATEGY_NAMES,
  TARGET_MODEL,
  TIME_OF_DAY,
} from '../../../lib/private/contract';
import type { Schema } from '../schema';
import { GLOB, GUARDRAILS, REFERENCE, RESIDENCY, SENSITIVITY, USD } from './level';

const A_MINUTE: Schema = { type: 'integer', minimum: 1, maximum: 1_000_000_000_000 };
const TOKENS: Schema = { type: 'integer', minimum: 1, maximum: 1_000_000_000 };
const TIME: Schema = { type: 'string', pattern: TIME_OF_DAY, examples: ['08:30'] };

const LABELS: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: MOST_CONDITION_VALUES,
  propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
};

const IDS: Schema = { type: 'array', minItems: 1, maxItems: MOST_CONDITION_VALUES, items: GLOB };

const HOURS: Schema = {
  title: 'DailyHours',
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to'],
  properties: {
    from: { ...TIME, description: 'First minute.' },
    to: { ...TIME, description: 'The minute that it ends with, not included; earlier than `from` where it ends on the next day.' },
    time_zone: { type: 'string', format: 'time-zone', description: 'Default: `UTC`.', examples: ['Europe/Berlin'] },
    days: {
      type: 'array',
      minItems: 1,
      maxItems: DAYS.length,
      items: { type: 'string', enum: DAYS },
      description: 'On which it begins. Default: every day.',
    },
  },
};

const WHEN: Schema = {
  title: 'RouteCondition',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  description: 'Which calls the target is for: every field that is given must hold. Values of labels, keys and teams are globs.',
  properties: {
    metadata: { ...LABELS, description: 'Labels that the caller sends in `x-gateway-metadata` or `x-gateway-tags`.' },
    tags: { ...LABELS, description: 'Tags that administrators bound to the key or to a level above it.' },
    keys: { ...IDS, description: 'Ids of keys.' },
    teams: { ...IDS, description: 'Ids of teams.' },
    min_input_tokens: { ...TOKENS, description: 'Of the prompt, as the gateway estimates it.' },
    max_input_tokens: { ...TOKENS, description: 'As `min_input_tokens`.' },
    tools: { type: 'boolean', description: 'Whether the call brings tools.' },
    pictures: { type: 'boolean', description: 'Whether the call holds pictures.' },
    hours: HOURS,
  },
};

const PARAMETERS: Schema = {
  title: 'TargetParameters',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  description: 'What is written into calls that leave it open.',
  properties: {
    temperature: { type: 'number', minimum: 0, maximum: 2 },
    top_p: { type: 'number', minimum: 0, maximum: 1 },
    effort: { type: 'string', enum: EFFORTS },
    service_tier: { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,31}$', examples: ['flex'] },
    max_output_tokens: TOKENS,
  },
};

export const TARGET: Schema = {
  title: 'Target',
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'model'],
  properties: {
    provider: { ...REFERENCE, description: 'Id of a configured provider.' },
    model: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      pattern: TARGET_MODEL,
      examples: ['claude-sonnet-5-5'],
      description: "The model's name at that provider; `*` for the name that the caller asked for.",
    },
    weight: {
      type: 'number',
      minimum: 0,
      maximum: MOST_WEIGHT,
      description: "Share of the calls beside the others' weights; 0: asked once the others cannot answer. Default: 1.",
    },
    requests_per_minute: { ...A_MINUTE, description: 'What the provider takes of this gateway, all callers together.' },
    tokens_per_minute: { ...A_MINUTE, description: 'As `requests_per_minute`.' },
    when: WHEN,
    parameters: PARAMETERS,
  },
};

export const TARGETS: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: MOST_TARGETS,
  items: TARGET,
  description: 'The next one only while nothing has been sent to the caller.',
};

/** What a route says beside its targets. */
export const ROUTE_FIELDS: Readonly<Record<string, Schema>> = {
  strategy: { type: 'string', enum: STRATEGY_NAMES, description: 'In which order the targets are asked. Default: `ordered`.' },
  affinity: {
    type: 'boolean',
    description: 'Whether the calls of one conversation go to one target while that answers. Default: true.',
  },
  budget_fallback: { ...GLOB, description: 'Alias, or `provider/model`, that takes a call which no budget covers.' },
  content_policy_fallback: {
    type: 'boolean',
    description: "Whether a call that one provider's content policy refuses is asked of the next target. Default: false.",
  },
  max_cost_usd: { ...USD, description: 'The most that one of its calls may cost. Default: as much as budgets leave.' },
  shadow: {
    title: 'Shadow',
    type: 'object',
    additionalProperties: false,
    required: ['provider', 'model', 'share', 'budget'],
    description: 'A target that a share of the calls is also sent to, once they are answered.',
    properties: {
      provider: TARGET.properties?.['provider'] as Schema,
      model: TARGET.properties?.['model'] as Schema,
      parameters: PARAMETERS,
      share: { type: 'number', exclusiveMinimum: 0, maximum: 1, description: 'Of the calls that were answered.' },
      budget: {
        type: 'object',
        additionalProperties: false,
        required: ['limit_usd', 'period'],
        properties: { limit_usd: USD, period: { type: 'string', enum: BUDGET_PERIODS } },
        description: 'What it may cost, in a calendar period in UTC; then calls have no shadow.',
      },
    },
  },
  sensitivity: { ...SENSITIVITY, description: 'How sensitive its calls are at least; what was deployed holds too.' },
  residency: { ...RESIDENCY, description: 'Geographies and Regions that its calls stay within; what was deployed holds too.' },
  guardrails: { ...GUARDRAILS, description: 'Guardrail policies that its calls are held to; what was deployed holds too.' },
};
