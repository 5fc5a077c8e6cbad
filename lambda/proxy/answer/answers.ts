import type { Reservation } from '../../money/ledger';
import { formatUsd } from '../../money/pricing';
import { GatewayError } from '../../platform/error';
import type { Exchange } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import type { DialectCodec } from '../../wire/protocols';
import type { Trace } from '../after/trace';
import type { RoutedCall } from '../before/call';
import { retryHeaders } from '../before/headers';

/** Answers with JSON of the gateway's own. */
export function sendJson(
  exchange: Exchange,
  trace: Trace,
  status: number,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  trace.status = status;
  const out = exchange.respond(status, {
    'content-type': 'application/json',
    'x-gateway-request-id': trace.requestId,
    ...headers,
    'content-length': String(bytes.length),
  });
  // The caller may have gone: there is nobody left to tell.
  out.on('error', () => undefined);
  if (exchange.method === 'HEAD') out.end();
  else out.end(bytes);
}

/** Answers with an error in the caller's dialect. */
export function sendError(
  exchange: Exchange,
  trace: Trace,
  dialect: DialectCodec,
  error: GatewayError,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(exchange, trace, dialect.errorStatus(error), dialect.encodeError(error, trace.requestId), {
    ...headers,
    ...retryHeaders(error),
  });
}

/** What callers may know of anything that went wrong: our own errors as they are, everything else as a plain 500. */
export function visibleError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError({ code: 'internal_error', message: 'The gateway failed.', cause: error });
}

/** A long list of dropped fields must not hide a cap. */
function warningsOf({ dropped, written }: Trace): string {
  const parts = [written.length > 0 ? `set: ${written.join(', ')}` : '', dropped.length > 0 ? `dropped: ${dropped.join(', ')}` : ''];
  return parts
    .filter((part) => part !== '')
    .join('; ')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 1_024);
}

/** The gateway's own headers of an answered call, added to those of the answer. */
export function gatewayHeaders(
  call: RoutedCall,
  reservation: Reservation,
  trace: Trace,
  headers: Record<string, string> = {},
): Record<string, string> {
  const { budget, requests, tokens } = reservation;
  if (call.guard !== undefined) {
    for (const [name, value] of Object.entries(headers)) headers[name] = call.guard.hidden(value);
  }
  const overheadMs = trace.firstSendMs === 0 ? undefined : trace.firstSendMs - call.exchange.arrivedMs;
  headers['x-gateway-request-id'] = trace.requestId;
  headers['x-gateway-route-reason'] = trace.routeReason ?? call.resolution.reason;
  headers['x-gateway-attempts'] = String(trace.attempts.length + (trace.sending ? 1 : 0));
  if (trace.provider !== undefined) headers['x-gateway-provider'] = trace.provider;
  if (trace.requestModel !== undefined) headers['x-gateway-model'] = trace.requestModel;
  if (overheadMs !== undefined) headers['x-gateway-overhead-ms'] = overheadMs.toFixed(1);
  if (trace.dropped.length > 0 || trace.written.length > 0) headers['x-gateway-warnings'] = warningsOf(trace);
  if (call.guard !== undefined) headers['x-gateway-guardrails'] = call.guard.header;
  if (budget !== undefined) {
    headers['x-gateway-budget-remaining-usd'] = formatUsd(budget.remainingNanoUsd);
    headers['x-gateway-budget-scope'] = budget.level;
  }
  if (requests !== undefined) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit);
    headers['x-ratelimit-remaining-requests'] = String(requests.remaining);
    headers['x-ratelimit-reset-requests'] = `${Math.ceil(requests.resetMs / 1_000)}s`;
  }
  if (tokens !== undefined) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit);
    headers['x-ratelimit-remaining-tokens'] = String(tokens.remaining);
    headers['x-ratelimit-reset-tokens'] = `${Math.ceil(tokens.resetMs / 1_000)}s`;
  }
  return headers;
}
