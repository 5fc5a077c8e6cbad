import type { RouteDefinition } from './api-definition';

/** A route and what its path's variables hold, percent-decoded. */
export interface RouteMatch {
  readonly route: RouteDefinition;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Candidate {
  readonly segments: readonly string[];
  readonly routes: readonly RouteDefinition[];
}

/** Finds a route as API Gateway does: an exact segment beats a variable, a variable beats `{proxy+}`; a method beats `ANY`. */
export class RouteTable {
  private readonly candidates: readonly Candidate[];

  public constructor(routes: readonly RouteDefinition[]) {
    const byPath = new Map<string, RouteDefinition[]>();
    for (const route of routes) byPath.set(route.resourcePath, [...(byPath.get(route.resourcePath) ?? []), route]);
    this.candidates = [...byPath]
      .map(([path, members]) => ({ segments: split(path), routes: members }))
      .sort((left, right) => compare(left.segments, right.segments));
  }

  /** @param path without stage and query, as sent */
  public match(method: string, path: string): RouteMatch | undefined {
    const segments = split(path);
    for (const candidate of this.candidates) {
      const pathParameters = matchSegments(candidate.segments, segments);
      if (pathParameters === undefined) continue;
      const route =
        candidate.routes.find((member) => member.method === method) ?? candidate.routes.find((member) => member.method === 'ANY');
      if (route !== undefined) return { route, pathParameters };
    }
    return undefined;
  }
}

function split(path: string): string[] {
  const segments = path.split('/').slice(1);
  // A trailing slash names the same resource.
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      if (segments.length <= index) return undefined;
      parameters[greedy] = decode(segments.slice(index).join('/'));
      return parameters;
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const variable = /^\{(.+)\}$/.exec(part)?.[1];
    if (variable !== undefined) parameters[variable] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

/** Most specific first. */
function compare(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = rank(left[index]) - rank(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (segment.endsWith('+}')) return 2;
  return segment.startsWith('{') ? 1 : 0;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
