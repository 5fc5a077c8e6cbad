import type { LevelRecord } from '../identity';
import type { JsonObject } from '../platform/json';
import type { Caller } from './caller';
import { forbidden } from './caller';
import type { Parent } from './narrowing';
import { toWire } from './wire';

/** Fields that an administrator can pin, by their names on the wire. */
export const PINNABLE = [
  'budgets',
  'limits',
  'models',
  'server_tools',
  'endpoints',
  'tags',
  'may_store',
  'sensitivity',
  'residency',
  'guardrails',
  'expires_at',
  'status',
] as const;

type Before = LevelRecord | undefined;

/**
 * What only the role `admin` changes: pins, what is pinned, and that a provider may keep calls where no level above says so.
 *
 * @param before the entry as it is; absent: it is new
 * @param body what the caller writes
 * @throws GatewayError 403 that names the field
 */
export function checkReserved(caller: Caller, before: Before, body: JsonObject, parents: readonly Parent[]): void {
  if (caller.role === 'admin') return;
  const had: JsonObject = before === undefined ? {} : toWire(before, 0);
  const changes = (field: string): boolean => field in body && !isSame(body[field] ?? undefined, had[field]);
  if (changes('pinned')) throw forbidden('Only the role admin pins fields.', 'pinned');
  if (changes('may_store') && body['may_store'] === true && !parents.some(({ mayStore }) => mayStore === true)) {
    throw forbidden('Only the role admin lets providers keep calls; no level above does.', 'may_store');
  }
  if (changes('content_log')) throw forbidden('Only the role admin decides what is kept of contents.', 'content_log');
  for (const field of pinsOn(before, parents)) {
    // Where a budget's period begins decides what is left of it.
    const changed = (field === 'budgets' ? ['budgets', 'time_zone'] : [field]).find(changes);
    if (changed !== undefined && !(field === 'status' && body['status'] !== 'active')) throw pinned(changed);
  }
}

/**
 * An entry is not deleted around its pins, to be made again without what they hold.
 *
 * @throws GatewayError 403 that names the field
 */
export async function checkDeletes(caller: Caller, before: LevelRecord, parents: () => Promise<readonly Parent[]>): Promise<void> {
  if (caller.role === 'admin') return;
  const had = toWire(before, 0);
  const held = pinsOn(before, await parents()).find(
    (field) => before.pinned?.includes(field) || (field === 'status' ? before.status !== 'active' : field in had),
  );
  if (held !== undefined) throw pinned(held);
}

/** @throws GatewayError 403 when the status is pinned; blocking and revoking are always possible */
export async function checkUnblocks(caller: Caller, before: LevelRecord, parents: () => Promise<readonly Parent[]>): Promise<void> {
  if (caller.role !== 'admin' && pinsOn(before, await parents()).includes('status')) throw pinned('status');
}

/** An entry's own pins, and its team's, which hold for all that the team has. */
function pinsOn(before: Before, parents: readonly Parent[]): readonly string[] {
  return [...(before?.pinned ?? []), ...(parents.find(({ kind }) => kind === 'team')?.pinned ?? [])];
}

function pinned(field: string) {
  return forbidden(`${field} is pinned by the role admin, which alone may change it here.`, field);
}

function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
