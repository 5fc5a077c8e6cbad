import { STRATEGY_NAMES } from '../../../lib/private/contract';
import type { Schema } from '../schema';
import { GLOB, REFERENCE, SENSITIVITY, TIME } from './level';
import { ROUTE_FIELDS, TARGET } from './routes';

const TOKENS: Schema = { type: 'integer', minimum: 0, maximum: 1_000_000_000 };
const LABELS: Schema = {
  type: 'object',
  maxProperties: 32,
  propertyNames: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' },
  additionalProperties: { type: 'string', maxLength: 256 },
};
const FLAG: Schema = { type: 'boolean' };

export const ROUTE_QUESTION: Schema = {
  title: 'RouteQuestion',
  type: 'object',
  additionalProperties: false,
  required: ['model'],
  properties: {
    model: { ...GLOB, description: 'As a caller would name it.' },
    key_id: { ...REFERENCE, description: 'Whose call it is: its teams, tags and lists of models count. Default: of a key without limits.' },
    metadata: { ...LABELS, description: 'Labels that the caller sends.' },
    input_tokens: { ...TOKENS, description: 'Of the prompt. Default: 1,000.' },
    output_tokens: { ...TOKENS, description: 'That such calls usually write. Default: 1,024.' },
    tools: { ...FLAG, description: 'The call brings tools.' },
    pictures: { ...FLAG, description: 'The call holds a picture.' },
    documents: { ...FLAG, description: 'The call holds a document.' },
    schema: { ...FLAG, description: 'The answer is to keep to a JSON Schema.' },
    opening: {
      type: 'array',
      maxItems: 32,
      items: { type: 'string', maxLength: 100_000 },
      description: 'The texts that the conversation begins with: instructions, then the first turn. Default: of no conversation.',
    },
    sensitivity: { ...SENSITIVITY, description: 'As the caller says. Default: says nothing.' },
    at: { ...TIME, description: 'When it comes. Default: now.' },
  },
};

const RANKED: Schema = {
  title: 'RankedTarget',
  type: 'object',
  additionalProperties: false,
  required: ['target', 'standby', 'share', 'expected_usd', 'judged_by'],
  properties: {
    target: { type: 'string', description: '`provider/model`.' },
    standby: { type: 'boolean', description: 'Asked once the others cannot answer.' },
    share: {
      type: ['number', 'null'],
      description: 'Of the conversations for which it is the first; `null` where the strategy shares nothing.',
    },
    expected_usd: {
      type: ['string', 'null'],
      description: 'US dollars that the call is expected to cost there; `null`: nobody knows its price.',
    },
    judged_by: { type: ['string', 'null'], description: 'What the strategy judges it by, as in `x-gateway-route-reason`.' },
    parameters: TARGET.properties?.['parameters'] as Schema,
  },
};

export const ROUTE_EXPLANATION: Schema = {
  title: 'RouteExplanation',
  type: 'object',
  additionalProperties: false,
  required: ['model', 'alias', 'reason', 'strategy', 'affinity', 'targets', 'skipped', 'budget_fallback', 'not_known'],
  properties: {
    model: GLOB,
    alias: { type: ['string', 'null'], description: 'The alias, or glob of aliases, that it matches.' },
    reason: { type: 'string', enum: ['alias', 'provider', 'pattern'] },
    strategy: { type: 'string', enum: STRATEGY_NAMES },
    affinity: FLAG,
    targets: { type: 'array', items: RANKED, description: 'In the order in which they would be asked. Empty: the call would be refused.' },
    skipped: {
      type: 'array',
      items: {
        title: 'SkippedTarget',
        type: 'object',
        additionalProperties: false,
        required: ['target', 'why'],
        properties: {
          target: { type: 'string' },
          why: { type: 'string', description: 'The condition that the call does not meet, or what the model does not carry.' },
        },
      },
    },
    budget_fallback: { ...ROUTE_FIELDS['budget_fallback'], type: ['string', 'null'] } as Schema,
    not_known: {
      type: 'array',
      items: { type: 'string' },
      description: 'What each process of the proxy knows by itself, so that it is not counted here.',
    },
  },
};
