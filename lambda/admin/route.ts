import type { JsonLimits, JsonObject } from '../platform/json';
import type { Caller } from './caller';
import type { AdminRequest, RouteAnswer } from './message';
import type { Schema } from './schema';
import type { Services } from './services';

/** What a route's function is given: a caller who may call it, and input that its schemas accept. */
export interface RouteContext {
  readonly services: Services;
  readonly caller: Caller;
  readonly request: AdminRequest;
  readonly requestId: string;
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Validated; empty when the route takes no body. */
  readonly body: JsonObject;
}

/** One answer that a route gives when all is well. */
export interface RouteResult {
  readonly status: number;
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: Schema;
  /** Further media types of the same answer. */
  readonly text?: string;
}

/** One row of the routes table: what routing, validation, the OpenAPI document and the tests all read. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/admin/v1`; `{id}` is one segment, `{id+}` one or more. */
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly roles: readonly Caller['role'][];
  /** Query parameters by name; any other is refused. */
  readonly query?: Readonly<Record<string, Schema>>;
  readonly body?: Schema;
  /** In place of what bodies may be in general. */
  readonly bodyLimits?: JsonLimits;
  /** The body may be left out. */
  readonly bodyOptional?: boolean;
  /** Honours `idempotency-key`. */
  readonly idempotent?: boolean;
  /** Honours `if-match`. */
  readonly conditional?: boolean;
  readonly answer: RouteResult;
  run(context: RouteContext): Promise<RouteAnswer>;
}

export const EVERYONE = ['admin', 'team_admin', 'viewer'] as const;
export const MANAGERS = ['admin', 'team_admin'] as const;
export const ADMINS = ['admin'] as const;
/** Who sees what happened, and changes nothing. */
export const OBSERVERS = ['admin', 'team_admin', 'auditor', 'viewer'] as const;
export const AUDITORS = ['admin', 'auditor'] as const;

/** Query parameters of every list. */
export const PAGE_QUERY: Readonly<Record<string, Schema>> = {
  limit: { type: 'integer', minimum: 1, maximum: 200, description: 'Size of the page. Default: 50.' },
  cursor: { type: 'string', maxLength: 1024, description: '`next_cursor` of the page before.' },
};
