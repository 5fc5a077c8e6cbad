import { ALLOWED_TAGS, LEVEL_FIELDS, NAME, PINNED } from './level';
import { CHOSEN_ID, defineResource } from './resource';

const STATUS = { type: 'string', enum: ['active', 'blocked'] } as const;

export const TEAM = defineResource({
  name: 'Team',
  fields: {
    name: NAME,
    ...LEVEL_FIELDS,
    allowed_tags: {
      ...ALLOWED_TAGS,
      description: "Tags that the team's administrators may set, `name=value` with `*` in the value; absent: those that the gateway names.",
    },
    pinned: { ...PINNED, description: "Fields that the team's administrators neither set nor change on its projects, users and keys." },
    status: STATUS,
  },
  createOnly: { id: CHOSEN_ID },
  required: ['name'],
  lasting: ['name', 'status'],
});
