import { GatewayError } from '../../platform/error';
import { readSpan, utcDay } from '../days';
import type { AdminRoute } from '../route';
import { ADMINS, EVERYONE } from '../route';
import { REBUILD, REBUILD_STARTED, USAGE, USAGE_QUERY } from '../schemas/usage';
import { readGroupBy, reportUsage, usageCsv, usageRow } from '../usage-report';

/** The routes of usage. */
export const usageRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/usage',
    operation: 'getUsage',
    summary: 'Add up requests, tokens and cost by day, team, project, user, key, model, provider or tag.',
    roles: EVERYONE,
    query: USAGE_QUERY,
    answer: { status: 200, description: 'A row for each group.', schema: USAGE, text: 'text/csv' },
    async run({ services, caller, query }) {
      const now = services.clock.now();
      const span = readSpan(query, now, `${utcDay(now).slice(0, 7)}-01`);
      const groupBy = readGroupBy(query.get('group_by'));
      const wanted = query.get('team_id') ?? undefined;
      const foreign = caller.teamId !== undefined && wanted !== undefined && wanted !== caller.teamId;
      const groups = foreign ? [] : await reportUsage(services, { span, groupBy, teamId: caller.teamId ?? wanted });
      if (query.get('format') === 'csv') {
        return { status: 200, text: { type: 'text/csv; charset=utf-8', body: usageCsv(groupBy, groups) } };
      }
      return { status: 200, json: { data: groups.map((group) => usageRow(groupBy, group)), next_cursor: null, ...span } };
    },
  },
  {
    method: 'POST',
    path: '/usage/rebuild',
    operation: 'rebuildUsage',
    summary: 'Make the rollups of one day anew from its requests. It runs in the background; until it is done the old ones are answered.',
    roles: ADMINS,
    body: REBUILD,
    answer: { status: 202, description: 'It has begun.', schema: REBUILD_STARTED },
    async run({ services, body, requestId }) {
      const day = body['day'] as string;
      const now = services.clock.now();
      if (Number.isNaN(Date.parse(day)) || utcDay(Date.parse(day)) !== day || day > utcDay(now)) {
        throw new GatewayError({
          code: 'invalid_value',
          message: 'day must be a past day or today.',
          param: 'day',
        });
      }
      await services.rollups.requestRebuild({ day, requestId }, now);
      return { status: 202, json: { day, status: 'started' } };
    },
  },
];
