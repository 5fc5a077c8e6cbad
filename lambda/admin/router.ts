import { GatewayError } from '../platform/error';
import type { AdminRoute } from './route';

/** The route that a call goes to, and the values in its path. */
export interface Match {
  readonly route: AdminRoute;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a call. Paths are compared as they are: no case folding, no dot segments, no empty segments.
 *
 * @throws GatewayError 404 for an unknown path, 405 for a known path with another method
 */
export function findRoute(routes: readonly AdminRoute[], method: string, path: string): Match {
  const segments = split(path);
  const allowed: string[] = [];
  for (const route of routes) {
    const params = segments === undefined ? undefined : match(route.path, segments);
    if (params === undefined) continue;
    if (route.method === method) return { route, params };
    allowed.push(route.method);
  }
  if (allowed.length > 0) {
    throw new GatewayError({
      code: 'method_not_allowed',
      message: `This path takes ${allowed.join(', ')}.`,
    });
  }
  throw new GatewayError({ code: 'unknown_url', message: 'The admin API has no such path.' });
}

function split(path: string): readonly string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    let segment: string;
    try {
      segment = decodeURIComponent(raw);
    } catch {
      return undefined;
    }
    if (segment === '' || segment === '.' || segment === '..') return undefined;
    segments.push(segment);
  }
  return segments;
}

function match(template: string, segments: readonly string[]): Record<string, string> | undefined {
  const parts = template.slice(1).split('/');
  const params: Record<string, string> = {};
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part.endsWith('+}')) {
      // Takes all but what the template still needs.
      const end = segments.length - (parts.length - index - 1);
      if (end <= at) return undefined;
      params[part.slice(1, -2)] = segments.slice(at, end).join('/');
      at = end;
      continue;
    }
    const segment = segments[at];
    if (segment === undefined) return undefined;
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
    at += 1;
  }
  return at === segments.length ? params : undefined;
}
