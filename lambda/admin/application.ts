import { invalidRequest } from '../platform/error';
import type { JsonLimits, JsonObject } from '../platform/json';
import { parseJsonObject } from '../platform/json';
import { safeStack, uuidV7 } from '../platform/runtime';
import type { Caller } from './caller';
import { forbidden } from './caller';
import { errorAnswer, toGatewayError } from './errors';
import type { AdminAnswer, AdminRequest, RouteAnswer } from './message';
import type { AdminRoute, RouteContext } from './route';
import { findRoute } from './router';
import { routes } from './routes';
import { validate } from './schema';
import type { Services } from './services';

/** Nothing that the admin API takes is larger or deeper, but for what a route says. */
const BODY_LIMITS: JsonLimits = { maxBytes: 256 * 1024, maxDepth: 16, maxKeys: 5_000 };

/** The admin API as a function: authenticate, find the route, check role and input, run it, shape the answer. */
export function createApplication(services: Services): (request: AdminRequest) => Promise<AdminAnswer> {
  return async (request) => {
    const requestId = uuidV7(services.clock.now());
    const seen: { caller?: Caller; route?: AdminRoute } = {};
    const begun = services.clock.monotonic();
    let answer: AdminAnswer;
    let code: string | undefined;
    try {
      answer = shape(await handle(services, request, requestId, seen), requestId);
    } catch (cause) {
      const error = toGatewayError(cause);
      code = error.code;
      if (error.status === 500) services.log.write('error', 'admin-error', { requestId, stack: safeStack(cause) });
      answer = errorAnswer(error, requestId);
    }
    const denied = answer.status === 403;
    services.log.write(answer.status >= 500 ? 'error' : denied ? 'warn' : 'info', denied ? 'admin-denied' : 'admin-request', {
      requestId,
      method: request.method.slice(0, 16),
      status: answer.status,
      latencyMs: Math.round(services.clock.monotonic() - begun),
      ...(seen.route === undefined ? {} : { route: seen.route.path, operation: seen.route.operation }),
      ...(seen.caller === undefined ? {} : { keyId: seen.caller.keyId }),
      ...(code === undefined ? {} : { code }),
    });
    return answer;
  };
}

async function handle(
  services: Services,
  request: AdminRequest,
  requestId: string,
  seen: { caller?: Caller; route?: AdminRoute },
): Promise<RouteAnswer> {
  const caller = await services.authenticate(request);
  seen.caller = caller;
  const { route, params } = findRoute(routes, request.method, request.path);
  seen.route = route;
  if (!route.roles.includes(caller.role)) throw forbidden(`The role ${caller.role} may not do this; it takes ${route.roles.join(' or ')}.`);
  checkQuery(route, request.query);
  const context: RouteContext = { services, caller, request, requestId, params, query: request.query, body: readBody(route, request.body) };
  return route.run(context);
}

function checkQuery(route: AdminRoute, query: URLSearchParams): void {
  for (const name of query.keys()) {
    if (route.query === undefined || !Object.hasOwn(route.query, name)) {
      throw invalidRequest(name, `${name.slice(0, 64)} is not a known query parameter.`, 'unknown_field');
    }
    if (query.getAll(name).length > 1) throw invalidRequest(name, `${name} was given more than once.`);
    const schema = route.query[name];
    if (schema?.type === 'string') validate(schema, query.get(name) ?? '', name);
  }
}

function readBody(route: AdminRoute, body: Buffer): JsonObject {
  if (route.body === undefined) {
    if (body.length > 0 && route.method !== 'GET') throw invalidRequest(undefined, 'This call takes no request body.');
    return {};
  }
  if (body.length === 0 && route.bodyOptional === true) return {};
  const value = parseJsonObject(body, route.bodyLimits ?? BODY_LIMITS);
  validate(route.body, value);
  return value;
}

function shape(answer: RouteAnswer, requestId: string): AdminAnswer {
  const body = answer.text?.body ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  const type = answer.text?.type ?? 'application/json';
  return {
    status: answer.status,
    headers: {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-gateway-request-id': requestId,
      ...(body === '' ? {} : { 'content-type': type }),
      ...answer.headers,
    },
    body,
  };
}
