import type { Schema } from '../schema';
import { listOf } from './resource';

const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };

const BUDGET_STATE: Schema = {
  title: 'BudgetState',
  type: 'object',
  additionalProperties: false,
  required: ['scope', 'period', 'limit_usd', 'spent_usd', 'reserved_usd', 'remaining_usd', 'resets_at'],
  properties: {
    scope: { type: 'string', description: '`team:research`, `key:abc`, `gateway`.' },
    period: { type: 'string' },
    model: { type: 'string' },
    soft: { type: 'boolean' },
    limit_usd: USD,
    spent_usd: USD,
    reserved_usd: { ...USD, description: 'Set aside for requests that are under way.' },
    remaining_usd: USD,
    resets_at: { type: ['string', 'null'], description: 'ISO 8601 time; `null`: never.' },
  },
};

export const BUDGET_STATE_LIST = listOf('BudgetState', BUDGET_STATE);
