import {
  GUARD_ACTIONS,
  GUARD_DIRECTIONS,
  GUARD_GROUPS,
  GUARD_HEURISTICS,
  GUARD_LOCALES,
  GUARD_NETWORKS,
  GUARD_TYPES,
  GUARDRAIL_ID,
  MOST_GUARD_RULES,
  SENSITIVITIES,
} from '../../../lib/private/contract';
import type { Schema } from '../schema';
import { NAME, TIME } from './level';
import { listOf, VERSION } from './resource';

const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 2_048 };
const SCORE: Schema = { type: 'number', minimum: 0, maximum: 1 };

const BEDROCK: Schema = {
  title: 'BedrockGuard',
  type: 'object',
  additionalProperties: false,
  required: ['guardrail_id', 'guardrail_version'],
  properties: {
    guardrail_id: TEXT,
    guardrail_version: TEXT,
    region: TEXT,
    grounding: {
      type: 'boolean',
      description: 'Whether answers are held against documents and results of tools in their prompt, and against its question.',
    },
  },
  description: 'A guardrail of Amazon Bedrock, asked by `ApplyGuardrail` for calls of every provider.',
};

const MODERATION: Schema = {
  title: 'ModerationGuard',
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'model'],
  properties: {
    provider: { ...TEXT, description: 'Id of a configured provider.' },
    model: TEXT,
    categories: { type: 'array', minItems: 1, maxItems: 64, items: TEXT, description: 'Default: all.' },
    threshold: { ...SCORE, description: 'Default: what the provider says.' },
  },
};

const WEBHOOK: Schema = {
  title: 'WebhookGuard',
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: TEXT,
    timeout_ms: { type: 'integer', minimum: 50, maximum: 30_000 },
    network: {
      type: 'string',
      enum: GUARD_NETWORKS,
      description: 'Where it is: plain `http` only outside of `public`, which is the default.',
    },
    secret: { ...TEXT, maxLength: 1_024, description: 'Calls are signed with it. It is never shown: a change has to give it again.' },
  },
};

const RULE: Schema = {
  title: 'GuardrailRule',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'action'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64, description: 'As records name it; of a pattern also the type of what it finds.' },
    detect: {
      type: 'array',
      minItems: 1,
      maxItems: 64,
      items: { type: 'string', enum: [...Object.keys(GUARD_TYPES), ...Object.keys(GUARD_GROUPS)] },
      description: 'Types, and groups of types.',
    },
    locales: {
      type: 'array',
      minItems: 1,
      maxItems: 32,
      items: { type: 'string', enum: GUARD_LOCALES },
      description: 'Of `detect`: countries. Default: all.',
    },
    pattern: {
      ...TEXT,
      maxLength: 1_024,
      examples: ['ACME-[0-9]{6}'],
      description: 'A regular expression in which every repetition has its most.',
    },
    deny: { type: 'array', minItems: 1, maxItems: 1_000, items: { ...TEXT, maxLength: 256 }, description: 'Words and phrases.' },
    heuristic: { type: 'string', enum: GUARD_HEURISTICS, description: 'A score that only flags.' },
    threshold: { ...SCORE, description: 'Of a heuristic.' },
    bedrock: BEDROCK,
    openai_moderation: MODERATION,
    webhook: WEBHOOK,
    action: { type: 'string', enum: GUARD_ACTIONS },
    direction: { type: 'string', enum: GUARD_DIRECTIONS, description: 'Default: `both`; of `route` and of a heuristic `input`.' },
    reversible: { type: 'boolean', description: 'Of masks of input: the answer comes back with the real values.' },
    targets: {
      type: 'array',
      minItems: 1,
      maxItems: 32,
      items: TEXT,
      description: 'Of `route`: what alone may serve the call.',
      examples: [['vllm/*']],
    },
    sensitivity: {
      type: 'string',
      enum: SENSITIVITIES.filter((label) => label !== 'public'),
      description: 'Of `route`: how sensitive the call is, at least. It goes where such calls may go.',
    },
    on_failure: {
      type: 'string',
      enum: ['block', 'allow'],
      description: 'Of a rule that asks a service, when no verdict comes. Default: `block`.',
    },
  },
  description: 'Exactly one of `detect`, `pattern`, `deny`, `heuristic`, `bedrock`, `openai_moderation` and `webhook`.',
};

const ID: Schema = { type: 'string', pattern: GUARDRAIL_ID.source, examples: ['pii'] };

const FIELDS: Readonly<Record<string, Schema>> = {
  name: NAME,
  enabled: { type: 'boolean', description: 'False: whoever names it is not guarded by it. Default: true.' },
  rules: { type: 'array', maxItems: MOST_GUARD_RULES, items: RULE },
  media: {
    type: 'string',
    enum: ['allow', 'refuse'],
    description: 'What becomes of calls with pictures, sound, films or files, which no rule looks into. Default: `allow`.',
  },
  endpoints: {
    type: 'array',
    minItems: 1,
    maxItems: 32,
    items: TEXT,
    description: 'Where it holds. Default: everywhere.',
    examples: [['/v1/embeddings']],
  },
};

export const GUARDRAIL_CREATE: Schema = {
  title: 'GuardrailCreate',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'rules'],
  properties: { id: ID, ...FIELDS },
};

/** A policy is replaced as a whole. */
export const GUARDRAIL_UPDATE: Schema = {
  title: 'GuardrailUpdate',
  type: 'object',
  additionalProperties: false,
  required: ['rules'],
  properties: FIELDS,
};

export const GUARDRAIL: Schema = {
  title: 'Guardrail',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'rules'],
  properties: {
    id: ID,
    ...FIELDS,
    version: { ...VERSION, description: 'Grows with every change. Absent: it was deployed.' },
    updated_at: TIME,
  },
};

export const GUARDRAIL_LIST = listOf('Guardrail', GUARDRAIL);
