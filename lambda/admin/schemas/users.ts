import { LEVEL_FIELDS, NAME, REFERENCE } from './level';
import { CHOSEN_ID, defineResource } from './resource';

const STATUS = { type: 'string', enum: ['active', 'blocked'] } as const;

export const USER = defineResource({
  name: 'User',
  fields: { name: NAME, ...LEVEL_FIELDS, status: STATUS },
  createOnly: { id: CHOSEN_ID, team_id: { ...REFERENCE, description: 'The team that manages it; absent: only the role `admin` does.' } },
  required: ['name'],
  lasting: ['name', 'status'],
});
