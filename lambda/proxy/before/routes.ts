import { type CallRoute, DEFAULT_DIALECT, DIALECT_NAMES, DIALECTS, type DialectName, type ModelRoutes } from '../../wire/dialects';
import type { Operation } from '../../wire/model';

/** What a route does. */
export type RouteKind = 'model-call' | 'list-models' | 'show-model' | 'show-me' | 'health' | 'deep-health' | 'probe' | 'refuse-upgrade';

/** One entry of the route table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** Exact, or with `{model}` in it, which stands for a name that may hold slashes. */
  readonly path: string;
  readonly kind: RouteKind;
  /** How its callers are answered. */
  readonly dialect: DialectName;
  /** For model calls. */
  readonly operation?: Operation;
  /** For model calls whose path says whether a stream is asked for. */
  readonly stream?: boolean;
  /** Forms of the list that models are told in. */
  readonly lists: readonly ModelRoutes[];
  /** Whether a key is needed. */
  readonly authenticated: boolean;
}

/** Answered to anybody. */
const OPEN_KINDS: ReadonlySet<RouteKind> = new Set(['health', 'deep-health', 'probe']);

/** Stands for a model's name in a path. */
const HOLE = '{model}';

/** The data plane, whole: what the dialects declare, and what the gateway answers of itself. */
export const ROUTES: readonly Route[] = [
  ...DIALECT_NAMES.flatMap((dialect) => DIALECTS[dialect].calls.map((route) => call(dialect, route))),
  ...DIALECT_NAMES.flatMap((dialect) => (DIALECTS[dialect].socketPaths ?? []).map((path) => own('GET', path, 'refuse-upgrade', dialect))),
  ...modelRoutes(),
  own('GET', '/v1/me', 'show-me'),
  own('GET', '/health', 'health'),
  own('GET', '/health/deep', 'deep-health'),
  own('HEAD', '/', 'probe'),
  own('HEAD', '/api/hello', 'probe'),
];

/** A request's route, and the model that its path names. */
export interface FoundRoute {
  readonly found: 'route';
  readonly route: Route;
  readonly model?: string;
}

/** What a path and method lead to; a path without a route still has a dialect to be answered in. */
export type RouteMatch =
  | FoundRoute
  | { readonly found: 'other-method'; readonly dialect: DialectName; readonly allow: string }
  | { readonly found: 'nothing'; readonly dialect: DialectName };

/** A path with a hole in it. */
interface Template {
  readonly before: string;
  readonly after: string;
  readonly route: Route;
}

/**
 * Finds the route of a request. Repeated and trailing slashes mean nothing; anything else that is not spelled like a route is none:
 * dots, percent-encoding and case are not undone, so no two parts of the gateway can read a path differently.
 */
export type Router = (method: string, rawPath: string) => RouteMatch;

export function createRouter(routes: readonly Route[]): Router {
  const byPath = new Map<string, FoundRoute[]>();
  const templates: Template[] = [];
  for (const route of routes) {
    const at = route.path.indexOf(HOLE);
    if (at < 0) byPath.set(route.path, [...(byPath.get(route.path) ?? []), { found: 'route', route }]);
    else templates.push({ before: route.path.slice(0, at), after: route.path.slice(at + HOLE.length), route });
  }
  // The one that says most of its path comes first.
  templates.sort((first, second) => second.route.path.length - first.route.path.length);

  return (method, rawPath) => {
    const path = canonical(rawPath);
    const candidates = byPath.get(path) ?? filled(templates, path);
    if (candidates.length === 0) return { found: 'nothing', dialect: dialectOf(path) };
    const match = candidates.find(({ route }) => route.method === method);
    if (match !== undefined) return match;
    const allow = [...new Set(candidates.map(({ route }) => route.method))].join(', ');
    return { found: 'other-method', dialect: dialectOf(path), allow };
  };
}

export const matchRoute = createRouter(ROUTES);

/** The routes whose template fits a path. */
function filled(templates: readonly Template[], path: string): FoundRoute[] {
  return templates.flatMap(({ before, after, route }): FoundRoute[] => {
    const long = path.length > before.length + after.length;
    if (!long || !path.startsWith(before) || !path.endsWith(after)) return [];
    const model = decoded(path.slice(before.length, path.length - after.length));
    return model === undefined ? [] : [{ found: 'route', route, model }];
  });
}

function call(dialect: DialectName, { path, operation, stream }: CallRoute): Route {
  return {
    method: 'POST',
    path,
    kind: 'model-call',
    dialect,
    operation,
    ...(stream === undefined ? {} : { stream }),
    lists: [],
    authenticated: true,
  };
}

/** Several dialects may list models at the same path; errors there are those of the first. */
function modelRoutes(): Route[] {
  const byPath = new Map<string, { readonly dialect: DialectName; readonly lists: ModelRoutes[] }>();
  for (const dialect of DIALECT_NAMES) {
    const { models } = DIALECTS[dialect];
    if (models === undefined) continue;
    const known = byPath.get(models.path);
    if (known === undefined) byPath.set(models.path, { dialect, lists: [models] });
    else known.lists.push(models);
  }
  return [...byPath].flatMap(([path, { dialect, lists }]) => [
    { ...own('GET', path, 'list-models', dialect), lists },
    { ...own('GET', `${path}/${HOLE}`, 'show-model', dialect), lists },
  ]);
}

function own(method: Route['method'], path: string, kind: RouteKind, dialect = DEFAULT_DIALECT): Route {
  return { method, path, kind, dialect, lists: [], authenticated: !OPEN_KINDS.has(kind) };
}

function canonical(path: string): string {
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

/** Clients percent-encode the slashes of a model's id. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function dialectOf(path: string): DialectName {
  return DIALECT_NAMES.find((name) => DIALECTS[name].prefixes.some((prefix) => path.startsWith(prefix))) ?? DEFAULT_DIALECT;
}
