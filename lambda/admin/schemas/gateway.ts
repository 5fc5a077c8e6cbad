import type { Schema } from '../schema';
import { ALLOWED_TAGS, LEVEL_FIELDS, SHOW_FIGURES } from './level';
import { defineResource } from './resource';

const { budgets, limits, models, server_tools, may_store, sensitivity, residency, guardrails, content_log, metadata, time_zone } =
  LEVEL_FIELDS as Readonly<Record<string, Schema>>;

/** The level that holds for everything. Fields that it does not name are the configuration document's. */
export const GATEWAY = defineResource({
  name: 'Gateway',
  fields: {
    ...({
      budgets,
      limits,
      models,
      server_tools,
      may_store,
      sensitivity,
      residency,
      guardrails,
      content_log,
      metadata,
      time_zone,
    } as Readonly<Record<string, Schema>>),
    allowed_tags: {
      ...ALLOWED_TAGS,
      description: 'Tags that administrators of teams may set whose team does not say, `name=value` with `*` in the value; absent: none.',
    },
    show_figures: SHOW_FIGURES,
  },
  readOnly: { status: { type: 'string', enum: ['active'] } },
});
