import type { DialectName, Operation } from '../../wire/model';

/** What a route does. */
export type RouteKind = 'model-call' | 'list-models' | 'show-model' | 'show-me' | 'health' | 'probe' | 'refuse-upgrade';

/** One entry of the route table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** Exact, or ending in `/*` for a rest that may hold slashes. */
  readonly path: string;
  readonly kind: RouteKind;
  /** How its callers are answered. */
  readonly dialect: DialectName;
  /** For model calls. */
  readonly operation?: Operation;
  /** Whether a key is needed. */
  readonly authenticated: boolean;
}

/** The data plane, whole. */
export const ROUTES: readonly Route[] = [
  call('/v1/chat/completions', 'openai-chat', 'chat'),
  call('/v1/responses', 'openai-responses', 'chat'),
  call('/v1/messages', 'anthropic-messages', 'chat'),
  call('/v1/messages/count_tokens', 'anthropic-messages', 'count-tokens'),
  call('/v1/embeddings', 'openai-chat', 'embeddings'),
  // Codex tries a WebSocket first and falls back at once on this answer alone.
  { method: 'GET', path: '/v1/responses', kind: 'refuse-upgrade', dialect: 'openai-responses', authenticated: true },
  { method: 'GET', path: '/v1/models', kind: 'list-models', dialect: 'openai-chat', authenticated: true },
  { method: 'GET', path: '/v1/models/*', kind: 'show-model', dialect: 'openai-chat', authenticated: true },
  { method: 'GET', path: '/v1/me', kind: 'show-me', dialect: 'openai-chat', authenticated: true },
  { method: 'GET', path: '/health', kind: 'health', dialect: 'openai-chat', authenticated: false },
  { method: 'HEAD', path: '/', kind: 'probe', dialect: 'openai-chat', authenticated: false },
  { method: 'HEAD', path: '/api/hello', kind: 'probe', dialect: 'openai-chat', authenticated: false },
];

/** What a path and method lead to; a path without a route still has a dialect to be answered in. */
export type RouteMatch =
  | { readonly found: 'route'; readonly route: Route; readonly rest: string }
  | { readonly found: 'other-method'; readonly dialect: DialectName; readonly allow: string }
  | { readonly found: 'nothing'; readonly dialect: DialectName };

const BY_PATH = new Map<string, Route[]>();
for (const route of ROUTES) BY_PATH.set(route.path, [...(BY_PATH.get(route.path) ?? []), route]);
const MODEL_PREFIX = '/v1/models/';

/**
 * Finds the route of a request. Repeated and trailing slashes mean nothing; anything else that is not spelled like a route is none:
 * dots, percent-encoding and case are not undone, so no two parts of the gateway can read a path differently.
 */
export function matchRoute(method: string, rawPath: string): RouteMatch {
  const path = canonical(rawPath);
  const rest = path.startsWith(MODEL_PREFIX) ? decodeRest(path.slice(MODEL_PREFIX.length)) : undefined;
  const candidates = BY_PATH.get(path) ?? (rest === undefined ? undefined : BY_PATH.get(`${MODEL_PREFIX}*`));
  if (candidates === undefined) return { found: 'nothing', dialect: dialectOf(path) };
  const route = candidates.find((candidate) => candidate.method === method);
  if (route !== undefined) return { found: 'route', route, rest: rest ?? '' };
  const allow = [...new Set(candidates.map((candidate) => candidate.method))].join(', ');
  return { found: 'other-method', dialect: dialectOf(path), allow };
}

function call(path: string, dialect: DialectName, operation: Operation): Route {
  return { method: 'POST', path, kind: 'model-call', dialect, operation, authenticated: true };
}

function canonical(path: string): string {
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

/** Clients percent-encode the slashes of a model's id. */
function decodeRest(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function dialectOf(path: string): DialectName {
  if (path.startsWith('/v1/messages')) return 'anthropic-messages';
  return path.startsWith('/v1/responses') ? 'openai-responses' : 'openai-chat';
}
