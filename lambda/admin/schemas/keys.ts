import type { Operation } from '../../wire/model';
import type { Schema } from '../schema';
import { LEVEL_FIELDS, NAME, PINNED, REFERENCE, TIME } from './level';
import { defineResource } from './resource';

/** Paths of the data plane that a key may be narrowed to, by what is asked for there: those that the dialects declare. */
const ENDPOINTS_BY_OPERATION: Readonly<Record<Operation, readonly string[]>> = {
  chat: ['/v1/chat/completions', '/v1/responses', '/v1/messages'],
  'count-tokens': ['/v1/messages/count_tokens'],
  embeddings: ['/v1/embeddings'],
  moderations: ['/v1/moderations'],
};
const ENDPOINTS = Object.values(ENDPOINTS_BY_OPERATION).flat();

/** Longest grace of a rotation, in seconds: 30 days. */
const MAX_GRACE_SECONDS = 30 * 24 * 60 * 60;

const LAST_FOUR: Schema = { type: 'string', readOnly: true, description: 'Last characters of the key, for people.' };
const FULL_KEY: Schema = { type: 'string', readOnly: true, description: 'The full key. It is shown this once and stored nowhere.' };

export const KEY = defineResource({
  name: 'Key',
  fields: {
    name: NAME,
    role: {
      type: 'string',
      enum: ['caller', 'viewer', 'auditor', 'team_admin', 'admin'],
      description:
        '`caller`: the data plane only. The others also use the admin API; `team_admin` needs `team_id`; `auditor` reads requests and the audit trail, and changes nothing.',
    },
    ...LEVEL_FIELDS,
    endpoints: { type: 'array', maxItems: ENDPOINTS.length, items: { type: 'string', enum: ENDPOINTS }, description: 'Absent: all.' },
    server_tools: { ...LEVEL_FIELDS['server_tools'], description: 'Server-side tools it may use, or globs of them; absent: none.' },
    expires_at: TIME,
    pinned: { ...PINNED, description: 'Fields that only the role `admin` changes; it alone pins.' },
  },
  createOnly: { team_id: REFERENCE, project_id: REFERENCE, user_id: REFERENCE },
  readOnly: {
    status: { type: 'string', enum: ['active', 'blocked', 'revoked'], description: 'Changed by `block`, `unblock` and `revoke`.' },
    last_four: LAST_FOUR,
    rotating_until: { ...TIME, description: 'Until then the secret before the last rotation still works.' },
  },
  lasting: ['role'],
});

/** Answer to the creation or rotation of a key: the only place where the key itself appears. */
export const KEY_WITH_SECRET: Schema = {
  ...KEY.read,
  title: 'KeyWithSecret',
  properties: { ...KEY.read.properties, key: FULL_KEY },
};

export const KEY_ROTATE: Schema = {
  title: 'KeyRotate',
  type: 'object',
  additionalProperties: false,
  properties: {
    grace_period_seconds: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_GRACE_SECONDS,
      description: 'How long the present secret goes on working beside the new one. Default: 0.',
    },
  },
};
