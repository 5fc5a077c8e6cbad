import type { KeyRecord } from '../identity';
import { invalidRequest } from '../platform/error';
import type { Caller } from './caller';
import { forbidden } from './caller';

/** What the holder of an administrative key may change of that key itself. */
const OWN_FIELDS = new Set(['name', 'metadata']);

/**
 * Nobody hands out more than they have, or as much.
 *
 * @throws GatewayError 403, or 400 for an administrator of no team
 */
export function checkRole(caller: Caller, role: KeyRecord['role'], teamId: string | undefined): void {
  if (caller.role !== 'admin' && role !== 'caller' && role !== 'viewer') {
    throw forbidden(`The role ${caller.role} may only give the roles caller and viewer.`, 'role');
  }
  if (role === 'team_admin' && teamId === undefined)
    throw invalidRequest('team_id', 'A key with the role team_admin needs team_id.', 'missing_field');
}

/**
 * A team's administrator manages its callers, not its administrators, and of the own key only the name.
 *
 * @param fields those that are changed; absent: all of it
 * @throws GatewayError 403
 */
export function checkManages(caller: Caller, key: KeyRecord, fields?: readonly string[]): void {
  if (caller.role === 'admin') return;
  if (key.id === caller.keyId) {
    const refused = fields?.find((field) => !OWN_FIELDS.has(field));
    if (fields === undefined || refused !== undefined) {
      throw forbidden(`A key may not change its own ${refused ?? 'status'}.`, refused);
    }
    return;
  }
  if (key.role !== 'caller' && key.role !== 'viewer') throw forbidden('Only the role admin manages keys with an administrative role.');
}
