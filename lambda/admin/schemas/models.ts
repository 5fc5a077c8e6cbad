import type { Schema } from '../schema';
import { GLOB, REFERENCE, TIME } from './level';
import { listOf } from './resource';

const TARGET: Schema = {
  title: 'Target',
  type: 'object',
  additionalProperties: false,
  required: ['provider', 'model'],
  properties: {
    provider: { ...REFERENCE, description: 'Id of a configured provider.' },
    model: { type: 'string', minLength: 1, maxLength: 200, description: "The model's name at that provider." },
  },
};

const TARGETS: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: 16,
  items: TARGET,
  description: 'Tried in order; the next one only while nothing has been sent to the caller.',
};

export const MODEL_CREATE: Schema = {
  title: 'ModelCreate',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'targets'],
  properties: {
    id: { ...GLOB, description: 'The alias (or glob of aliases) that callers ask for.', examples: ['smart'] },
    targets: TARGETS,
  },
};

export const MODEL_UPDATE: Schema = {
  title: 'ModelUpdate',
  type: 'object',
  additionalProperties: false,
  required: ['targets'],
  properties: { targets: TARGETS },
};

export const VERSION: Schema = { type: 'integer', description: 'Grows with every change; the audit log keeps what each version was.' };

export const MODEL: Schema = {
  title: 'Model',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'targets', 'version', 'updated_at'],
  properties: { id: GLOB, targets: TARGETS, version: VERSION, updated_at: TIME },
};

export const MODEL_LIST = listOf('Model', MODEL);
