import { contentFact, type SubjectKind } from '../../archive';
import { DELETED_WITHIN_MS, type Deletion } from '../../aws/dynamodb';
import { invalidRequest } from '../../platform/error';
import type { JsonObject } from '../../platform/json';
import { isoTime, uuidV7 } from '../../platform/runtime';
import type { AdminRoute } from '../route';
import { ADMINS, AUDITORS } from '../route';
import { DELETION, DELETION_CREATE, DELETION_LIST, SUBJECT_FIELDS } from '../schemas/deletions';

/** The routes of deletions. */
export const deletionRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/deletions',
    operation: 'createDeletion',
    summary: 'Delete contents of a key, a user or a tag, and blank in records what identifies them; amounts stay. Done within 24 hours.',
    roles: ADMINS,
    body: DELETION_CREATE,
    answer: { status: 202, description: 'It has begun.', schema: DELETION },
    async run({ services, caller, body }) {
      const { kind, value } = subjectOf(body);
      const now = services.clock.now();
      const { byVersion } = await services.peppers();
      const facts = [...byVersion.values()].map((pepper) => contentFact(pepper, kind, value));
      const createdAt = isoTime(now);
      const deletion: Deletion = { id: uuidV7(now), kind, value, facts, status: 'open', createdAt, contents: 0, records: 0, days: [] };
      // Told of first: what is deleted and not told of would be worse than the other way round.
      const change = { action: 'create', resource: 'deletion', resourceId: deletion.id, after: { kind } } as const;
      await services.journal.write(caller, change, async () => undefined);
      await services.deletions.put(deletion);
      return { status: 202, json: toWire(deletion) };
    },
  },
  {
    method: 'GET',
    path: '/deletions',
    operation: 'listDeletions',
    summary: 'List deletions, newest first, and how far each is.',
    roles: AUDITORS,
    answer: { status: 200, description: 'The newest hundred.', schema: DELETION_LIST },
    async run({ services }) {
      return { status: 200, json: { data: (await services.deletions.list()).map(toWire), next_cursor: null } };
    },
  },
];

function subjectOf(body: JsonObject): { readonly kind: SubjectKind; readonly value: string } {
  const [field, ...others] = Object.keys(body) as (keyof typeof SUBJECT_FIELDS)[];
  if (field === undefined || others.length > 0) {
    throw invalidRequest(others[0], `Give exactly one of ${Object.keys(SUBJECT_FIELDS).join(', ')}.`);
  }
  return { kind: SUBJECT_FIELDS[field], value: body[field] as string };
}

/** Whom it is about is not said again. */
function toWire({ id, kind, status, createdAt, finishedAt, contents, records }: Deletion): JsonObject {
  return {
    id,
    kind,
    status,
    created_at: createdAt,
    due_at: isoTime(Date.parse(createdAt) + DELETED_WITHIN_MS),
    ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    contents,
    records,
  };
}
