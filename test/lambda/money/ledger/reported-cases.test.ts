/** Cases that were reported of earlier ledgers, by their names. */
import { bookQueued, createSweeper } from '../../../../lambda/money/ledger';
import { movePages } from '../../../../lambda/money/pages';
import { serviceError } from '../../../support/dynamodb-expressions';
import {
  budget,
  EMPTY_DOCUMENT,
  type LedgerWorld,
  ledgerWorld,
  outcome,
  type TestLedger,
  type TestRequest,
} from '../../../support/ledger-world';
import { type Call, TABLE_NAMES } from '../../../support/memory-dynamodb';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const text = ({ input }: Call): string => JSON.stringify(input);
const isReserve = (call: Call): boolean => text(call).includes('attribute_not_exists(o.#id)');
const isClose = (call: Call): boolean => text(call).includes('REMOVE o.#id');
const isRecord = ({ operation, input }: Call): boolean =>
  operation === 'putItem' && (input as { TableName?: string }).TableName === TABLE_NAMES.records;
const down = (): never => {
  throw serviceError('InternalServerError', 'down');
};
const sweep = (world: LedgerWorld) => createSweeper(world).sweep();

async function admitted(ledger: TestLedger, request: TestRequest) {
  const result = await ledger.admit(request);
  if (!result.admitted) throw new Error(`refused: ${result.refusal.reason}`);
  return result.reservation;
}

test('lowered-budget-escrow: a budget that is lowered while its page is split binds what is reserved on shards', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(3_000)] });
  const policy = { shardPolicy: { mostEntries: 1, headroom: 2, chunk: 2, mostShards: 4 } };
  const processes = [world.process(policy), world.process(policy), world.process(policy)];
  const works: Promise<void>[] = [];
  const ask = (index: number, from = key) =>
    (processes[index % 3] as TestLedger).admit(world.request(from, { afterwards: (work) => void works.push(work) }));
  const open: Awaited<ReturnType<typeof ask>>[] = [];
  for (let index = 0; index < 30; index++) {
    open.push(await ask(index));
    await Promise.all(works.splice(0));
  }
  expect((await world.page(`key#${key.id}`))?.shards).toBeGreaterThan(0);

  // 300 are held; half of the calls end at no cost, and what comes back must not be spent twice.
  await world.change('key', key.id, { budgets: [budget(200)] });
  const lowered = await world.identity.get('key', key.id, { consistent: true });
  await movePages(world.pages, EMPTY_DOCUMENT, 'key', lowered as never, world.clock.now());
  for (const result of open.slice(0, 15)) if (result.admitted) await result.reservation.settle(outcome(0n));
  const later = [];
  for (let index = 0; index < 40; index++) later.push(await ask(index));

  const held = [...open.slice(15), ...later].filter(({ admitted: is }) => is).length * 10;
  expect(held).toBeGreaterThan(150);
  expect(held).toBeLessThanOrEqual(200);
});

test('money-11-void-held: what a refused attempt still holds is found, by the next caller or by the sweeper', async () => {
  for (const found of ['caller', 'sweeper']) {
    const world = ledgerWorld();
    await world.addLevel('team', { id: 't1', budgets: [budget(15)] });
    const key = await world.addKey({ teamId: 't1', budgets: [budget(15)] });
    const other = await world.addKey({ teamId: 't1' });
    await (await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }))).settle(outcome(0n));
    const open = await admitted(world.process(), world.request(other));
    // The attempt is void, and no close of it is ever heard; then its process dies.
    world.table.hooks = { before: (call) => (isClose(call) && text(call).includes(`page#key#${key.id}`) ? down() : undefined) };
    const refused = world.request(key, { afterwards: () => undefined });
    expect(await world.process({ pause: () => new Promise(() => undefined) }).admit(refused)).toMatchObject({ admitted: false });
    world.table.hooks = {};
    await open.settle(outcome(0n));
    expect(await world.left(`key#${key.id}`)).toBe(5n);

    world.clock.advance(found === 'caller' ? 2 * MINUTE_MS : 33 * MINUTE_MS);
    if (found === 'sweeper') await sweep(world);
    else await (await admitted(world.process(), world.request(key))).settle(outcome(0n));

    expect(await world.left(`key#${key.id}`)).toBe(15n);
  }
});

test('money-12-never-sent-charged: a call that the process did not send costs nothing, whatever the table took and whoever healed first', async () => {
  const world = ledgerWorld();
  const key = await world.addKey({ budgets: [budget(100)] });
  await (await admitted(world.process(), world.request(key, { bound: { costNanoUsd: 1n, tokens: 1 } }))).settle(outcome(0n));
  const works: Promise<void>[] = [];
  world.table.hooks = {
    before: (call) => (isRecord(call) || isClose(call) ? down() : undefined),
    after: (call) => (isReserve(call) ? down() : undefined),
  };
  expect(await world.process().admit(world.request(key, { afterwards: (work) => void works.push(work) }))).toMatchObject({
    refusal: { reason: 'store_unavailable' },
  });
  await Promise.all(works);
  world.table.hooks = {};

  // Nobody has heard that it was not sent: its process may have died after it sent it.
  world.clock.advance(33 * MINUTE_MS);
  await sweep(world);
  for (const work of world.queued) await bookQueued(world, work);
  world.clock.advance(16 * DAY_MS);
  await sweep(world);

  expect(world.queued.length).toBeGreaterThan(0);
  expect((await world.page(`key#${key.id}`))?.periods.month?.remainingNanoUsd).toBe(100n);
});

describe('a split page that runs out is a budget that is held, not a table that is down', () => {
  const policy = { shardPolicy: { mostEntries: 1, headroom: 2, chunk: 2, mostShards: 4 } };
  const isRead = ({ operation, input }: Call): boolean => operation === 'batchGetItem' && text({ input } as Call).includes('page#');

  async function dry() {
    const world = ledgerWorld();
    const key = await world.addKey({ budgets: [budget(3_000)] });
    const ledger = world.process(policy);
    const works: Promise<void>[] = [];
    const ask = () => ledger.admit(world.request(key, { afterwards: (work) => void works.push(work) }));
    for (let index = 0; index < 30; index++) {
      await ask();
      await Promise.all(works.splice(0));
    }
    expect((await world.page(`key#${key.id}`))?.shards).toBeGreaterThan(0);
    /** Others take all that the shards have; what the root still has is not lent any more. */
    const drain = async () => {
      for (let index = 0; index < 400; index++) {
        const result = await ask();
        if (!result.admitted) return result.refusal;
      }
      return undefined;
    };
    return { world, ledger, key, ask, drain };
  }

  test('where its root answers nobody', async () => {
    const { world, drain } = await dry();
    world.table.hooks = {
      before: (call) => {
        if (isRead(call)) throw serviceError('ProvisionedThroughputExceededException', 'slow down');
      },
    };

    expect(await drain()).toMatchObject({ reason: 'budget_reserved', level: 'key', limit: 'month', retryAfterMs: expect.any(Number) });
    expect(world.logged.join()).not.toContain('store-unavailable');
  });

  test('but a table that does not answer is one that is down', async () => {
    const { world, drain } = await dry();
    world.table.hooks = { before: (call) => (isRead(call) ? down() : undefined) };

    expect(await drain()).toMatchObject({ reason: 'store_unavailable' });
  });
});
