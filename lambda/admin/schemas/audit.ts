import { AUDITED_RESOURCES } from '../../../lib/private/contract';
import { TRAIL_FAULTS } from '../../archive';
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
    action: { ...TEXT, description: '`create`, `update`, `delete`, `rotate`, `block`, `unblock`, `revoke`, `load`, `unload`, `rerate`.' },
    resource: AUDITED,
    resource_id: TEXT,
    team_id: TEXT,
    before: { type: 'object', description: 'As the admin API showed it before.' },
    after: { type: 'object', description: 'As the admin API shows it since.' },
  },
};

export const AUDIT_LIST = listOf('AuditEntry', AUDIT_ENTRY);

const COUNT: Schema = { type: 'integer', minimum: 0 };

const TRAIL: Schema = {
  title: 'Trail',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'sequence', 'hash', 'at'],
  properties: {
    id: TEXT,
    sequence: { ...COUNT, description: 'Of the last segment; the first is 1.' },
    hash: { ...TEXT, description: 'SHA-256 of the last segment.' },
    at: TIME,
  },
};

export const TRAIL_LIST = listOf('Trail', TRAIL);

export const TRAIL_CHECK: Schema = {
  title: 'TrailCheck',
  type: 'object',
  additionalProperties: false,
  required: ['segments', 'entries', 'findings'],
  properties: {
    segments: COUNT,
    entries: COUNT,
    findings: {
      type: 'array',
      items: {
        title: 'TrailFinding',
        type: 'object',
        additionalProperties: false,
        required: ['fault', 'object', 'words'],
        properties: {
          fault: { type: 'string', enum: [...TRAIL_FAULTS] },
          object: { ...TEXT, description: 'Key of the segment, of the first one where several are missing.' },
          line: { type: 'integer', minimum: 1, description: 'Entry within the segment.' },
          words: TEXT,
        },
      },
    },
    next: { type: 'integer', description: 'Where to go on: `before` of the next call. Absent: the beginning of the chain was reached.' },
  },
};
