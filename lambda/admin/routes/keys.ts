import type { KeyHash, KeyRecord } from '../../identity';
import { formatKey, generateKey, hashSecret } from '../../identity';
import { GatewayError } from '../../platform/error';
import { checkGuardrailNames } from '../checked-guardrails';
import { readPage } from '../cursor';
import { checkReplay, planCreation } from '../idempotency';
import type { Change } from '../journal';
import { checkManages, checkRole } from '../key-permissions';
import { checkIfMatch, concurrentChange, confirmPlace, nextGeneration, readParents, readVisible, tagsAllowedBy } from '../levels';
import { checkNarrows } from '../narrowing';
import { checkDeletes, checkReserved, checkUnblocks } from '../reserved';
import type { AdminRoute, RouteContext } from '../route';
import { EVERYONE, MANAGERS, PAGE_QUERY } from '../route';
import { BUDGET_STATE_LIST } from '../schemas/budgets';
import { KEY, KEY_ROTATE, KEY_WITH_SECRET } from '../schemas/keys';
import { REFERENCE } from '../schemas/level';
import { ownTags } from '../tags';
import { fromWire, toWire } from '../wire';
import { narrowed } from './levels';
import { aboveOf, budgetAnswer, entryAnswer, followBudgets, pageAnswer, withCounting } from './shared';

/** An idempotent creation answers the key again this long. */
const REPLAY_MS = 24 * 60 * 60 * 1_000;

/** The routes of virtual keys. */
export const keyRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/keys',
    operation: 'listKeys',
    summary: 'List keys.',
    roles: EVERYONE,
    query: { ...PAGE_QUERY, team_id: REFERENCE },
    answer: { status: 200, description: 'A page of keys.', schema: KEY.list },
    run: list,
  },
  {
    method: 'POST',
    path: '/keys',
    operation: 'createKey',
    summary: 'Create a key. The answer is the only place where the key itself is shown.',
    roles: MANAGERS,
    body: KEY.create,
    bodyOptional: true,
    idempotent: true,
    answer: { status: 201, description: 'The new key.', schema: KEY_WITH_SECRET },
    run: create,
  },
  {
    method: 'GET',
    path: '/keys/{id}',
    operation: 'getKey',
    summary: 'Read a key.',
    roles: EVERYONE,
    answer: { status: 200, description: 'The key, without its secret.', schema: KEY.read },
    run: async (context) => entryAnswer(await read(context), context.services.clock.now()),
  },
  {
    method: 'PATCH',
    path: '/keys/{id}',
    operation: 'updateKey',
    summary: 'Change a key: what is absent stays, null takes a field away.',
    roles: MANAGERS,
    body: KEY.update,
    conditional: true,
    answer: { status: 200, description: 'The changed key.', schema: KEY.read },
    run: update,
  },
  {
    method: 'DELETE',
    path: '/keys/{id}',
    operation: 'deleteKey',
    summary: 'Delete a key. Its usage stays.',
    roles: MANAGERS,
    conditional: true,
    answer: { status: 204, description: 'It is gone.' },
    run: remove,
  },
  {
    method: 'POST',
    path: '/keys/{id}/rotate',
    operation: 'rotateKey',
    summary: 'Make a new secret; the present one works until the grace period ends.',
    roles: MANAGERS,
    body: KEY_ROTATE,
    bodyOptional: true,
    conditional: true,
    answer: { status: 200, description: 'The key with its new secret.', schema: KEY_WITH_SECRET },
    run: rotate,
  },
  ...(['block', 'unblock', 'revoke'] as const).map(statusRoute),
  {
    method: 'GET',
    path: '/keys/{id}/budgets',
    operation: 'listKeyBudgets',
    summary: 'How the budgets of a key stand at this moment.',
    roles: EVERYONE,
    answer: { status: 200, description: 'A row for each budget.', schema: BUDGET_STATE_LIST },
    run: async (context) => budgetAnswer(context.services, 'key', await read(context)),
  },
];

function read({ services, caller, params }: RouteContext): Promise<KeyRecord> {
  return readVisible(services, caller, 'key', params['id'] as string);
}

