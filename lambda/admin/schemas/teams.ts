import { LEVEL_FIELDS, NAME } from './level';
import { CHOSEN_ID, defineResource } from './resource';

const STATUS = { type: 'string', enum: ['active', 'blocked'] } as const;

export const TEAM = defineResource({
  name: 'Team',
  fields: { name: NAME, ...LEVEL_FIELDS, status: STATUS },
  createOnly: { id: CHOSEN_ID },
  required: ['name'],
  lasting: ['name', 'status'],
});
