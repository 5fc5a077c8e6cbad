import type { Role } from '../identity';
import { GatewayError } from '../platform/error';

/** Who calls the admin API: always a function of the credential alone. */
export interface Caller {
  /** `root` for the bootstrap credential. */
  readonly keyId: string;
  readonly role: Exclude<Role, 'caller'>;
  /** The team that a `team_admin`, or a `viewer` bound to a team, sees; absent: every team. */
  readonly teamId?: string;
}

export function forbidden(message: string, param?: string): GatewayError {
  return new GatewayError({
    code: 'permission_denied',
    message,
    ...(param === undefined ? {} : { param }),
  });
}

/** One answer for what does not exist and for what another team owns: the two cannot be told apart. */
export function notFound(resource: string, id: string): GatewayError {
  return new GatewayError({
    code: 'resource_not_found',
    message: `There is no ${resource} ${JSON.stringify(id.slice(0, 200))}.`,
  });
}

/** Whether the caller may see what belongs to a team; `undefined`: what belongs to none. */
export function sees(caller: Caller, teamId: string | undefined): boolean {
  return caller.teamId === undefined || caller.teamId === teamId;
}