async function list({ services, caller, query }: RouteContext) {
  const now = services.clock.now();
  const wanted = query.get('team_id') ?? undefined;
  const teamId = caller.teamId ?? wanted;
  const name = `key/${teamId ?? ''}`;
  const page = readPage(query, name);
  const foreign = wanted !== undefined && wanted !== teamId;
  const found = foreign ? { items: [] } : await services.identity.list('key', { ...page, ...(teamId === undefined ? {} : { teamId }) });
  return pageAnswer<KeyRecord>(found, name, (record) => toWire(record, now));
}

async function create({ services, caller, request, body }: RouteContext) {
  const now = services.clock.now();
  const peppers = await services.peppers();
  const creation = planCreation(request, caller, 'key', body, peppers);
  const key = formatKey(creation.id, creation.secret);
  const fields = fromWire(body) as Partial<KeyRecord>;
  const teamId = await teamOfNewKey({ services, caller }, fields);
  const role = fields.role ?? 'caller';
  checkRole(caller, role, teamId);

  const at = new Date(now).toISOString();
  const record: KeyRecord = {
    ...fields,
    ...(teamId === undefined ? {} : { teamId }),
    id: key.keyId,
    role,
    status: 'active',
    hashes: [hashOf(key, peppers)],
    lastFour: key.lastFour,
    generation: nextGeneration(now),
    ...(creation.requestHash === undefined ? {} : { requestHash: creation.requestHash }),
    createdAt: at,
    updatedAt: at,
  };
  await checkGuardrailNames(services, body);
  const parents = await readParents(services, caller, record);
  checkReserved(caller, undefined, body, parents);
  checkNarrows(record, parents, now);
  const owned = {
    ...record,
    limitsGeneration: record.generation,
    ...ownTags(caller, undefined, record.tags, tagsAllowedBy(parents)),
    above: aboveOf(parents),
  };
  const change: Change = { action: 'create', resource: 'key', resourceId: record.id, ...teamPart(record), after: toWire(record, now) };
  const result = await services.journal.write(caller, change, ({ identity }) =>
    Promise.all([identity.create('key', owned), confirmPlace(identity, record)]),
  );
  if (result === 'done') return entryAnswer(record, now, 201, { key: key.text });

  const stored = await services.identity.get('key', key.keyId, { consistent: true });
  if (stored === undefined) throw concurrentChange();
  checkReplay(creation, stored, 'key');
  const same = stored.hashes.some((hash) => hash.hmac === record.hashes[0]?.hmac && hash.validUntil === undefined) === true;
  const recent = now - Date.parse(stored.createdAt) < REPLAY_MS;
  return entryAnswer(stored, now, 201, same && recent ? { key: key.text } : {});
}

async function update(context: RouteContext) {
  const { services, caller, request, body } = context;
  const now = services.clock.now();
  const before = await read(context);
  checkManages(caller, before, Object.keys(body));
  if (body['role'] !== undefined) checkRole(caller, body['role'] as KeyRecord['role'], before.teamId);
  checkIfMatch(request, before.generation);
  const changed: KeyRecord = { ...before, ...fromWire(body), ...stamp(before, now) };
  await checkGuardrailNames(services, body);
  const parents = await readParents(services, caller, changed);
  checkReserved(caller, before, body, parents);
  checkNarrows(narrowed(body, changed), parents, now);
  const tagged = body['tags'] === undefined ? changed : { ...changed, ...ownTags(caller, before, changed.tags, tagsAllowedBy(parents)) };
  const after = { ...withCounting(services, 'key', before, tagged), above: aboveOf(parents) };
  await replace(context, 'update', before, after);
  return entryAnswer(after, now);
}

async function remove(context: RouteContext) {
  const { services, caller, request } = context;
  const now = services.clock.now();
  const before = await read(context);
  checkManages(caller, before);
  await checkDeletes(caller, before, () => readParents(services, caller, before));
  checkIfMatch(request, before.generation);
  const change: Change = { action: 'delete', resource: 'key', resourceId: before.id, ...teamPart(before), before: toWire(before, now) };
  const result = await services.journal.write(caller, change, (stores) => stores.identity.remove('key', before.id, before.generation));
  if (result === 'conflict') throw concurrentChange();
  return { status: 204 };
}

