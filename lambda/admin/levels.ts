import type { IdentityStore, KeyRecord, LevelRecord, ProjectRecord, TeamRecord, UserRecord } from '../identity';
import { allowedTagsOf } from '../identity';
import { GATEWAY_ID, type LevelKind } from '../money/ledger';
import { GatewayError, invalidRequest } from '../platform/error';
import type { Caller } from './caller';
import { notFound, sees } from './caller';
import type { AdminRequest } from './message';
import { header } from './message';
import type { Parent } from './narrowing';
import type { Services } from './services';
import { etagOf } from './wire';

/** What belongs to a team, if to any. */
export function teamOf(kind: LevelKind, record: LevelRecord): string | undefined {
  return kind === 'team' ? record.id : (record as Partial<KeyRecord>).teamId;
}

/**
 * Reads what an id names, consistently.
 *
 * @throws GatewayError 404, alike for what does not exist and for what another team owns
 */
export async function readVisible(services: Services, caller: Caller, kind: 'team', id: string): Promise<TeamRecord>;
export async function readVisible(services: Services, caller: Caller, kind: 'project', id: string): Promise<ProjectRecord>;
export async function readVisible(services: Services, caller: Caller, kind: 'user', id: string): Promise<UserRecord>;
export async function readVisible(services: Services, caller: Caller, kind: 'key', id: string): Promise<KeyRecord>;
export async function readVisible(services: Services, caller: Caller, kind: LevelKind, id: string): Promise<LevelRecord>;
export async function readVisible(services: Services, caller: Caller, kind: LevelKind, id: string): Promise<LevelRecord> {
  if (id.length > 256) throw notFound(kind, id);
  const record = await services.identity.get(kind, id, { consistent: true });
  if (record === undefined) throw notFound(kind, id);
  if (!sees(caller, teamOf(kind, record))) {
    services.log.write('warn', 'cross-tenant-attempt', {
      keyId: caller.keyId,
      ...(caller.teamId === undefined ? {} : { teamId: caller.teamId }),
    });
    throw notFound(kind, id);
  }
  return record;
}

/**
 * @throws GatewayError 412 when `if-match` names another version than the stored one
 */
export function checkIfMatch(request: AdminRequest, generation: number): void {
  const wanted = header(request, 'if-match');
  if (wanted === undefined || wanted.trim() === '*') return;
  if (wanted.split(',').some((etag) => etag.trim().replace(/^W\//, '') === etagOf(generation))) return;
  throw new GatewayError({
    code: 'precondition_failed',
    message: 'Somebody else has changed it since; read it again.',
    param: 'if-match',
  });
}

/** Another writer came between read and write. */
export function concurrentChange(): GatewayError {
  return new GatewayError({
    code: 'concurrent_change',
    message: 'Somebody else changed it at the same moment. Read it again and repeat the call.',
    retryAfterMs: 1_000,
  });
}

/** A newer generation than any before: never behind the pages of a level that was deleted and made again. */
export function nextGeneration(now: number, before = 0): number {
  return Math.max(now, before + 1);
}

/** Where a project, user or key stands: what binds it from above. */
export interface Place {
  readonly teamId?: string;
  readonly projectId?: string;
  readonly userId?: string;
}

/** Binds a creation to what it is created in: nothing that is deleted at the same moment is left with a child. */
export function confirmPlace(identity: Pick<IdentityStore, 'confirm'>, { teamId, projectId, userId }: Place): Promise<unknown> {
  const parents = Object.entries({ team: teamId, project: projectId, user: userId }) as [LevelKind, string | undefined][];
  return Promise.all(parents.map(([kind, id]) => id === undefined || identity.confirm(kind, id)));
}

/**
 * Every level above, with what each allows.
 *
 * @throws GatewayError 404 for a level that does not exist or that the caller may not see, 400 for levels that do not belong together
 */
export async function readParents(services: Services, caller: Caller, place: Place): Promise<readonly Parent[]> {
  const optional = async <T>(id: string | undefined, read: (id: string) => Promise<T>) => (id === undefined ? undefined : read(id));
  const [gateway, team, project, user] = await Promise.all([
    services.identity.get('gateway', GATEWAY_ID, { consistent: true }),
    optional(place.teamId, (id) => readVisible(services, caller, 'team', id)),
    optional(place.projectId, (id) => readVisible(services, caller, 'project', id)),
    optional(place.userId, (id) => readVisible(services, caller, 'user', id)),
  ]);
  if (project !== undefined && project.teamId !== place.teamId) {
    throw invalidRequest('project_id', `project ${JSON.stringify(project.id)} belongs to another team than team_id.`);
  }
  if (user?.teamId !== undefined && user.teamId !== place.teamId) {
    throw invalidRequest('user_id', `user ${JSON.stringify(user.id)} belongs to another team than team_id.`);
  }
  const parents: Parent[] = [{ ...(gateway ?? services.gatewayLevel), kind: 'gateway', label: 'the gateway' }];
  for (const [kind, record] of [
    ['team', team],
    ['project', project],
    ['user', user],
  ] as const) {
    if (record !== undefined) parents.push({ ...record, record, kind, label: `${kind} ${JSON.stringify(record.id)}` });
  }
  return parents;
}

/** The tags that a team's administrator may set on what has these levels above it. */
export function tagsAllowedBy(parents: readonly Parent[]): readonly string[] {
  const of = (kind: LevelKind) => parents.find((parent) => parent.kind === kind);
  return allowedTagsOf(of('gateway'), of('team'));
}
