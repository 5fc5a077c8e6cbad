import { GatewayError } from '../../platform/error';
import { createMemo, withoutTrailingSlash } from '../../platform/runtime';
import type { ProviderDefinition } from './provider';

/**
 * One path segment, percent-encoded so that nothing in it can end the segment (RFC 3986 unreserved characters stay).
 *
 * @throws GatewayError 503 `provider_misconfigured` for `.` and `..`, which no encoding keeps from being resolved
 */
export function encodeSegment(text: string): string {
  if (text === '.' || text === '..') throw misconfigured('a name in its address may not be "." or ".."');
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * A name that configuration puts into an address: a Region, a project, a deployment.
 *
 * @throws GatewayError 503 `provider_misconfigured` when it is absent or holds anything but letters, digits, `.`, `_`, `:` and `-`
 */
export function addressName(what: string, value: string | undefined): string {
  if (value !== undefined && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(value) && !value.includes('..')) return value;
  throw misconfigured(value === undefined ? `it needs a ${what}` : `its ${what} may hold letters, digits, ".", "_", ":" and "-" only`);
}

/** The provider's base URL for one Region, without a trailing slash: the configured one, else the kind's own. */
export function baseUrlFor(definition: ProviderDefinition, configured: string | undefined, region: string | undefined): string {
  const template = configured || definition.baseUrl;
  if (template === undefined) throw misconfigured('it needs a base URL');
  if (!template.includes('{region}')) return withoutTrailingSlash(template);

  const name = addressName('region', region).toLowerCase();
  if (!/^[a-z0-9-]+$/.test(name)) throw misconfigured('its region may hold lower-case letters, digits and "-" only');
  // Google's multi-region endpoint carries no location in its host.
  const url = name === 'global' ? template.replace('{region}-', '') : template.replace('{region}', name);
  // The China partition has a domain of its own: https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html
  return name.startsWith('cn-') ? url.replace('.amazonaws.com', '.amazonaws.com.cn') : url;
}

/**
 * Puts an endpoint's path behind the path of a base URL. Segments that both have where they meet are written once,
 * so that `https://host/v1` and `https://host` both work for a path that begins with `/v1`.
 */
export function joinPath(basePath: string, path: string): string {
  return joined(`${basePath} ${path}`, () => join(basePath, path));
}

const joined = createMemo<string>(500);

function join(basePath: string, path: string): string {
  const base = withoutTrailingSlash(basePath);
  const [plain = '', query] = splitQuery(path);
  const left = base.split('/').filter((segment) => segment !== '');
  const right = plain.split('/').slice(1);
  for (let overlap = Math.min(left.length, right.length); overlap > 0; overlap--) {
    if (left.slice(-overlap).every((segment, index) => segment === right[index])) {
      return `${base}/${right.slice(overlap).join('/')}${query}`;
    }
  }
  return `${base}${path}`;
}

function splitQuery(path: string): [string, string] {
  const at = path.indexOf('?');
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
}

function misconfigured(reason: string): GatewayError {
  return new GatewayError({
    code: 'provider_misconfigured',
    message: `The provider is not configured: ${reason}.`,
  });
}
