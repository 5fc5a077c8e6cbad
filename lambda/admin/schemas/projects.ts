import { LEVEL_FIELDS, NAME, PINNED, REFERENCE } from './level';
import { CHOSEN_ID, defineResource } from './resource';

const STATUS = { type: 'string', enum: ['active', 'blocked'] } as const;

export const PROJECT = defineResource({
  name: 'Project',
  fields: {
    name: NAME,
    ...LEVEL_FIELDS,
    pinned: { ...PINNED, description: 'Fields that only the role `admin` changes; it alone pins.' },
    status: STATUS,
  },
  createOnly: { id: CHOSEN_ID, team_id: { ...REFERENCE, description: 'The team it belongs to; it stays there.' } },
  required: ['name', 'team_id'],
  lasting: ['name', 'status'],
});
