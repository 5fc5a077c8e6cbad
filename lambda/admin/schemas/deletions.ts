import type { Schema } from '../schema';
import { TIME } from './level';
import { listOf } from './resource';

const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 512 };
const COUNT: Schema = { type: 'integer', minimum: 0 };

/** Whom a deletion may be about, by the field that names them. */
export const SUBJECT_FIELDS = { key_id: 'key', user_id: 'user', end_user: 'end_user', tag: 'tag' } as const;

export const DELETION_CREATE: Schema = {
  title: 'DeletionCreate',
  type: 'object',
  additionalProperties: false,
  description: 'Exactly one of them.',
  properties: {
    key_id: { ...TEXT, description: 'Everything that was asked with this key.' },
    user_id: { ...TEXT, description: 'Everything of the keys of this user.' },
    end_user: { ...TEXT, description: 'Everything that was asked on behalf of whom a caller calls so.' },
    tag: { ...TEXT, pattern: '^[^=]+=', description: '`name=value`, of a tag or of a label that a caller wrote.' },
  },
};

export const DELETION: Schema = {
  title: 'Deletion',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'kind', 'status', 'created_at', 'due_at', 'contents', 'records'],
  properties: {
    id: { type: 'string' },
    kind: { type: 'string', enum: ['key', 'user', 'end_user', 'tag'] },
    status: { type: 'string', enum: ['open', 'done'] },
    created_at: TIME,
    due_at: { ...TIME, description: 'When it is done at the latest.' },
    finished_at: TIME,
    contents: { ...COUNT, description: 'Objects of contents that were deleted.' },
    records: { ...COUNT, description: 'Records that were blanked.' },
  },
};

export const DELETION_LIST = listOf('Deletion', DELETION);
