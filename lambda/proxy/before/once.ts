import { hash } from 'node:crypto';
import type { Once } from '../../money/ledger';
import { GatewayError, invalidRequest } from '../../platform/error';
import type { RoutedCall } from './call';
import { headerText } from './headers';

const LONGEST_KEY = 255;

/**
 * The `Idempotency-Key` of a call: a second call with the same key and body is refused while the first runs and once it has been charged.
 * A call that was refused, or that no provider can bill, leaves its key free.
 *
 * @throws GatewayError 400 when the header is too long
 */
export function onceOf(call: RoutedCall): Once | undefined {
  const key = headerText(call.exchange.headers, 'idempotency-key');
  if (key === undefined || key === '') return undefined;
  if (key.length > LONGEST_KEY) {
    throw invalidRequest('idempotency-key', `The header idempotency-key takes at most ${LONGEST_KEY} characters.`);
  }
  return {
    scope: call.caller.key.id,
    key,
    fingerprint: hash('sha256', Buffer.concat([Buffer.from(placeOf(call)), ...saidBy(call)])),
  };
}

/** The body. A form that is sent again has a boundary of its own, which is no part of what it says. */
function saidBy({ document }: RoutedCall): readonly Buffer[] {
  return document.form?.identity() ?? [document.bytes];
}

/** What the path says: two models asked for by the same body are two calls. */
function placeOf({ route, envelope: { model } }: RoutedCall): string {
  return model === undefined ? `${route.path}\n` : `${route.path}\n${model}\n`;
}

export function duplicate(id: string): GatewayError {
  return new GatewayError({
    code: 'duplicate_request',
    message: `The request ${id} was made with this Idempotency-Key already; its usage record tells what became of it.`,
    param: 'idempotency-key',
  });
}

export function mismatch(): GatewayError {
  return invalidRequest('idempotency-key', 'This Idempotency-Key was used with another request.', 'idempotency_mismatch');
}
