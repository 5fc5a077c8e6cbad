import { unsupported } from '../../platform/error';
import type { JsonObject } from '../../platform/json';
import type { ModelRequest } from '../model/request';
import { optionalObject } from './strict';

/**
 * A field of a provider's own API that a caller wrote beside those of its dialect. Only members that can cost no more, ask for no tool and
 * name no place are taken: caps, choices and pictures have fields that money and policy read.
 *
 * @throws GatewayError 400 that names the member
 */
export function nativeMembers({ native }: ModelRequest, field: string, taken: ReadonlySet<string>): JsonObject {
  const members = optionalObject(native?.[field], field) ?? {};
  const other = Object.keys(members).find((name) => !taken.has(name));
  if (other !== undefined)
    throw unsupported(`${field}.${other}`, `${field}.${other} is not taken; say it by the fields of this API, or leave it out.`);
  return members;
}
