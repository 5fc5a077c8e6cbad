import { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import { safeStack } from '../../platform/runtime';
import type { Trace } from '../after/trace';
import { RefusedError } from '../before/admit';
import type { RouteMatch } from '../before/routes';
import type { Gateway } from '../gateway';
import type { Delivery } from '../relay/delivery';
import { gatewayHeaders, sendError, visibleError } from './answers';
import type { AdmittedCall } from './source';

/** A 426 has to name what it would take. */
const UPGRADE = { upgrade: 'HTTP/1.1', connection: 'upgrade' };

/** Answers with an error in the caller's dialect, unless something else was answered already. */
export async function refuse(gateway: Gateway, exchange: Exchange, trace: Trace, thrown: unknown): Promise<void> {
  const error = visibleError(thrown);
  trace.outcome = error.shownCode;
  if (typeof error.cause === 'string') trace.reason = error.cause;
  if (error.status === 500) trace.stack = safeStack(thrown);
  if (trace.status !== 0) return;
  const dialect = await gateway.offer.protocols.dialect(trace.dialect, 'chat');
  sendError(exchange, trace, dialect, error, error instanceof RefusedError ? error.headers : error.status === 426 ? UPGRADE : {});
}

/**
 * Tells the caller of an admitted call that it failed, in whatever form is still open.
 *
 * @param terminal how a stream ends, where the dialect's general words would not fit
 */
export function tellFailure(
  { call, trace, reservation }: AdmittedCall,
  delivery: Delivery,
  failure: GatewayError,
  terminal?: string,
): void {
  const error = call.guard?.told(failure) ?? failure;
  if (!delivery.committed) return sendError(call.exchange, trace, call.dialect, error, gatewayHeaders(call, reservation, trace));
  trace.status = 200;
  trace.incomplete = true;
  if (call.answer === 'bytes') delivery.cut();
  else if (call.facts.stream) {
    delivery.content(terminal ?? delivery.underWay?.farewell(error) ?? call.dialect.encodeStreamError(error, trace.requestId));
    delivery.end();
  } else delivery.endWith(200, {}, Buffer.from(JSON.stringify(call.dialect.encodeError(error, trace.requestId))));
}

/** Why a path leads nowhere. */
export function noRoute(match: Exclude<RouteMatch, { found: 'route' }>): GatewayError {
  if (match.found === 'nothing') {
    return new GatewayError({ code: 'not_found', message: 'There is no such endpoint.' });
  }
  return new GatewayError({
    code: 'method_not_allowed',
    message: `This endpoint takes ${match.allow}.`,
  });
}

/** The answer to a WebSocket's opening. */
export function upgradeRefused(): GatewayError {
  return new GatewayError({
    code: 'upgrade_required',
    message: 'Responses are created with POST; WebSockets are not offered here.',
  });
}
