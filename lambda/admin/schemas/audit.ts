import { AUDITED_RESOURCES } from '../../../lib/private/contract';
import type { Schema } from '../schema';
import { TIME } from './level';
import { listOf } from './resource';

const TEXT: Schema = { type: 'string' };

/** What changes are told of. */
export const AUDITED: Schema = {
  type: 'string',
  enum: [...AUDITED_RESOURCES],
};

const AUDIT_ENTRY: Schema = {
  title: 'AuditEntry',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'at', 'actor', 'action', 'resource', 'resource_id'],
  properties: {
    id: TEXT,
    at: TIME,
    actor: { ...TEXT, description: 'Key id of whoever did it; `root` is the bootstrap credential.' },
    actor_role: TEXT,
    action: { ...TEXT, description: '`create`, `update`, `delete`, `rotate`, `block`, `unblock`, `revoke`, `load`, `unload`.' },
    resource: AUDITED,
    resource_id: TEXT,
    team_id: TEXT,
    before: { type: 'object', description: 'As the admin API showed it before.' },
    after: { type: 'object', description: 'As the admin API shows it since.' },
  },
};

export const AUDIT_LIST = listOf('AuditEntry', AUDIT_ENTRY);
