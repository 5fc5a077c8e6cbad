import { createIdempotencyStore } from '../../../../lambda/aws/dynamodb';
import { takeClaim } from '../../../../lambda/money/ledger/claim';
import { createHealing } from '../../../../lambda/money/ledger/healing';
import { ledgerWorld, outcome } from '../../../support/ledger-world';
import { TABLE_NAMES } from '../../../support/memory-dynamodb';
import { usageRecord } from '../../../support/usage-record';

const ONCE = { scope: 'k1', key: 'order-1', fingerprint: 'f' };
const NOW_MS = Date.UTC(2026, 10, 24, 12, 0, 0);
const TTL = String(NOW_MS / 1_000 + 86_400);

async function claims() {
  const world = ledgerWorld();
  const idempotency = createIdempotencyStore(world.table, TABLE_NAMES.records);
  const key = await world.addKey();
  const { records, pages, clock } = world;
  const healing = createHealing({ records, pages, clock });
  const first = `page#key#${key.id}#*`;
  return {
    key,
    world,
    idempotency,
    take: (attemptIds: readonly string[], once = ONCE, store = idempotency) => {
      const nowMs = clock.now();
      const claimant = { attemptIds, first, heardByMs: nowMs + 30_000 };
      return takeClaim({ idempotency: store, records, pages }, healing, once, claimant, nowMs, 1_000);
    },
    /** A call that is under way. */
    open: async (id: string) => {
      const result = await world.process().admit(world.request(key, { attemptId: id }));
      if (!result.admitted) throw new Error('refused');
      return result.reservation;
    },
    holder: () => world.table.items(TABLE_NAMES.records).find((item) => item['pk']?.S === 'idempotency#k1'),
  };
}

test('R15 a key is taken once, and a call that has it keeps it', async () => {
  const { take, holder, open } = await claims();
  await open('a');
  expect(await take(['a'])).toBeUndefined();
  expect(await take(['a'])).toBeUndefined();
  expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
  expect(holder()).toMatchObject({ id: { S: 'a' }, fingerprint: { S: 'f' }, ttl: { N: TTL } });
});

test.each(['under way', 'settled', 'no record'])('R15 the same key with another question is a mistake of the caller: %s', async (state) => {
  const { take, world, open } = await claims();
  if (state !== 'no record') await open('a');
  await take(['a']);
  if (state === 'settled') await world.records.put(usageRecord({ id: 'a', state: 'settled', outcome: 'ok' }));

  expect(await take(['b'], { ...ONCE, fingerprint: 'other' })).toEqual({ reason: 'idempotency_mismatch' });
});

test.each(['f', 'other'])('R07 a key whose holder is void is free, whatever was asked with it: %s', async (fingerprint) => {
  const { take, world, holder } = await claims();
  await take(['a']);
  await world.records.put(usageRecord({ id: 'a', state: 'void', costNanoUsd: 0n }));

  expect(await take(['b'], { ...ONCE, fingerprint })).toBeUndefined();
  expect(holder()).toMatchObject({ id: { S: 'b' }, fingerprint: { S: fingerprint } });
  expect(await take(['c'], { ...ONCE, fingerprint: 'third' })).toEqual({ reason: 'idempotency_mismatch' });
});

test('R15 a key is free again when nothing can be billed for its holder, and not before', async () => {
  const { take, holder, open } = await claims();
  const reservation = await open('a');
  await take(['a']);
  expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
  await reservation.release(outcome(0n, { status: 502, outcome: 'upstream_error' }));
  expect(await take(['b'])).toBeUndefined();
  expect(holder()).toMatchObject({ id: { S: 'b' }, ttl: { N: TTL } });
});

test('R15 a holder without a record may still be coming, so the key is not free', async () => {
  const { take } = await claims();
  await take(['a']);
  expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
});

test('R15 a later attempt of one call takes over from an earlier one', async () => {
  const { take, holder } = await claims();
  await take(['a']);
  expect(await take(['a', 'b'])).toBeUndefined();
  expect(holder()).toMatchObject({ id: { S: 'b' } });
  expect(await take(['c'])).toEqual({ reason: 'duplicate_request', heldBy: 'b' });
});

test('R15 who loses a race for a free key looks once more, and then it is taken', async () => {
  const { idempotency, take, world } = await claims();
  await world.records.put(usageRecord({ id: 'a', state: 'void', costNanoUsd: 0n }));
  await take(['a']);
  let races = 0;
  const raced = {
    ...idempotency,
    takeOver: async (...args: Parameters<typeof idempotency.takeOver>) => {
      const other = `other${++races}`;
      await world.records.put(usageRecord({ id: other, state: 'void', costNanoUsd: 0n }));
      await idempotency.takeOver(args[0], args[1], args[2], { id: other, fingerprint: 'f' }, args[4]);
      return idempotency.takeOver(...args);
    },
  };
  const refusal = await take(['b'], ONCE, raced);
  expect(races).toBe(2);
  expect(refusal).toEqual({ reason: 'duplicate_request', heldBy: 'other1' });
  // A single lost race is not the end.
  races = 1;
  const once = {
    ...raced,
    takeOver: (...args: Parameters<typeof idempotency.takeOver>) =>
      races++ === 1 ? raced.takeOver(...args) : idempotency.takeOver(...args),
  };
  expect(await take(['b'], ONCE, once)).toBeUndefined();
});

describe('a holder that died', () => {
  test('before it reserved anything: its key is free once it cannot send any more', async () => {
    const { take, world, holder } = await claims();
    await take(['a']);
    world.clock.advance(89_999);
    expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });

    world.clock.advance(2);

    expect(await take(['b'])).toBeUndefined();
    expect(holder()).toMatchObject({ id: { S: 'b' } });
    // Whatever comes late, it is void.
    expect(await world.records.read('a')).toMatchObject({ state: 'void', costNanoUsd: 0n });
  });

  test('with all its entries: its key is held while it may live, and for good once it is charged', async () => {
    const { take, world, open } = await claims();
    await open('a');
    await take(['a']);
    world.clock.advance(10 * 60_000);
    expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });

    world.clock.advance(10 * 60_000);

    expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
    expect(await world.records.read('a')).toMatchObject({ state: 'expired_charged' });
  });

  test('a settlement that comes at the same moment is the truth', async () => {
    const { take, world } = await claims();
    await take(['a']);
    world.clock.advance(100_000);
    const late = world.records.put(usageRecord({ id: 'a', state: 'settled', outcome: 'ok', costNanoUsd: 5n }));

    expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
    expect(await late).toEqual({ done: true });
  });
});

test('R15 a call that succeeded and costs nothing keeps its key', async () => {
  const { take, open } = await claims();
  const reservation = await open('a');
  await take(['a']);
  await reservation.release(outcome(0n));

  expect(await take(['b'])).toEqual({ reason: 'duplicate_request', heldBy: 'a' });
});
