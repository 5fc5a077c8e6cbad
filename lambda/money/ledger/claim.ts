import { isoTime } from '../../platform/runtime';
import type { Claim, IdempotencyStore } from '../ports/claims';
import type { PageStore } from '../ports/page-store';
import type { KeptRecord, UsageRecordStore } from '../ports/usage-records';
import type { Once, Refusal } from './admission';
import { type Healing, LISTENING_MS } from './healing';
import { HEARING_MS } from './refusals';

export interface ClaimStores {
  readonly idempotency: Pick<IdempotencyStore, 'claim' | 'takeOver'>;
  readonly records: Pick<UsageRecordStore, 'read' | 'put'>;
  readonly pages: Pick<PageStore, 'read'>;
}

/** Who wants a key. */
export interface Claimant {
  /** Of this call, the present attempt last. */
  readonly attemptIds: readonly string[];
  /** What others need to find out what became of it. */
  readonly first: string;
  readonly heardByMs: number;
}

/** A key is remembered for a day. */
const KEPT_SECONDS = 86_400;
/** An attempt of ours whose answer was lost may come between a look and a write once. */
const TRIES = 2;

/**
 * Takes a key for an attempt at admission. It is free when nobody has it, when nothing came of its holder (refused, dead before it sent, or
 * nothing that a provider can bill), and when the holder is an earlier attempt of the same call; what the holder asked matters only where it
 * is not.
 *
 * @returns undefined when it is taken
 * @throws what the table says; then nobody knows
 */
export async function takeClaim(
  stores: ClaimStores,
  healing: Pick<Healing, 'resolve'>,
  { scope, key, fingerprint }: Once,
  { attemptIds, first, heardByMs }: Claimant,
  nowMs: number,
  timeoutMs: number,
): Promise<Refusal | undefined> {
  const { idempotency } = stores;
  const id = attemptIds.at(-1) as string;
  const ttl = Math.floor(nowMs / 1_000) + KEPT_SECONDS;
  const own: Claim = { id, fingerprint, first, heardByMs };
  for (let tries = 1; ; tries++) {
    const held = await idempotency.claim(scope, key, own, ttl, timeoutMs);
    if (held === 'claimed' || held.id === id) return undefined;
    const free = attemptIds.includes(held.id) || isNothing(await endOf(stores, healing, scope, held, nowMs, timeoutMs));
    if (free && (await idempotency.takeOver(scope, key, held.id, own, ttl, timeoutMs))) return undefined;
    if (!free && held.fingerprint !== fingerprint) return { reason: 'idempotency_mismatch' };
    if (!free || tries === TRIES) return { reason: 'duplicate_request', heldBy: held.id };
  }
}

/** Nothing was sent; or it failed, and no provider may have billed anything. */
function isNothing(record: KeptRecord | undefined): boolean {
  if (record?.state === 'void') return true;
  return record?.state === 'settled' && record.usage === undefined && record.outcome !== 'ok';
}

/** What became of a key's holder. One that cannot send any more and left no record is ended by whoever meets it. */
async function endOf(
  { records, pages }: ClaimStores,
  healing: Pick<Healing, 'resolve'>,
  keyId: string,
  { id, first, heardByMs }: Claim,
  nowMs: number,
  timeoutMs: number,
): Promise<KeptRecord | undefined> {
  const record = await records.read(id, timeoutMs);
  if (record !== undefined || first === undefined || heardByMs === undefined || heardByMs + LISTENING_MS >= nowMs) return record;
  const [page] = await pages.read([first], timeoutMs);
  if (page !== undefined && (page.open.has(id) || page.kept.has(id))) {
    await healing.resolve(page, id);
    return records.read(id, timeoutMs);
  }
  // Whoever was sent has an entry on its first page until it has a record: this one never was, and with this never will be.
  const voided = await records.put(
    {
      ...{ id, state: 'void', costNanoUsd: 0n, createdAt: isoTime(heardByMs - HEARING_MS), keyId, originalModel: '', boundNanoUsd: 0n },
      ...{ outcome: 'expired', tokens: 0, pages: [] },
    },
    timeoutMs,
  );
  return voided.done ? records.read(id, timeoutMs) : voided.found;
}
