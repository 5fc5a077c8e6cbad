import type { Schema } from '../schema';
import { LEVEL_FIELDS } from './level';
import { defineResource } from './resource';

const { budgets, limits, models, server_tools, metadata, time_zone } = LEVEL_FIELDS as Readonly<Record<string, Schema>>;

/** The level that holds for everything. Fields that it does not name are the configuration document's. */
export const GATEWAY = defineResource({
  name: 'Gateway',
  fields: { budgets, limits, models, server_tools, metadata, time_zone } as Readonly<Record<string, Schema>>,
  readOnly: { status: { type: 'string', enum: ['active'] } },
});
