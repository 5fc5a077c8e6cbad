import { hash } from 'node:crypto';
import { storeUnavailable } from '../core/keys/authenticate';
import type { Reservation } from '../core/ledger/admission';
import { GatewayError, invalidRequest } from '../core/model/error';
import type { Claim } from '../core/stores/idempotency';
import type { RoutedCall } from './call';
import type { Gateway } from './gateway';
import { headerText } from './headers';

/** An `Idempotency-Key` is remembered for a day. */
const KEPT_SECONDS = 86_400;
const LONGEST_KEY = 255;
/** Holds a key whose call was refused: the next one may have it. */
const NOBODY = 'nobody';

/**
 * Admits a call, at most once for each `Idempotency-Key`: a second call with the same key and body is refused while the first runs and
 * once it has been charged. A call that was refused, or that no provider can bill, leaves its key free.
 *
 * @throws GatewayError 409 `duplicate_request`, 400 `idempotency_mismatch`, and whatever `admit` throws
 */
export async function once(gateway: Gateway, call: RoutedCall, admit: () => Promise<Reservation>): Promise<Reservation> {
  const key = headerText(call.exchange.headers, 'idempotency-key');
  if (key === undefined || key === '') return admit();
  if (key.length > LONGEST_KEY)
    throw invalidRequest('idempotency-key', `The header idempotency-key takes at most ${LONGEST_KEY} characters.`);

  const claim: Claim = {
    id: call.requestId,
    fingerprint: hash('sha256', Buffer.concat([Buffer.from(`${call.route.path}\n`), call.document.bytes])),
  };
  const hold = holder(gateway, call.caller.key.id, key);
  await hold.take(claim);
  try {
    const reservation = await admit();
    if (reservation.attemptId !== claim.id) await hold.pass(claim.id, { ...claim, id: reservation.attemptId }).catch(() => false);
    return reservation;
  } catch (error) {
    await hold.pass(claim.id, { ...claim, id: NOBODY }).catch(() => false);
    throw error;
  }
}

function holder(gateway: Gateway, scope: string, key: string) {
  const { idempotency, records, clock } = gateway;
  const ttl = (): number => Math.floor(clock.now() / 1_000) + KEPT_SECONDS;
  const pass = (from: string, to: Claim): Promise<boolean> => idempotency.takeOver(scope, key, from, to, ttl());

  /** Whether the call that holds the key can no longer cost anything. */
  const isFree = async (held: Claim): Promise<boolean> => held.id === NOBODY || (await records.get(held.id))?.state === 'void';

  return {
    pass,
    async take(claim: Claim): Promise<void> {
      let held: 'claimed' | Claim;
      let free: boolean;
      try {
        held = await idempotency.claim(scope, key, claim, ttl());
        if (held === 'claimed') return;
        free = held.fingerprint === claim.fingerprint && (await isFree(held)) && (await pass(held.id, claim));
      } catch (error) {
        throw storeUnavailable(error);
      }
      if (free) return;
      throw held.fingerprint === claim.fingerprint ? duplicate(held.id) : mismatch();
    },
  };
}

function duplicate(id: string): GatewayError {
  return new GatewayError({
    status: 409,
    type: 'invalid_request_error',
    code: 'duplicate_request',
    message: `The request ${id} was made with this Idempotency-Key already; its usage record tells what became of it.`,
    param: 'idempotency-key',
  });
}

function mismatch(): GatewayError {
  return invalidRequest('idempotency-key', 'This Idempotency-Key was used with another request.', 'idempotency_mismatch');
}
