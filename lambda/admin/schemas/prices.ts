import { LEAST_LENGTH_TOKENS, PERCENT_PATTERN } from '../../../lib/private/contract';
import { PRICE_UNITS } from '../../wire/model';
import type { Schema } from '../schema';
import { GLOB, TIME, USD } from './level';
import { listOf, VERSION } from './resource';

const TOKENS: Schema = { type: 'integer', minimum: LEAST_LENGTH_TOKENS, maximum: 1_000_000_000 };

/** A second or a character may cost less than a nano-dollar. */
const UNIT_USD: Schema = { ...USD, pattern: '^(0|[1-9][0-9]{0,8})(\\.[0-9]{1,15})?$', examples: ['0.0001'] };

export const FREE: Schema = { type: 'boolean', description: 'The model costs nothing: no budget is touched.' };

export const TOKEN_PRICES: Schema = {
  title: 'TokenPrices',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(
    [
      'input',
      'output',
      'cache_read',
      'cache_write_5m',
      'cache_write_1h',
      'reasoning',
      'audio_input',
      'audio_output',
      'audio_cache_read',
      'image_input',
      'image_output',
    ].map((name) => [name, USD]),
  ),
  description: 'By class of token; an absent class is priced as its nearest dearer relative.',
};

const PERCENT: Schema = { type: 'string', pattern: PERCENT_PATTERN, examples: ['-12.5'] };

const FIELDS: Readonly<Record<string, Schema>> = {
  free: FREE,
  percent: {
    ...PERCENT,
    description: 'What is charged on top of what the model costs, below zero for a discount: what was agreed with its provider.',
  },
  team_percent: {
    type: 'object',
    minProperties: 1,
    maxProperties: 100,
    propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
    additionalProperties: PERCENT,
    description: 'What is charged on top of that for calls of a team, by its id.',
  },
  usd_per_million_tokens: TOKEN_PRICES,
  usd_per_unit: {
    title: 'UnitPrices',
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: Object.fromEntries(PRICE_UNITS.map((name) => [name, UNIT_USD])),
    description:
      'Of one of what is billed beside tokens, or in their place: a picture, a second of sound or film, a character, a page, a call.',
  },
  usd_per_tool_call: {
    type: 'object',
    maxProperties: 32,
    propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' },
    properties: {
      default: {
        ...USD,
        pattern: '^(?=.*[1-9])(0|[1-9][0-9]{0,8})(\\.[0-9]{1,9})?$',
        description: 'Of every tool that is not named; not 0.',
      },
    },
    additionalProperties: USD,
    description: 'By what the provider bills of its tools: `web_search`, `code_interpreter:4g`, `image_generation:gpt-image-1:high`.',
  },
  context_window: {
    ...TOKENS,
    description: 'Tokens of input and output together that the model takes at most. Default: what the price book says.',
  },
  max_output_tokens: { ...TOKENS, description: 'Default: what the price book says.' },
};

const ID: Schema = { ...GLOB, description: '`provider/model`, or a glob of such names.', examples: ['openai/gpt-6-sol'] };

export const PRICE_CREATE: Schema = {
  title: 'PriceCreate',
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  minProperties: 2,
  properties: { id: ID, ...FIELDS },
};

/** A price is replaced as a whole: half of an old price beside half of a new one is nobody's intention. */
export const PRICE_UPDATE: Schema = {
  title: 'PriceUpdate',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: FIELDS,
};

export const PRICE: Schema = {
  title: 'Price',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'version', 'updated_at'],
  properties: { id: ID, ...FIELDS, version: VERSION, updated_at: TIME },
};

export const PRICE_LIST = listOf('Price', PRICE);
