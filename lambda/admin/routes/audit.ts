import type { AuditEntry } from '../../aws/dynamodb';
import type { JsonObject, JsonValue } from '../../platform/json';
import { sees } from '../caller';
import { readPage } from '../cursor';
import { monthsOf, readSpan, utcDay } from '../days';
import { readFeed } from '../feed';
import { type Filters, filterQuery, hasAll, wantedOf } from '../filters';
import type { AdminRoute } from '../route';
import { EVERYONE, PAGE_QUERY } from '../route';
import type { Schema } from '../schema';
import { AUDIT_LIST, AUDITED } from '../schemas/audit';
import { USAGE_QUERY } from '../schemas/usage';
import { pageAnswer } from './shared';

const QUARTER_MS = 90 * 86_400_000;
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
    roles: EVERYONE,
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
];

const WIRE_NAMES: Readonly<Record<string, string>> = { actorRole: 'actor_role', resourceId: 'resource_id', teamId: 'team_id' };

function auditToWire(entry: AuditEntry): JsonObject {
  return Object.fromEntries(Object.entries(entry).map(([field, value]) => [WIRE_NAMES[field] ?? field, value as JsonValue]));
}
