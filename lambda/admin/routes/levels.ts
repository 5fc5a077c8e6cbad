import type { LevelRecord, LevelRecords } from '../../identity';
import { GatewayError } from '../../platform/error';
import { forbidden } from '../caller';
import { checkGuardrailNames } from '../checked-guardrails';
import { readPage } from '../cursor';
import { checkReplay, planCreation } from '../idempotency';
import type { Change } from '../journal';
import type { Place } from '../levels';
import { checkIfMatch, concurrentChange, confirmPlace, nextGeneration, readParents, readVisible, tagsAllowedBy, teamOf } from '../levels';
import { type Allowance, checkNarrows } from '../narrowing';
import { checkDeletes, checkReserved } from '../reserved';
import type { AdminRoute, RouteContext } from '../route';
import { EVERYONE, PAGE_QUERY } from '../route';
import { BUDGET_STATE_LIST } from '../schemas/budgets';
import { REFERENCE } from '../schemas/level';
import type { ResourceSchemas } from '../schemas/resource';
import { ownTags } from '../tags';
import { fromWire, toWire } from '../wire';
import { budgetAnswer, entryAnswer, followBudgets, pageAnswer, withCounting } from './shared';

type Kind = 'team' | 'project' | 'user' | 'tag';

/** What differs between teams, projects, users and tags. */
export interface LevelRoutes {
  readonly kind: Kind;
  /** Path segment: `teams`. */
  readonly plural: string;
  readonly schemas: ResourceSchemas;
  /** Who may create, change and delete. */
  readonly writers: AdminRoute['roles'];
}

/** The routes of one kind of level: list, create, read, change, delete. */
export function levelRoutes({ kind, plural, schemas, writers }: LevelRoutes): readonly AdminRoute[] {
  const path = `/${plural}`;
  // The value of a tag may hold slashes, encoded or not.
  const entry = `${path}/${kind === 'tag' ? '{id+}' : '{id}'}`;
  return [
    {
      method: 'GET',
      path,
      operation: `list${schemas.name}s`,
      summary: `List ${plural}.`,
      roles: EVERYONE,
      query: kind === 'team' || kind === 'tag' ? PAGE_QUERY : { ...PAGE_QUERY, team_id: REFERENCE },
      answer: { status: 200, description: `A page of ${plural}.`, schema: schemas.list },
      run: (context) => list(kind, context),
    },
    {
      method: 'POST',
      path,
      operation: `create${schemas.name}`,
      summary: `Create a ${kind}.`,
      roles: writers,
      body: schemas.create,
      idempotent: true,
      answer: { status: 201, description: `The new ${kind}.`, schema: schemas.read },
      run: (context) => create(kind, context),
    },
    {
      method: 'GET',
      path: `${entry}/budgets`,
      operation: `list${schemas.name}Budgets`,
      summary: `How the budgets of a ${kind} stand at this moment.`,
      roles: EVERYONE,
      answer: { status: 200, description: 'A row for each budget.', schema: BUDGET_STATE_LIST },
      run: async (context) => budgetAnswer(context.services, kind, await read(kind, context)),
    },
    {
      method: 'GET',
      path: entry,
      operation: `get${schemas.name}`,
      summary: `Read a ${kind}.`,
      roles: EVERYONE,
      answer: { status: 200, description: `The ${kind}.`, schema: schemas.read },
      run: async (context) => entryAnswer(await read(kind, context), context.services.clock.now()),
    },
    {
      method: 'PATCH',
      path: entry,
      operation: `update${schemas.name}`,
      summary: `Change a ${kind}: what is absent stays, null takes a field away.`,
      roles: writers,
      body: schemas.update,
      conditional: true,
      answer: { status: 200, description: `The changed ${kind}.`, schema: schemas.read },
      run: (context) => update(kind, context),
    },
    {
      method: 'DELETE',
      path: entry,
      operation: `delete${schemas.name}`,
      summary: `Delete a ${kind} that nothing belongs to any more.`,
      roles: writers,
      conditional: true,
      answer: { status: 204, description: 'It is gone.' },
      run: (context) => remove(kind, context),
    },
  ];
}

