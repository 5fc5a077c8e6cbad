import { LEVEL_FIELDS, NAME, PINNED, REFERENCE } from './level';
import { CHOSEN_ID, defineResource } from './resource';

const STATUS = { type: 'string', enum: ['active', 'blocked'] } as const;

export const USER = defineResource({
  name: 'User',
  fields: {
    name: NAME,
    ...LEVEL_FIELDS,
    pinned: { ...PINNED, description: 'Fields that only the role `admin` changes; it alone pins.' },
    status: STATUS,
  },
  createOnly: { id: CHOSEN_ID, team_id: { ...REFERENCE, description: 'The team that manages it; absent: only the role `admin` does.' } },
  required: ['name'],
  lasting: ['name', 'status'],
});
