import { GatewayError } from '../platform/error';
import { parseJson } from '../platform/json';

/** Peppers by version. Old versions stay until the last key hashed under them is gone. */
export interface Peppers {
  /** The version that new hashes use. */
  readonly current: number;
  readonly byVersion: ReadonlyMap<number, string>;
}

const SHORTEST_PEPPER = 32;

/**
 * Reads the pepper secret: `{"version":"1","1":"<letters and digits>"}`, where `version` names the current pepper and
 * every other numbered field is a pepper.
 *
 * @throws GatewayError 503 `misconfigured` when the secret is not of this form or a pepper is shorter than 32 characters
 */
export function parsePeppers(secret: string): Peppers {
  const value = parseJson(secret);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw misconfigured('it is not a JSON object');

  const byVersion = new Map<number, string>();
  for (const [name, pepper] of Object.entries(value)) {
    if (!/^\d{1,6}$/.test(name)) continue;
    if (typeof pepper !== 'string' || pepper.length < SHORTEST_PEPPER) throw misconfigured('a pepper is shorter than 32 characters');
    byVersion.set(Number(name), pepper);
  }
  const current = Number(value['version']);
  if (!byVersion.has(current)) throw misconfigured('its version names no pepper');
  return { current, byVersion };
}

function misconfigured(reason: string): GatewayError {
  return new GatewayError({
    code: 'misconfigured',
    message: 'The gateway is misconfigured. Its operator finds the reason in the log.',
    cause: new Error(`the pepper secret is unusable: ${reason}`),
  });
}