function read(kind: Kind, { services, caller, params }: RouteContext): Promise<LevelRecord> {
  return readVisible(services, caller, kind as 'team', params['id'] as string);
}

async function list(kind: Kind, { services, caller, query }: RouteContext) {
  const now = services.clock.now();
  const teamId = caller.teamId ?? query.get('team_id') ?? undefined;
  const name = `${kind}/${teamId ?? ''}`;
  const page = readPage(query, name);
  if (kind === 'team' && caller.teamId !== undefined) {
    const own = await services.identity.get('team', caller.teamId, { consistent: true });
    return pageAnswer({ items: own === undefined ? [] : [own] }, name, (record) => toWire(record, now));
  }
  if (caller.teamId !== undefined && query.has('team_id') && query.get('team_id') !== caller.teamId) {
    return pageAnswer<LevelRecord>({ items: [] }, name, (record) => toWire(record, now));
  }
  const found = await services.identity.list(kind, { ...page, ...(teamId === undefined ? {} : { teamId }) });
  return pageAnswer<LevelRecord>(found, name, (record) => toWire(record, now));
}

async function create(kind: Kind, { services, caller, request, body }: RouteContext) {
  const now = services.clock.now();
  const creation = planCreation(request, caller, kind, body, await services.peppers());
  const { id = creation.id, ...fields } = fromWire(body) as { id?: string; teamId?: string };
  if (body['id'] !== undefined && caller.role !== 'admin') throw forbidden('Only the role admin may choose an id.', 'id');
  const teamId = kind === 'team' ? undefined : (caller.teamId ?? fields.teamId);
  if (fields.teamId !== undefined && fields.teamId !== teamId) await readVisible(services, caller, 'team', fields.teamId);

  const at = new Date(now).toISOString();
  const named = {
    ...fields,
    id,
    ...(teamId === undefined ? {} : { teamId }),
    status: (body['status'] as LevelRecord['status'] | undefined) ?? 'active',
    generation: nextGeneration(now),
    ...(creation.requestHash === undefined ? {} : { requestHash: creation.requestHash }),
    createdAt: at,
    updatedAt: at,
  } as LevelRecords[Kind];
  await checkGuardrailNames(services, body);
  const parents = await parentsOf(kind, named, { services, caller });
  checkReserved(caller, undefined, body, parents);
  checkNarrows(named, parents, now);
  const tagged = { ...named, ...ownTags(caller, undefined, named.tags, tagsAllowedBy(parents)) };
  const record = withCounting(services, kind, undefined, tagged);
  const change: Change = { action: 'create', resource: kind, resourceId: id, ...teamOfChange(kind, record), after: toWire(record, now) };
  const result = await services.journal.write(caller, change, ({ identity }) =>
    Promise.all([identity.create(kind, record as never), confirmPlace(identity, placeOf(kind, record))]),
  );
  if (result === 'done') return entryAnswer(record, now, 201);

  const stored = await services.identity.get(kind, id, { consistent: true });
  if (stored === undefined) throw concurrentChange();
  checkReplay(creation, stored, kind);
  return entryAnswer(stored, now, 201);
}

async function update(kind: Kind, context: RouteContext) {
  const { services, caller, request, body } = context;
  const now = services.clock.now();
  const before = await read(kind, context);
  checkIfMatch(request, before.generation);
  const changed: LevelRecord = {
    ...before,
    ...fromWire(body),
    generation: nextGeneration(now, before.generation),
    updatedAt: new Date(now).toISOString(),
  };
  await checkGuardrailNames(services, body);
  const parents = await parentsOf(kind, changed, context);
  checkReserved(caller, before, body, parents);
  checkNarrows(narrowed(body, changed), parents, now);
  const tagged = body['tags'] === undefined ? changed : { ...changed, ...ownTags(caller, before, changed.tags, tagsAllowedBy(parents)) };
  const after = withCounting(services, kind, before, tagged);
  const change: Change = {
    action: 'update',
    resource: kind,
    resourceId: before.id,
    ...teamOfChange(kind, before),
    before: toWire(before, now),
    after: toWire(after, now),
  };
  const result = await services.journal.write(caller, change, (stores) => stores.identity.replace(kind, after as never, before.generation));
  if (result === 'conflict') throw concurrentChange();
  await followBudgets(services, kind, after);
  return entryAnswer(after, now);
}

