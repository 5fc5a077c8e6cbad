import { checkTrail, TRAILS } from '../../archive';
import type { AuditEntry } from '../../aws/dynamodb';
import { GatewayError } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import { utcDay } from '../../platform/runtime';
import { notFound, sees } from '../caller';
import { readPage } from '../cursor';
import { monthsOf, readSpan } from '../days';
import { readFeed } from '../feed';
import { type Filters, filterQuery, hasAll, wantedOf } from '../filters';
import type { AdminRoute } from '../route';
import { AUDITORS, OBSERVERS, PAGE_QUERY } from '../route';
import type { Schema } from '../schema';
import { AUDIT_LIST, AUDITED, TRAIL_CHECK, TRAIL_LIST } from '../schemas/audit';
import { USAGE_QUERY } from '../schemas/usage';
import type { Services } from '../services';
import { pageAnswer } from './shared';

const DAY_MS = 86_400_000;
const QUARTER_MS = 90 * DAY_MS;
/** A bucket's rules count from midnight and run once a day. */
const EXPIRY_SLACK_DAYS = 2;
const FILTERS: Filters<keyof AuditEntry> = {
  resource: 'resource',
  resource_id: 'resourceId',
  actor: 'actor',
  action: 'action',
};

/** The route of the audit log. */
export const auditRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/audit',
    operation: 'listAudit',
    summary: 'List who changed what, newest first, with what it was before and after.',
    roles: OBSERVERS,
    query: {
      ...PAGE_QUERY,
      start: { ...USAGE_QUERY['start'], description: 'First UTC day. Default: 90 days ago.' },
      end: USAGE_QUERY['end'] as Schema,
      ...filterQuery(FILTERS),
      resource: AUDITED,
    },
    answer: {
      status: 200,
      description: 'A page of entries; it may be short of `limit` and yet be followed by another.',
      schema: AUDIT_LIST,
    },
    async run({ services, caller, query }) {
      const now = services.clock.now();
      const span = readSpan(query, now, utcDay(now - QUARTER_MS));
      const wanted = wantedOf(FILTERS, query);
      const list = `audit/${JSON.stringify([span, caller.teamId, wanted])}`;
      const page = await readFeed<AuditEntry>(
        {
          parts: [...monthsOf(span)].reverse(),
          read: (month, options) => services.audit.list(month, options),
          positionOf: (entry) => `${entry.at}#${entry.id}`,
          keeps: (entry) => {
            const day = entry.at.slice(0, 10);
            const inTime = day >= span.start && day <= span.end;
            return inTime && sees(caller, entry.teamId) && hasAll(entry, wanted);
          },
        },
        readPage(query, list),
      );
      return pageAnswer(page, list, auditToWire);
    },
  },
  {
    method: 'GET',
    path: '/audit/trails',
    operation: 'listTrails',
    summary: 'List the chains of the audit trail, and how far each goes.',
    roles: AUDITORS,
    answer: { status: 200, description: 'Every chain that has a segment.', schema: TRAIL_LIST },
    async run({ services }) {
      const { heads } = trailStores(services);
      const found = await Promise.all(TRAILS.map(async ({ name }) => ({ name, head: await heads.read(name) })));
      const data = found.flatMap(({ name, head }) => (head === undefined ? [] : [{ id: name, ...head }]));
      return { status: 200, json: { data, next_cursor: null } };
    },
  },
  {
    method: 'GET',
    path: '/audit/trails/{id}/check',
    operation: 'checkTrail',
    summary: 'Check a chain of the audit trail from its end backwards, some segments at a time.',
    roles: AUDITORS,
    query: {
      before: { type: 'integer', minimum: 1, maximum: 10 ** 12, description: '`next` of the answer before. Default: from the end on.' },
    },
    answer: { status: 200, description: 'What was looked at, and what is wrong with it.', schema: TRAIL_CHECK },
    async run({ services, params, query }) {
      const { objects, heads, retentionDays } = trailStores(services);
      const trail = TRAILS.find(({ name }) => name === params['id']);
      if (trail === undefined) throw notFound('trail', params['id'] as string);
      const before = query.get('before');
      const keptMs = retentionDays === undefined ? undefined : (retentionDays - EXPIRY_SLACK_DAYS) * DAY_MS;
      const check = await checkTrail(objects, trail, await heads.read(trail.name), {
        ...(before === null ? {} : { before: Number(before) }),
        ...(keptMs === undefined ? {} : { expiredBeforeMs: services.clock.now() - keptMs }),
      });
      return { status: 200, json: { ...check, findings: check.findings.map((finding) => ({ ...finding })) } };
    },
  },
];

/** @throws GatewayError where the deployment has no archive */
function trailStores({ trail }: Services): NonNullable<Services['trail']> {
  if (trail !== undefined) return trail;
  throw new GatewayError({
    code: 'resource_not_found',
    message: 'This gateway keeps no audit trail in a bucket: it was deployed without "archive".',
  });
}

const WIRE_NAMES: Readonly<Record<string, string>> = { actorRole: 'actor_role', resourceId: 'resource_id', teamId: 'team_id' };

function auditToWire(entry: AuditEntry): JsonObject {
  return Object.fromEntries(Object.entries(entry).map(([field, value]) => [WIRE_NAMES[field] ?? field, value as JsonValue]));
}
