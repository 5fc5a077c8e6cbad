import { formatUsd } from '../../money/pricing';
import type { RequestRecord } from '../../money/record';
import type { JsonObject, JsonValue } from '../../platform/json';
import { notFound, sees } from '../caller';
import { readPage } from '../cursor';
import { daysOf, readSpan, utcDay } from '../days';
import { readFeed } from '../feed';
import type { AdminRoute } from '../route';
import { EVERYONE, PAGE_QUERY } from '../route';
import type { Schema } from '../schema';
import { REQUEST, REQUEST_LIST } from '../schemas/requests';
import { USAGE_QUERY } from '../schemas/usage';
import { pageAnswer } from './shared';

const WEEK_MS = 7 * 86_400_000;
const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 256 };

/** Query parameters that narrow the list, and the field that each is held against. */
const FILTERS: Readonly<Record<string, keyof RequestRecord>> = {
  key_id: 'keyId',
  team_id: 'teamId',
  project_id: 'projectId',
  user_id: 'userId',
  provider: 'provider',
  model: 'originalModel',
  outcome: 'outcome',
};

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
      ...Object.fromEntries(Object.keys(FILTERS).map((name) => [name, TEXT])),
    },
    answer: {
      status: 200,
      description: 'A page of requests; it may be short of `limit` and yet be followed by another.',
      schema: REQUEST_LIST,
    },
    async run({ services, caller, query }) {
      const now = services.clock.now();
      const span = readSpan(query, now, utcDay(now - WEEK_MS));
      const wanted = Object.entries(FILTERS).flatMap(([name, field]) => (query.has(name) ? [[field, query.get(name)] as const] : []));
      const list = `request/${JSON.stringify([span.start, caller.teamId, wanted])}`;
      const page = await readFeed<RequestRecord>(
        {
          parts: [...daysOf(span)].reverse(),
          read: (day, options) => services.records.list(day, options),
          positionOf: (record) => `${record.updatedAt}#${record.id}`,
          keeps: (record) => sees(caller, record.teamId) && wanted.every(([field, value]) => record[field] === value),
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
      const record = id.length > 64 ? undefined : await services.records.get(id);
      if (record === undefined || !sees(caller, record.teamId)) throw notFound('request', id);
      return { status: 200, json: requestToWire(record) };
    },
  },
];

/** Fields that are shown in another form, or not at all. */
const OWN_FORM = new Set(['costNanoUsd', 'boundNanoUsd', 'counters', 'expiresAtMs', 'usage', 'attempts']);

function requestToWire(record: RequestRecord): JsonObject {
  const wire = snake(Object.fromEntries(Object.entries(record).filter(([field]) => !OWN_FORM.has(field) && field in WIRE_FIELDS)));
  if (record.usage !== undefined) wire['usage'] = snake(record.usage as Readonly<Record<string, unknown>>);
  if (record.attempts !== undefined)
    wire['attempts'] = record.attempts.map((attempt) => snake(attempt as unknown as Readonly<Record<string, unknown>>));
  if (record.costNanoUsd !== undefined) wire['cost_usd'] = formatUsd(record.costNanoUsd);
  wire['reserved_usd'] = formatUsd(record.boundNanoUsd);
  return wire;
}

const WIRE_FIELDS = Object.fromEntries(
  Object.keys(REQUEST.properties ?? {}).map((name) => [name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase()), name]),
);

/** `cacheCreation1hInputTokens` -> `cache_creation_1h_input_tokens`. Names below the first level are values. */
function snake(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.replace(/[A-Z]|(?<=[a-z])\d/g, (mark) => `_${mark.toLowerCase()}`), value as JsonValue]],
    ),
  );
}
