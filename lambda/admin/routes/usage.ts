import { rowsOfDay } from '../../aws/dynamodb';
import { spendFile } from '../../money/rollup';
import { GatewayError } from '../../platform/error';
import { hasBegun } from '../days';
import type { AdminRoute } from '../route';
import { ADMINS, EVERYONE } from '../route';
import { REBUILD, REBUILD_STARTED, SPEND_OF_DAY, USAGE, USAGE_QUERY } from '../schemas/usage';
import { namesOf, usageCsv, usageRow } from '../usage-answer';
import { readQuestion } from '../usage-question';
import { reportUsage } from '../usage-report';

/** An answer of Lambda's holds 6 MB, and a third more is written for these. */
const MOST_FILE_BYTES = 4 * 1024 * 1024;

/** The routes of usage. */
export const usageRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/usage',
    operation: 'getUsage',
    summary: 'Add up requests, failures, tokens, cost and durations by time, by who called and by what answered.',
    roles: EVERYONE,
    query: USAGE_QUERY,
    answer: { status: 200, description: 'A row for each group.', schema: USAGE, text: 'text/csv' },
    async run({ services, caller, query }) {
      const asked = readQuestion(query, services.clock.now());
      const { groupBy, span } = asked;
      const own = caller.teamId === undefined ? [] : [['team', caller.teamId] as const];
      const groups = await reportUsage(services, { ...asked, wanted: [...asked.wanted, ...own] });
      const names = await namesOf(services, groupBy, groups);
      if (query.get('format') === 'csv') {
        return { status: 200, text: { type: 'text/csv; charset=utf-8', body: usageCsv(groupBy, groups, names) } };
      }
      return { status: 200, json: { data: groups.map((group) => usageRow(groupBy, group, names)), next_cursor: null, ...span } };
    },
  },
  {
    method: 'GET',
    path: '/usage/spend/{day}',
    operation: 'getSpendOfDay',
    summary: 'What was spent on one UTC day, by FOCUS, as a Parquet file: the same bytes that the spend export writes.',
    roles: ADMINS,
    answer: { status: 200, description: 'The file.', schema: SPEND_OF_DAY },
    async run({ services, params }) {
      const day = checkedDay(params['day'] ?? '', services.clock.now());
      const file = spendFile(services.gatewayName, await rowsOfDay(services.rollups, day));
      if (file.length > MOST_FILE_BYTES) {
        throw new GatewayError({
          code: 'range_too_large',
          message: 'The file of this day is too large for an answer. Read it from the bucket of the spend export.',
          param: 'day',
        });
      }
      return { status: 200, json: { day, parquet: file.toString('base64') } };
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
      const now = services.clock.now();
      const day = checkedDay(body['day'] as string, now);
      await services.rollups.requestRebuild({ day, requestId }, now);
      return { status: 202, json: { day, status: 'started' } };
    },
  },
];

/** @throws GatewayError 400 */
function checkedDay(day: string, now: number): string {
  if (hasBegun(day, now)) return day;
  throw new GatewayError({ code: 'invalid_value', message: 'day must be a past day or today.', param: 'day' });
}
