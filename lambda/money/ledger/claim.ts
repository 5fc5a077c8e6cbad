import type { IdempotencyStore } from '../ports/claims';
import type { UsageRecordStore } from '../ports/usage-records';
import type { Once, Refusal } from './admission';

export interface ClaimStores {
  readonly idempotency: Pick<IdempotencyStore, 'claim' | 'takeOver'>;
  readonly records: Pick<UsageRecordStore, 'read'>;
}

/** A key is remembered for a day. */
const KEPT_SECONDS = 86_400;
/** An attempt of ours whose answer was lost may come between a look and a write once. */
const TRIES = 2;

/**
 * Takes a key for an attempt at admission. It is free when nobody has it, when its holder's record is void (refused, or nothing that a
 * provider can bill), and when the holder is an earlier attempt of the same call; what the holder asked matters only where it is not.
 *
 * @param attemptIds of this call, the present one last
 * @returns undefined when it is taken
 * @throws what the table says; then nobody knows
 */
export async function takeClaim(
  { idempotency, records }: ClaimStores,
  { scope, key, fingerprint }: Once,
  attemptIds: readonly string[],
  nowMs: number,
  timeoutMs: number,
): Promise<Refusal | undefined> {
  const id = attemptIds.at(-1) as string;
  const ttl = Math.floor(nowMs / 1_000) + KEPT_SECONDS;
  for (let tries = 1; ; tries++) {
    const held = await idempotency.claim(scope, key, { id, fingerprint }, ttl, timeoutMs);
    if (held === 'claimed' || held.id === id) return undefined;
    const free = attemptIds.includes(held.id) || (await records.read(held.id, timeoutMs))?.state === 'void';
    if (free && (await idempotency.takeOver(scope, key, held.id, { id, fingerprint }, ttl, timeoutMs))) return undefined;
    if (!free && held.fingerprint !== fingerprint) return { reason: 'idempotency_mismatch' };
    if (!free || tries === TRIES) return { reason: 'duplicate_request', heldBy: held.id };
  }
}
