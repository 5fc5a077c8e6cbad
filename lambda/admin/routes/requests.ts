import type { KeptRecord } from '../../money/ports';
import type { AttemptRecord } from '../../money/record';
import { shownRecord } from '../../money/shown-record';
import { utcDay } from '../../platform/runtime';
import { notFound, sees } from '../caller';
import { readPage } from '../cursor';
import { daysOf, readSpan } from '../days';
import { readFeed } from '../feed';
import { type Filters, filterQuery, hasAll, wantedOf } from '../filters';
import type { AdminRoute } from '../route';
import { OBSERVERS, PAGE_QUERY } from '../route';
import type { Schema } from '../schema';
import { REQUEST, REQUEST_LIST } from '../schemas/requests';
import { USAGE_QUERY } from '../schemas/usage';
import { pageAnswer } from './shared';

const WEEK_MS = 7 * 86_400_000;

/** Query parameters that narrow the list, and the field that each is held against. */
const FILTERS: Filters<keyof KeptRecord> = {
  key_id: 'keyId',
  team_id: 'teamId',
  project_id: 'projectId',
  user_id: 'userId',
  model: 'originalModel',
  end_user: 'endUser',
  sensitivity: 'sensitivity',
  network: 'network',
};

/** The same, of the request as a whole or of one of its attempts: a request that another provider answered is found by the one that failed. */
const ATTEMPT_FILTERS: Filters<keyof KeptRecord & keyof AttemptRecord> = { provider: 'provider', outcome: 'outcome', status: 'status' };

const STATUS: Schema = { type: 'string', pattern: '^[1-5][0-9]{2}$' };

/** The routes of single requests. */
export const requestRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/requests',
    operation: 'listRequests',
    summary: 'List finished requests, newest first.',
    roles: OBSERVERS,
    query: {
      ...PAGE_QUERY,
      start: { ...USAGE_QUERY['start'], description: 'First UTC day. Default: a week ago.' },
      end: USAGE_QUERY['end'] as Schema,
      ...filterQuery(FILTERS),
      ...filterQuery(ATTEMPT_FILTERS),
      status: { ...STATUS, description: 'HTTP status of the answer, or of an attempt.' },
    },
    answer: {
      status: 200,
      description: 'A page of requests; it may be short of `limit` and yet be followed by another.',
      schema: REQUEST_LIST,
    },
    async run({ services, caller, query }) {
      const now = services.clock.now();
      const span = readSpan(query, now, utcDay(now - WEEK_MS));
      const wanted = wantedOf(FILTERS, query);
      const ofAttempt = wantedOf(ATTEMPT_FILTERS, query);
      const list = `request/${JSON.stringify([span.start, caller.teamId, wanted, ofAttempt])}`;
      const page = await readFeed<KeptRecord>(
        {
          parts: [...daysOf(span)].reverse(),
          read: (day, options) => services.records.list(day, options),
          positionOf: (record) => `${record.updatedAt}#${record.id}`,
          keeps: (record) =>
            sees(caller, record.teamId) &&
            hasAll(record, wanted) &&
            [record, ...(record.attempts ?? [])].some((one) => hasAll(one, ofAttempt)),
        },
        readPage(query, list),
      );
      return pageAnswer(page, list, shownRecord);
    },
  },
  {
    method: 'GET',
    path: '/requests/{id}',
    operation: 'getRequest',
    summary: 'Read the usage record of one request: tokens by class, cost, price version, attempts, timings, outcome.',
    roles: OBSERVERS,
    answer: { status: 200, description: 'The record.', schema: REQUEST },
    async run({ services, caller, params }) {
      const id = params['id'] as string;
      const record = id.length > 64 ? undefined : await services.records.read(id);
      if (record === undefined || !sees(caller, record.teamId)) throw notFound('request', id);
      return { status: 200, json: shownRecord(record) };
    },
  },
];
