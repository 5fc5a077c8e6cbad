import { LEVEL_FIELDS, NAME, SHOW_FIGURES } from './level';
import { defineResource } from './resource';

const {
  tags: _tags,
  models: _models,
  may_store: _mayStore,
  sensitivity: _sensitivity,
  residency: _residency,
  guardrails: _guardrails,
  content_log: _contentLog,
  ...FIELDS
} = LEVEL_FIELDS;

export const TAG = defineResource({
  name: 'Tag',
  fields: { name: NAME, ...FIELDS, show_figures: SHOW_FIGURES },
  createOnly: {
    id: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.:/-]{1,64}=[^\\p{Cc}]{1,256}$',
      description: 'Name and value: what every request with this tag is held to.',
      examples: ['environment=production'],
    },
  },
  readOnly: { status: { type: 'string', enum: ['active', 'blocked'] } },
  required: ['id'],
});
