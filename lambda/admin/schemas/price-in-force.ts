import { PRICED_CLASSES } from '../price-in-force';
import type { Schema } from '../schema';

const USD: Schema = { type: 'string', description: 'US dollars as a decimal string.' };
const AMOUNTS: Schema = { type: 'object', additionalProperties: USD };
const TOKENS: Schema = { type: 'integer', minimum: 0 };

export const PRICE_IN_FORCE: Schema = {
  title: 'PriceInForce',
  type: 'object',
  additionalProperties: false,
  required: ['model', 'source', 'version'],
  properties: {
    model: { type: 'string', description: '`provider/model`; of an alias, its first target.' },
    source: { type: 'string', enum: ['book', 'override', 'ceiling', 'free'], description: 'Who says so.' },
    version: { type: 'string', description: 'As `price_version` of the requests that are charged by it.' },
    usd_per_million_tokens: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(PRICED_CLASSES.map((name) => [name, USD])),
      description: 'By class of token; a class without a price of its own is priced as its nearest dearer relative.',
    },
    percent: {
      type: 'string',
      description: 'What is charged on top of that, below zero for a discount; of tools, units and requests too.',
    },
    charged_usd_per_million_tokens: { ...AMOUNTS, description: 'List price and `percent` together; absent where they are the same.' },
    team_percent: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'What is charged on top of that again, by id of the team.',
    },
    dearer_above_input_tokens: { type: 'array', items: TOKENS, description: 'The whole request is dearer from so many input tokens on.' },
    usd_per_unit: AMOUNTS,
    usd_per_tool_call: AMOUNTS,
    usd_per_request: USD,
    context_window: TOKENS,
    max_output_tokens: TOKENS,
  },
};