async function remove(kind: Kind, context: RouteContext) {
  const { services, caller, request } = context;
  const now = services.clock.now();
  const before = await read(kind, context);
  await checkDeletes(caller, before, () => parentsOf(kind, before, context));
  checkIfMatch(request, before.generation);
  await checkEmpty(kind, before, context);
  const change: Change = {
    action: 'delete',
    resource: kind,
    resourceId: before.id,
    ...teamOfChange(kind, before),
    before: toWire(before, now),
  };
  const result = await services.journal.write(caller, change, (stores) => stores.identity.remove(kind, before.id, before.generation));
  if (result === 'conflict') throw concurrentChange();
  return { status: 204 };
}

function teamOfChange(kind: Kind, record: LevelRecord): { teamId?: string } {
  const teamId = teamOf(kind, record);
  return teamId === undefined ? {} : { teamId };
}

/** Fields that a child may only narrow, as the record and as the wire names them. */
const NARROWING = {
  budgets: 'budgets',
  limits: 'limits',
  models: 'models',
  serverTools: 'server_tools',
  mayStore: 'may_store',
  sensitivity: 'sensitivity',
  residency: 'residency',
} as const;
const NARROWING_FIELDS = Object.keys(NARROWING) as (keyof typeof NARROWING)[];

/** Only fields that a change writes are held against the parents: what was allowed once stays writable around. */
export function narrowed(body: Readonly<Record<string, unknown>>, record: LevelRecord): Allowance {
  return Object.fromEntries(NARROWING_FIELDS.map((field) => [field, body[NARROWING[field]] === undefined ? undefined : record[field]]));
}

/** Only projects and users belong to a team. */
function placeOf(kind: Kind, record: LevelRecord): Place {
  const teamId = kind === 'team' ? undefined : teamOf(kind, record);
  return teamId === undefined ? {} : { teamId };
}

/** What binds a level from above. A tag stands beside the others. */
async function parentsOf(kind: Kind, record: LevelRecord, { services, caller }: Pick<RouteContext, 'services' | 'caller'>) {
  return kind === 'tag' ? [] : readParents(services, caller, placeOf(kind, record));
}

/** The first page is enough: one child is a reason to refuse. */
async function checkEmpty(kind: Kind, record: LevelRecord, { services }: RouteContext): Promise<void> {
  const teamId = kind === 'team' ? record.id : teamOf(kind, record);
  if (kind === 'team') {
    for (const child of ['project', 'key', 'user'] as const) {
      const { items } = await services.identity.list(child, { teamId: record.id, limit: 1 });
      if (items.length > 0) throw notEmpty(kind, child);
    }
    return;
  }
  if (kind === 'tag') return;
  const field = kind === 'project' ? 'projectId' : 'userId';
  let after: string | undefined;
  do {
    const page = await services.identity.list('key', {
      limit: 200,
      ...(teamId === undefined ? {} : { teamId }),
      ...(after === undefined ? {} : { after }),
    });
    if (page.items.some((key) => key[field] === record.id)) throw notEmpty(kind, 'key');
    after = page.next;
  } while (after !== undefined);
}

function notEmpty(kind: Kind, child: string): GatewayError {
  return new GatewayError({
    code: 'not_empty',
    message: `A ${child} still belongs to this ${kind}; delete or move it first.`,
  });
}