async function rotate(context: RouteContext) {
  const { services, caller, request, body } = context;
  const now = services.clock.now();
  const before = await read(context);
  if (before.id !== caller.keyId) checkManages(caller, before);
  checkIfMatch(request, before.generation);
  if (before.status === 'revoked') throw revoked();
  const peppers = await services.peppers();
  const key = generateKey(before.id);
  const graceSeconds = (body['grace_period_seconds'] as number | undefined) ?? 0;
  const graceEnd = new Date(now + graceSeconds * 1_000).toISOString();
  const old = before.hashes
    .filter((hash) => hash.validUntil === undefined || Date.parse(hash.validUntil) > now)
    .map((hash) => (hash.validUntil !== undefined && hash.validUntil < graceEnd ? hash : { ...hash, validUntil: graceEnd }));
  const after: KeyRecord = {
    ...before,
    hashes: [hashOf(key, peppers), ...(graceSeconds === 0 ? [] : old)],
    lastFour: key.lastFour,
    ...stamp(before, now),
  };
  await replace(context, 'rotate', before, after);
  return entryAnswer(after, now, 200, { key: key.text });
}

function statusRoute(verb: 'block' | 'unblock' | 'revoke'): AdminRoute {
  const done = { block: 'Refuse its calls until it is unblocked.', unblock: 'Let it call again.', revoke: 'Refuse its calls for ever.' };
  return {
    method: 'POST',
    path: `/keys/{id}/${verb}`,
    operation: `${verb}Key`,
    summary: done[verb],
    roles: MANAGERS,
    conditional: true,
    answer: { status: 200, description: 'The changed key.', schema: KEY.read },
    run: async (context) => {
      const now = context.services.clock.now();
      const before = await read(context);
      checkManages(context.caller, before);
      if (verb === 'unblock') await checkUnblocks(context.caller, before, () => readParents(context.services, context.caller, before));
      checkIfMatch(context.request, before.generation);
      const status = verb === 'unblock' ? 'active' : verb === 'block' ? 'blocked' : 'revoked';
      if (before.status === 'revoked' && status !== 'revoked') throw revoked();
      if (before.status === status) return entryAnswer(before, now);
      const after: KeyRecord = { ...before, status, ...stamp(before, now) };
      await replace(context, verb, before, after);
      return entryAnswer(after, now);
    },
  };
}

async function replace({ services, caller }: RouteContext, action: string, before: KeyRecord, after: KeyRecord): Promise<void> {
  const now = services.clock.now();
  const change: Change = {
    action,
    resource: 'key',
    resourceId: before.id,
    ...teamPart(before),
    before: toWire(before, now),
    after: toWire(after, now),
  };
  const result = await services.journal.write(caller, change, (stores) => stores.identity.replace('key', after, before.generation));
  if (result === 'conflict') throw concurrentChange();
  await followBudgets(services, 'key', after);
}

function stamp(before: KeyRecord, now: number) {
  return { generation: nextGeneration(now, before.generation), updatedAt: new Date(now).toISOString() };
}

function teamPart(record: KeyRecord): { teamId?: string } {
  return record.teamId === undefined ? {} : { teamId: record.teamId };
}

function hashOf(
  key: { readonly keyId: string; readonly secret: string },
  peppers: Awaited<ReturnType<RouteContext['services']['peppers']>>,
): KeyHash {
  const pepper = peppers.byVersion.get(peppers.current) as string;
  return { pepperVersion: peppers.current, hmac: hashSecret(pepper, key.keyId, key.secret) };
}

/** A key's team: named, its project's, or its maker's. */
async function teamOfNewKey(
  { services, caller }: Pick<RouteContext, 'services' | 'caller'>,
  fields: Partial<KeyRecord>,
): Promise<string | undefined> {
  if (fields.teamId !== undefined) return (await readVisible(services, caller, 'team', fields.teamId)).id;
  if (fields.projectId !== undefined) return (await readVisible(services, caller, 'project', fields.projectId)).teamId;
  return caller.teamId;
}

function revoked(): GatewayError {
  return new GatewayError({
    code: 'already_revoked',
    message: 'This key is revoked, which is for ever. Create another one.',
  });
}
