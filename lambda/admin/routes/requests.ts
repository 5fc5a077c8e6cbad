import type { KeptRecord } from '../../money/ports';
import { formatUsd } from '../../money/pricing';
import type { AttemptRecord, TypeShown, VerdictRecord } from '../../money/record';
import { ATTEMPT_FIELDS, RECORD_FIELDS, shown, USAGE_FIELDS, VERDICT_FIELDS } from '../../money/record';
import type { JsonObject, JsonValue } from '../../platform/json';
import type { Usage } from '../../wire/model';
import { notFound, sees } from '../caller';
import { readPage } from '../cursor';
import { daysOf, readSpan, utcDay } from '../days';
import { readFeed } from '../feed';
import { type Filters, filterQuery, hasAll, wantedOf } from '../filters';
import type { AdminRoute } from '../route';
import { EVERYONE, PAGE_QUERY } from '../route';
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
    roles: EVERYONE,
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
      return pageAnswer(page, list, requestToWire);
    },
  },
  {
    method: 'GET',
    path: '/requests/{id}',
    operation: 'getRequest',
    summary: 'Read the usage record of one request: tokens by class, cost, price version, attempts, timings, outcome.',
    roles: EVERYONE,
    answer: { status: 200, description: 'The record.', schema: REQUEST },
    async run({ services, caller, params }) {
      const id = params['id'] as string;
      const record = id.length > 64 ? undefined : await services.records.read(id);
      if (record === undefined || !sees(caller, record.teamId)) throw notFound('request', id);
      return { status: 200, json: requestToWire(record) };
    },
  },
];

type Write = (value: never) => JsonValue;

const AS_IT_IS: Write = (value: JsonValue) => value;

/** How the values of fields are shown, by their types. */
const WRITERS: Readonly<Record<TypeShown<typeof RECORD_FIELDS, 'api'>, Write>> = {
  text: AS_IT_IS,
  time: AS_IT_IS,
  state: AS_IT_IS,
  operation: AS_IT_IS,
  dialect: AS_IT_IS,
  flag: AS_IT_IS,
  integer: AS_IT_IS,
  count: AS_IT_IS,
  milliseconds: AS_IT_IS,
  'fine-milliseconds': AS_IT_IS,
  labels: AS_IT_IS,
  money: formatUsd,
  usage: (usage: Usage) => partsOf(usage, USAGE_PARTS),
  attempts: (attempts: readonly AttemptRecord[]) => attempts.map((attempt) => partsOf(attempt, ATTEMPT_PARTS)),
  verdicts: (verdicts: readonly VerdictRecord[]) => verdicts.map((verdict) => partsOf(verdict, VERDICT_PARTS)),
};

const FIELDS = shown(RECORD_FIELDS, 'api');
const USAGE_PARTS = shown(USAGE_FIELDS, 'api');
const ATTEMPT_PARTS = shown(ATTEMPT_FIELDS, 'api');
const VERDICT_PARTS = shown(VERDICT_FIELDS, 'api');

function requestToWire(record: KeptRecord): JsonObject {
  const wire: JsonObject = {};
  for (const { name, api, type } of FIELDS) {
    const value = record[name as keyof KeptRecord];
    if (value !== undefined) wire[api] = WRITERS[type](value as never);
  }
  return wire;
}

/** Parts are plain values that need only their names in the API. */
function partsOf<Whole extends object>(whole: Whole, parts: readonly { readonly name: string; readonly api: string }[]): JsonObject {
  const values = whole as Readonly<Record<string, JsonValue | undefined>>;
  return Object.fromEntries(parts.flatMap(({ name, api }) => (values[name] === undefined ? [] : [[api, values[name]]])));
}
