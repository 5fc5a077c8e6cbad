import type { Schema } from '../schema';
import { GLOB } from './level';

const COUNT: Schema = { type: 'integer', minimum: 0 };
const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };
const DAY: Schema = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-11-24'] };
const AFTER: Schema = { type: 'string', minLength: 1, maxLength: 200 };

export const RERATING_CREATE: Schema = {
  title: 'ReratingCreate',
  type: 'object',
  additionalProperties: false,
  required: ['model', 'day'],
  properties: {
    model: {
      ...GLOB,
      description: '`provider/model` as it was asked of the provider, or a glob of such names.',
      examples: ['openai/gpt-6-sol'],
    },
    day: { ...DAY, description: 'UTC day on which the requests ended.' },
    after: { ...AFTER, description: '`next` of the page before.' },
    dry_run: { type: 'boolean', description: 'Tell what would change, and write nothing.' },
  },
};

export const RERATING: Schema = {
  title: 'Rerating',
  type: 'object',
  additionalProperties: false,
  required: ['day', 'requests', 'changed', 'unpriced', 'before_usd', 'after_usd', 'change_usd', 'next'],
  properties: {
    day: DAY,
    requests: { ...COUNT, description: 'Requests of the model, of this page, that say what they used.' },
    changed: { ...COUNT, description: 'Of them, those that cost something else at the prices of now.' },
    unpriced: { ...COUNT, description: 'Of them, those that no price is known of now; they stay as they are.' },
    before_usd: { ...USD, description: 'What all of them cost, earlier re-ratings included.' },
    after_usd: USD,
    change_usd: USD,
    next: { type: ['string', 'null'], description: 'Where the next page begins; null: this was the last of the day.' },
  },
};
