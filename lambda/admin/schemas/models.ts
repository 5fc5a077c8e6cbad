import type { Schema } from '../schema';
import { CAPABILITIES } from './capabilities';
import { GLOB, TIME } from './level';
import { FREE, TOKEN_PRICES } from './prices';
import { listOf, VERSION } from './resource';
import { ROUTE_FIELDS, TARGET, TARGETS } from './routes';

const MODEL_ID: Schema = {
  ...GLOB,
  description:
    'The alias, or glob of aliases, that callers ask for; or, with a slash, a model as `provider/model`, or a glob of such names.',
  examples: ['smart'],
};

const FIELDS: Readonly<Record<string, Schema>> = {
  targets: { ...TARGETS, description: `${TARGETS.description} An id without a slash needs them.` },
  ...ROUTE_FIELDS,
  capabilities: CAPABILITIES,
  usd_per_million_tokens: TOKEN_PRICES,
  free: FREE,
};

export const MODEL_CREATE: Schema = {
  title: 'ModelCreate',
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  minProperties: 2,
  properties: { id: MODEL_ID, ...FIELDS },
};

export const MODEL_UPDATE: Schema = {
  title: 'ModelUpdate',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: FIELDS,
};

export const MODEL: Schema = {
  title: 'Model',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'version', 'updated_at'],
  properties: { id: MODEL_ID, ...FIELDS, version: VERSION, updated_at: TIME },
};

export const MODEL_LIST = listOf('Model', MODEL);

const KNOWN_TOKENS: Schema = { type: ['integer', 'null'], minimum: 1 };
const KNOWN_USD: Schema = {
  type: ['string', 'null'],
  description: 'US dollars per million tokens at the first target; `null`: not known.',
};

const MODEL_IN_FORCE: Schema = {
  title: 'ModelInForce',
  type: 'object',
  additionalProperties: false,
  required: ['alias', 'targets', 'strategy', 'context_window', 'max_output_tokens', 'input_usd', 'output_usd', 'end_of_life', 'overridden'],
  properties: {
    alias: { ...GLOB, description: 'What callers ask for: an alias, or a model as `provider/model`.' },
    targets: { type: 'array', items: TARGET, description: 'As they were given, each with what is said of it.' },
    strategy: { ...ROUTE_FIELDS['strategy'], description: 'In which order they are asked.' },
    context_window: { ...KNOWN_TOKENS, description: 'Tokens of input and output together that every target takes; `null`: not known.' },
    max_output_tokens: { ...KNOWN_TOKENS, description: 'Of the longest answer that every target gives; `null`: not known.' },
    input_usd: KNOWN_USD,
    output_usd: KNOWN_USD,
    end_of_life: {
      type: ['string', 'null'],
      description: 'Last day of the target that ends first, such as `2027-03-31`; `null`: none is known.',
    },
    overridden: { type: 'boolean', description: 'Something of it was changed at run time.' },
  },
};

export const MODEL_IN_FORCE_LIST = listOf('ModelInForce', MODEL_IN_FORCE);
