import { MOST_BOOK_BYTES } from '../../money/pricing';
import type { Schema } from '../schema';
import { TIME } from './level';
import { VERSION } from './resource';

const COUNT: Schema = { type: 'integer', minimum: 0 };
const SHA256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$', description: "SHA-256 of the book's text." };
const DAY: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$', description: 'Day of its prices.' };
const BOOK_VERSION: Schema = { type: 'string', description: 'As usage records name it (`price_version`).' };

const PRICED_TARGET: Schema = {
  title: 'PricedTarget',
  type: 'object',
  additionalProperties: false,
  required: ['target', 'price'],
  properties: {
    target: { type: 'string', description: 'A configured `provider/model`.' },
    price: { type: ['string', 'null'], enum: ['book', 'override', 'free', null], description: 'Who prices it; null: nobody.' },
  },
};

export const PRICE_BOOK: Schema = {
  title: 'PriceBook',
  type: 'object',
  additionalProperties: false,
  required: ['source', 'book_version', 'date', 'age_days', 'deployed_version', 'models', 'targets', 'unpriced_targets'],
  properties: {
    source: { type: 'string', enum: ['deployed', 'loaded'], description: 'Whether it came with the deployment or was brought in since.' },
    book_version: BOOK_VERSION,
    date: DAY,
    age_days: { ...COUNT, description: 'Days since that day.' },
    sources: { type: 'object', additionalProperties: { type: 'string' }, description: 'Version and day of the lists that it was made of.' },
    sha256: SHA256,
    deployed_version: { ...BOOK_VERSION, description: 'Of the book that came with the deployment.' },
    loaded_version: { ...BOOK_VERSION, description: 'Of the book that was brought in last, whether or not it holds.' },
    loaded_at: TIME,
    version: VERSION,
    models: { type: 'object', additionalProperties: COUNT, description: 'Number of priced names by kind of provider.' },
    targets: { type: 'array', items: PRICED_TARGET, description: 'Every model that providers and routes of the configuration name.' },
    unpriced_targets: { ...COUNT, description: 'How many of `targets` nobody prices: they are refused unless a ceiling is configured.' },
  },
};

export const PRICE_BOOK_LOAD: Schema = {
  title: 'PriceBookLoad',
  type: 'object',
  additionalProperties: false,
  required: ['book'],
  properties: {
    book: {
      type: 'string',
      minLength: 2,
      maxLength: MOST_BOOK_BYTES,
      description: "The book's text: a JSON object as `scripts/price-book.mjs` writes it.",
    },
    dry_run: { type: 'boolean', description: 'Only check it and tell what it would change.' },
    force: {
      type: 'boolean',
      description: 'Take a book that is older than the one that holds or came with the deployment, or that has `concerns`.',
    },
  },
};

const CHANGE: Schema = {
  title: 'PriceChange',
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'model'],
  properties: {
    kind: { type: 'string', description: 'Kind of provider.' },
    model: { type: 'string' },
    before: { type: 'string', description: 'What the book says of it now; absent: nothing.' },
    after: { type: 'string', description: 'What it will say; absent: nothing.' },
  },
};

export const PRICE_BOOK_LOADED: Schema = {
  title: 'PriceBookLoaded',
  type: 'object',
  additionalProperties: false,
  required: ['loaded', 'sha256', 'book_version', 'date', 'before_version', 'added', 'removed', 'changed', 'lowered', 'concerns', 'changes'],
  properties: {
    loaded: { type: 'boolean', description: 'False: it was a dry run.' },
    sha256: SHA256,
    book_version: BOOK_VERSION,
    date: DAY,
    before_version: { ...BOOK_VERSION, description: 'Of the book that it takes the place of.' },
    version: VERSION,
    added: { ...COUNT, description: 'Names that it prices and the book before did not.' },
    removed: COUNT,
    changed: COUNT,
    lowered: { ...COUNT, description: 'Names of which some price is less than half of the deployed one.' },
    concerns: {
      type: 'array',
      items: { type: 'string' },
      description: 'Why it is taken with `force` alone, each with its list, line and field: the first 200.',
    },
    changes: { type: 'array', items: CHANGE, description: 'The first 200 of them, changed and removed ones first.' },
  },
};
