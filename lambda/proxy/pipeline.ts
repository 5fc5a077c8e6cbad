import type { Exchange } from '../core/http/exchange';
import type { Caller } from '../core/keys/authenticate';
import { GatewayError } from '../core/model/error';
import { uuidV7 } from '../core/runtime/ids';
import { safeStack } from '../core/runtime/log';
import { admit, RefusedError } from './admit';
import { sendError, sendJson, visibleError } from './answers';
import { bound } from './bound';
import { deliver } from './deliver';
import type { Gateway } from './gateway';
import { showMe } from './me';
import { listModels, showModel } from './model-list';
import { once } from './once';
import { parse } from './parse';
import { route as routeCall } from './policy';
import { record } from './record';
import { matchRoute, type Route, type RouteMatch } from './routes';
import { openTrace, type Trace } from './trace';

/** Serves one exchange, settlement and record included. Never rejects. */
export async function serve(gateway: Gateway, exchange: Exchange): Promise<void> {
  const match = matchRoute(exchange.method, exchange.path);
  const trace = openTrace(uuidV7(gateway.clock.now()), exchange);
  trace.dialect = match.found === 'route' ? match.route.dialect : match.dialect;
  try {
    await dispatch(gateway, exchange, trace, match);
  } catch (error) {
    await refuse(gateway, exchange, trace, error).catch((cause: unknown) => {
      // The answer could not even be an error: the log is all that is left.
      trace.stack = safeStack(cause);
    });
  } finally {
    record(gateway, trace);
  }
}

/** A call of a model, stage by stage. */
async function callModel(gateway: Gateway, exchange: Exchange, trace: Trace, route: Route, caller: Caller): Promise<void> {
  trace.operation = route.operation;
  await gateway.configuration.ready();
  const call = await parse(gateway, exchange, route, caller, trace.requestId, gateway.configuration);
  trace.originalModel = call.facts.model;
  const resolution = call.configuration.models().resolve(call.facts.model);
  const routed = await routeCall(gateway, call, resolution);
  const bounded = bound(gateway, routed);
  const reservation = await once(gateway, bounded.call, () => admit(gateway, bounded.call, bounded.bound));
  // A second attempt at admission has an id of its own, which is the usage record's.
  trace.requestId = reservation.attemptId;
  await deliver(gateway, bounded, reservation, trace);
}

async function dispatch(gateway: Gateway, exchange: Exchange, trace: Trace, match: RouteMatch): Promise<void> {
  if (match.found !== 'route') {
    trace.key = (await gateway.authenticator.authenticate(exchange.headers, true)).key;
    throw match.found === 'nothing' ? notFound() : methodNotAllowed(match.allow);
  }
  const { route, rest } = match;
  trace.route = route.path;
  if (!route.authenticated) return answerOpenRoute(gateway, exchange, trace, route);

  // The ledger reads the key's row consistently itself; where it is not asked, the row is read anew.
  const caller = await gateway.authenticator.authenticate(exchange.headers, route.kind !== 'model-call');
  trace.key = caller.key;
  switch (route.kind) {
    case 'model-call':
      return callModel(gateway, exchange, trace, route, caller);
    case 'list-models':
      await gateway.configuration.ready();
      return sendJson(exchange, trace, 200, await listModels(gateway, caller, exchange.query));
    case 'show-model':
      await gateway.configuration.ready();
      return sendJson(exchange, trace, 200, await showModel(gateway, caller, rest));
    case 'show-me':
      return sendJson(exchange, trace, 200, await showMe(gateway, caller));
    default:
      throw upgradeRefused();
  }
}

async function answerOpenRoute(gateway: Gateway, exchange: Exchange, trace: Trace, route: Route): Promise<void> {
  if (route.kind === 'health') await gateway.authenticator.check();
  sendJson(exchange, trace, 200, { status: 'ok' });
}

/** A 426 has to name what it would take. */
const UPGRADE = { upgrade: 'HTTP/1.1', connection: 'upgrade' };

/** Answers with an error, as long as nothing else was answered. */
async function refuse(gateway: Gateway, exchange: Exchange, trace: Trace, thrown: unknown): Promise<void> {
  const error = visibleError(thrown);
  trace.outcome = error.code;
  if (typeof error.cause === 'string') trace.reason = error.cause;
  if (error.status === 500) trace.stack = safeStack(thrown);
  if (trace.status !== 0) return;
  const dialect = await gateway.protocols.dialect(trace.dialect, 'chat');
  sendError(exchange, trace, dialect, error, error instanceof RefusedError ? error.headers : error.status === 426 ? UPGRADE : {});
}

function notFound(): GatewayError {
  return new GatewayError({ status: 404, type: 'not_found_error', code: 'not_found', message: 'There is no such endpoint.' });
}

function methodNotAllowed(allow: string): GatewayError {
  return new GatewayError({
    status: 405,
    type: 'invalid_request_error',
    code: 'method_not_allowed',
    message: `This endpoint takes ${allow}.`,
  });
}

function upgradeRefused(): GatewayError {
  return new GatewayError({
    status: 426,
    type: 'invalid_request_error',
    code: 'upgrade_required',
    message: 'Responses are created with POST; WebSockets are not offered here.',
  });
}
