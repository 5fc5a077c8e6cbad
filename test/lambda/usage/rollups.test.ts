import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import type { AttemptRecord } from '../../../lambda/money/record';
import { usageRecord } from '../../support/usage-record';
import { createUsageHarness, NOON, toStreamRecord, type UsageHarness } from './harness';

const REQUESTS = fc.array(
  fc.record({
    key: fc.constantFrom('k1', 'k2'),
    team: fc.constantFrom(undefined, 't1', 't2'),
    tag: fc.constantFrom(undefined, 'blue', 'red'),
    provider: fc.constantFrom('openai', 'anthropic'),
    cost: fc.integer({ min: 0, max: 1_000_000_000 }),
    tokens: fc.integer({ min: 0, max: 200_000 }),
    label: fc.constantFrom(undefined, 'search', 'chat'),
    failed: fc.constantFrom(undefined, 'openai', 'azure'),
    path: fc.constantFrom('settled', 'void', 'expired', 'adjusted', 'open'),
    hour: fc.integer({ min: 0, max: 47 }),
  }),
  { minLength: 1, maxLength: 12 },
);

type Plan = typeof REQUESTS extends fc.Arbitrary<infer T> ? T : never;

/** What was tried in vain, and what answered, if anything did. */
function attemptsOf({ failed, provider, path }: Plan[number]): AttemptRecord[] {
  const answered = path === 'void' ? [] : [{ provider, model: 'm', region: 'eu-central-1', status: 200, outcome: 'ok', durationMs: 3 }];
  const vain = { model: 'm', status: 503, outcome: 'upstream_overloaded', durationMs: 1 };
  return [...(failed === undefined ? [] : [{ provider: failed, ...vain }]), ...answered];
}

/** Lets requests run to where their plans say, so that the stream holds every state they passed. */
async function run(usage: UsageHarness, plans: Plan): Promise<DynamoDBRecord[]> {
  const start = usage.state.now;
  for (const [index, plan] of plans.entries()) {
    const id = `request-${index}-0${index % 10}`;
    usage.state.now = start + plan.hour * 3_600_000;
    const at = usage.state.now;
    const result = {
      outcome: plan.cost % 5 === 0 ? 'upstream_error' : 'ok',
      costNanoUsd: BigInt(plan.cost),
      provider: plan.provider,
      requestModel: 'm',
      usage: { inputTokens: plan.tokens, outputTokens: plan.tokens % 77 },
      latencyMs: plan.tokens,
      timeToFirstChunkMs: plan.tokens % 1_000,
      attempts: attemptsOf(plan),
      ...(plan.label === undefined ? {} : { labels: { feature: plan.label } }),
    };
    if (plan.path === 'open') continue;
    const call = {
      id,
      createdAt: new Date(at).toISOString(),
      keyId: plan.key,
      ...(plan.team === undefined ? {} : { teamId: plan.team, projectId: `${plan.team}-p` }),
      ...(plan.tag === undefined ? {} : { tags: { colour: plan.tag } }),
      stream: true,
      boundNanoUsd: 2_000_000_000n,
      pages: [{ page: `page#key#${plan.key}#*`, starts: { month: 1 } }],
    };
    if (plan.path === 'void')
      await usage.records.put(usageRecord({ ...call, state: 'void', outcome: 'upstream_error', status: 502, attempts: attemptsOf(plan) }));
    if (plan.path === 'settled') await usage.records.put(usageRecord({ ...call, ...result }));
    if (plan.path === 'expired' || plan.path === 'adjusted') {
      await usage.records.put(usageRecord({ ...call, state: 'expired_charged', outcome: 'expired', costNanoUsd: 2_000_000_000n }));
    }
    if (plan.path === 'adjusted') {
      usage.state.now = at + 1_000;
      await usage.records.adjust(usageRecord({ ...call, ...result, state: 'adjusted' }));
    }
  }
  return usage.stream.splice(0);
}

/** Cuts a delivery into batches. */
function batches(records: readonly DynamoDBRecord[], sizes: readonly number[]): DynamoDBRecord[][] {
  const cut: DynamoDBRecord[][] = [];
  let rest = [...records];
  for (let index = 0; rest.length > 0; index += 1) {
    const size = sizes[index % sizes.length] as number;
    cut.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return cut;
}

const SIZES = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const SHUFFLE = fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 }));

function shuffled<T>(values: readonly T[], random: Iterator<number>): T[] {
  const pool = [...values];
  const out: T[] = [];
  while (pool.length > 0) out.push(...pool.splice((random.next().value as number) % pool.length, 1));
  return out;
}

describe('rollups from the stream', () => {
  test('K01 duplicate, reordered and interleaved records leave exactly the fold of the requests', async () => {
    await fc.assert(
      fc.asyncProperty(REQUESTS, SIZES, SHUFFLE, async (plans, sizes, random) => {
        const usage = createUsageHarness();
        const records = await run(usage, plans);

        const delivery = shuffled([...records, ...records, ...records.slice(0, 5)], random);
        const halves = [delivery.slice(0, delivery.length / 2), delivery.slice(delivery.length / 2)];
        await Promise.all(
          halves.map(async (half) => {
            for (const batch of batches(half, sizes)) await usage.deliver(batch);
          }),
        );

        expect(await usage.held()).toEqual(usage.fold());
      }),
      { numRuns: 60 },
    );
  });

  test('K01 refused calls are in the rollups once, however often their sums are delivered, and after a rebuild', async () => {
    const usage = createUsageHarness();
    await usage.request({ id: 'one-01' });
    const rows = [
      { hour: '2026-11-24T11', tuple: { key: 'key1', outcome: 'insufficient_quota', level: 'team' }, count: 4 },
      { hour: '2026-11-24T12', tuple: { outcome: 'invalid_api_key' }, count: 9 },
    ];
    await usage.refusals.put({ id: 'r1', rows }, usage.state.now);
    await usage.refusals.put({ id: 'r1', rows }, usage.state.now);
    const records = usage.stream.splice(0);
    for (const batch of [records, records.toReversed()]) await usage.deliver(batch);

    const live = await usage.held();
    expect(live['2026-11 key=key1,level=team']).toEqual({ refused: 4n });
    expect(live['2026-11-24 outcome=invalid_api_key']).toEqual({ refused: 9n });
    expect(live['2026-11-24 ']).toMatchObject({ refused: 13n, requests: 1n });

    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    await usage.drain();

    expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 1 });
    expect(await usage.held()).toEqual(live);
  });

  test('K02 a poison record at any position becomes a fault with ids only, and the others are counted', async () => {
    const poisons: DynamoDBRecord[] = [
      toStreamRecord(900, undefined, {
        pk: { S: 'request#poison' },
        sk: { S: 'record' },
        st: { S: 'settled' },
        created_at: { S: 'SECRET-CONTENT' },
        id: { S: 'poison' },
      }),
      toStreamRecord(901, undefined, {
        pk: { S: 'request#poison' },
        sk: { S: 'record' },
        st: { S: 'settled' },
        created_at: { S: '2026-11-24T00:00:00Z' },
        cost_nano_usd: { N: 'SECRET-CONTENT' },
        id: { S: 'poison' },
      }),
      {
        eventID: 'bare',
        eventName: 'INSERT',
        dynamodb: { Keys: { pk: { S: 'request#poison' } }, SequenceNumber: '902' },
      } as DynamoDBRecord,
    ];
    for (const poison of poisons) {
      for (const position of [0, 3, 6]) {
        const usage = createUsageHarness();
        await usage.request({ id: 'one-01' });
        await usage.request({ id: 'two-02', teamId: 't1' });
        const records = usage.stream.splice(0);
        records.splice(position, 0, poison);

        await expect(usage.deliver(records)).resolves.toEqual({ batchItemFailures: [] });

        expect(await usage.held()).toEqual(usage.fold());
        expect(usage.published).toHaveLength(1);
        expect(usage.published[0]).toMatchObject({ type: 'fault', detail: { record: { pk: 'request#poison' } } });
        expect(JSON.stringify([usage.published, usage.lines])).not.toContain('SECRET-CONTENT');
      }
    }
  });

  test('J10 a record that the table refuses becomes a fault that carries ids only', async () => {
    const usage = createUsageHarness();
    await usage.request({ id: 'good-01' });
    await usage.request({ id: 'bad-02', keyId: 'refused', tags: { note: 'SECRET-CONTENT' } });
    await usage.request({ id: 'good-03' });
    usage.database.hooks = {
      before: ({ operation, input }) => {
        if (operation === 'transactWriteItems' && JSON.stringify(input).includes('SECRET-CONTENT')) {
          throw Object.assign(new Error('SECRET-CONTENT is too long'), { name: 'ValidationException' });
        }
      },
    };

    await usage.deliver(usage.stream.splice(0));

    const held = await usage.held();
    expect(held['2026-11-24 key=key1']?.['requests']).toBe(2n);
    expect(usage.published).toMatchObject([{ type: 'fault', detail: { pipeline: 'rollup', record: { pk: 'request#bad-02' } } }]);
    expect(JSON.stringify([usage.published, usage.lines])).not.toContain('SECRET-CONTENT');
  });

  test('K03 a crash in the middle of a batch and partial writes leave the fold once the batch is delivered again', async () => {
    await fc.assert(
      fc.asyncProperty(
        REQUESTS,
        SIZES,
        fc.array(fc.constantFrom('ok', 'refused', 'lost'), { minLength: 1, maxLength: 8 }),
        async (plans, sizes, faults) => {
          const usage = createUsageHarness();
          const records = await run(usage, plans);
          let calls = 0;
          const faultAt = (when: string) => (call: { operation: string }) => {
            if (call.operation !== 'transactWriteItems' || faults[calls % faults.length] !== when || calls > 12) return;
            throw Object.assign(new Error('crash'), { name: 'TimeoutError' });
          };
          usage.database.hooks = {
            before: (call) => {
              if (call.operation === 'transactWriteItems') calls += 1;
              faultAt('refused')(call);
            },
            after: (call) => faultAt('lost')(call),
          };

          for (const batch of batches(records, sizes)) {
            for (;;) {
              const done = await usage.deliver(batch).then(
                () => true,
                () => false,
              );
              if (done) break;
            }
          }

          expect(await usage.held()).toEqual(usage.fold());
        },
      ),
      { numRuns: 40 },
    );
  });

  test('K03 contention with another batch is waited out, lasting contention is thrown so that Lambda retries', async () => {
    const usage = createUsageHarness();
    await usage.request({ id: 'one-01' });
    const records = usage.stream.splice(0);
    let conflicts = 3;
    usage.database.hooks = {
      before: ({ operation }) => {
        if (operation !== 'transactWriteItems' || conflicts <= 0) return;
        conflicts -= 1;
        throw Object.assign(new Error('busy'), {
          name: 'TransactionCanceledException',
          CancellationReasons: [{ Code: 'TransactionConflict' }],
        });
      },
    };

    await usage.deliver(records);
    expect(await usage.held()).toEqual(usage.fold());

    await usage.request({ id: 'two-02' });
    conflicts = Number.POSITIVE_INFINITY;
    await expect(usage.deliver(usage.stream.splice(0))).rejects.toThrow();
  });

  test('K04 when a fault cannot be published the batch is delivered again and nothing is skipped', async () => {
    const usage = createUsageHarness();
    await usage.request({ id: 'one-01' });
    const records = [
      ...usage.stream.splice(0),
      toStreamRecord(900, undefined, { pk: { S: 'request#poison' }, sk: { S: 'record' }, st: { S: 'settled' } }),
    ];
    usage.state.busFails = true;

    await expect(usage.deliver(records)).rejects.toThrow('the bus is down');
    usage.state.busFails = false;
    await usage.deliver(records);

    expect(await usage.held()).toEqual(usage.fold());
    const faults = usage.published.filter((event) => event.type === 'fault').map((event) => (event.detail as { id: string }).id);
    expect(new Set(faults)).toEqual(new Set([records.at(-1)?.eventID]));
  });

  test('K06 a rebuild of a day replaces wrong rollups by the fold, whatever happens meanwhile', async () => {
    const usage = createUsageHarness();
    for (let index = 0; index < 30; index += 1) {
      await usage.request({ id: `early-${index}-0${index % 10}`, teamId: 't1', tags: { colour: 'red' } }, { costNanoUsd: BigInt(index) });
    }
    await usage.drain();
    const wrong = usage.database.items('records').filter((item) => /^usage#/.test(item['pk']?.S ?? ''));
    for (const item of wrong) {
      await usage.database.putItem({ TableName: 'records', Item: { ...item, requests: { N: '999' }, cost_nano_usd: { N: '1' } } });
    }
    usage.stream.splice(0);
    expect(await usage.held()).not.toEqual(usage.fold());
    await usage.request({ id: 'live-01', teamId: 't1' });
    const live = usage.stream.splice(0);

    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    const [request] = usage.stream.splice(0);
    await Promise.all([usage.deliver([request as DynamoDBRecord]), usage.deliver(live)]);
    await usage.drain();

    expect(await usage.held()).toEqual(usage.fold());
    expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 1 });

    usage.stream.splice(0);
    await usage.request({ id: 'after-01', teamId: 't2' });
    await usage.drain();
    expect(await usage.held()).toEqual(usage.fold());
  });

  test('what a rebuild has put others in the place of says nothing of anybody', async () => {
    const usage = createUsageHarness();
    for (let index = 0; index < 40; index += 1) await usage.request({ id: `r${index}`, keyId: `k${index}`, endUser: 'erika' });
    await usage.drain();
    for (const item of usage.database.items('records')) {
      if (item['pk']?.S?.startsWith('request#') !== true) continue;
      const { end_user: _endUser, ...blanked } = item;
      await usage.database.putItem({ TableName: 'records', Item: blanked });
    }
    await usage.drain();
    const rows = () => usage.database.items('records').filter(({ pk }) => pk?.S?.startsWith('usage#'));
    expect(JSON.stringify(rows())).toContain('erika');

    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    await usage.drain();

    expect(JSON.stringify(rows())).not.toContain('erika');
    expect(
      rows()
        .filter(({ ttl }) => ttl !== undefined)
        .every((item) => Object.keys(item).sort().join() === 'pk,sk,ttl'),
    ).toBe(true);
    expect(await usage.held()).toEqual(usage.fold());
  });

  test('R13 money-09-rebuild-adjusted: what was adjusted two weeks late is counted on the day of its request, live and rebuilt', async () => {
    const usage = createUsageHarness();
    const at = (time: string): void => {
      usage.state.now = Date.parse(time);
    };
    at('2026-11-24T23:50:00Z');
    const dead = usageRecord({ id: 'dead-01', createdAt: '2026-11-24T23:50:00.000Z', outcome: 'expired', costNanoUsd: 100n });
    at('2026-11-25T00:07:00Z');
    await usage.records.put({ ...dead, state: 'expired_charged' });
    await usage.drain();
    at('2026-12-10T00:08:00Z');
    await usage.records.adjust({ ...dead, state: 'adjusted' });
    await usage.drain();
    const live = await usage.held();

    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    await usage.drain();

    expect(await usage.held()).toEqual(live);
    expect(live['2026-11-24 ']).toMatchObject({ cost_nano_usd: 100n, requests: 1n });
  });

  test('R13 I10 a rebuild is what the stream made, whatever became of the requests and however late', async () => {
    const MINUTE = 60_000;
    const life = fc.record({
      startMinute: fc.integer({ min: 0, max: 3 * 1_440 }),
      end: fc.constantFrom('settled', 'void', 'expired', 'adjusted by the sweep', 'settled late', 'settled by the queue'),
      lateMinutes: fc.integer({ min: 0, max: 14 * 1_440 }),
      cost: fc.integer({ min: 0, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { maxLength: 12 }), fc.nat({ max: 30 }), async (lives, rebuildAfter) => {
        const usage = createUsageHarness();
        const start = Date.parse('2026-11-24T00:00:00Z');
        const events: { readonly at: number; run(): Promise<unknown> }[] = [];
        for (const [index, { startMinute, end, lateMinutes, cost }] of lives.entries()) {
          const id = `life-${index}-0${index % 10}`;
          const at = start + startMinute * MINUTE;
          const call = usageRecord({ id, createdAt: new Date(at).toISOString(), outcome: 'ok', costNanoUsd: BigInt(cost) });
          const step = (minutes: number, run: () => Promise<unknown>): void => {
            events.push({ at: at + minutes * MINUTE, run });
          };
          if (end === 'void') step(5, () => usage.records.put({ ...call, state: 'void', costNanoUsd: 0n, status: 502 }));
          else if (end === 'settled' || end === 'settled by the queue') {
            step(end === 'settled' ? 5 : lateMinutes, () => usage.records.put(call));
          } else {
            const charged = { ...call, outcome: 'expired', costNanoUsd: 100n };
            step(17, () => usage.records.put({ ...charged, state: 'expired_charged' }));
            const minutes = end === 'settled late' ? 18 + lateMinutes : 18 + 15 * 1_440;
            const last = end === 'settled late' ? call : charged;
            if (end !== 'expired') step(minutes, () => usage.records.adjust({ ...last, state: 'adjusted' }));
          }
        }
        events.sort((left, right) => left.at - right.at);
        for (const [index, event] of events.entries()) {
          usage.state.now = event.at;
          await event.run();
          if (index === rebuildAfter) await rebuildAll(usage, `early-${index}`);
          else await usage.drain();
        }
        usage.state.now = start + 40 * 1_440 * MINUTE;
        expect(await usage.held()).toEqual(usage.fold());
        await rebuildAll(usage, 'late');

        expect(await usage.held()).toEqual(usage.fold());
      }),
      { numRuns: 60 },
    );

    async function rebuildAll(usage: UsageHarness, requestId: string): Promise<void> {
      for (const day of ['2026-11-24', '2026-11-25', '2026-11-26']) await usage.rollups.requestRebuild({ day, requestId }, usage.state.now);
      await usage.drain();
    }
  });

  test('K05 what a stopped consumer has missed for good, a rebuild takes from the table', async () => {
    const usage = createUsageHarness();
    await usage.request({ id: 'seen-01' });
    await usage.drain();
    for (let index = 0; index < 150; index += 1)
      await usage.request({ id: `missed-${index}-0${index % 10}`, teamId: 't1' }, { costNanoUsd: 3n });
    usage.stream.splice(0);
    usage.state.now += 40 * 3_600_000;

    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    await usage.drain();

    expect(await usage.held()).toEqual(usage.fold());
    expect(usage.lines.join('')).toContain('"event":"rollup-rebuilt","reason":"2026-11-24","count":151');
  });

  test('a rebuild that is interrupted goes on where it was asked for again', async () => {
    const usage = createUsageHarness();
    for (let index = 0; index < 40; index += 1) await usage.request({ id: `r-${index}-0${index % 10}` });
    await usage.drain();
    await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
    const batch = usage.stream.splice(0);
    let calls = 0;
    usage.database.hooks = {
      before: ({ operation }) => {
        if (operation === 'transactWriteItems') calls += 1;
        if (calls === 1) throw Object.assign(new Error('the function ended'), { name: 'TimeoutError' });
      },
    };

    await expect(usage.deliver(batch)).rejects.toThrow('the function ended');
    usage.database.hooks = {};
    expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 0, building: 1 });
    await usage.request({ id: 'meanwhile-01' });
    await usage.drain();
    await usage.deliver(batch);
    await usage.drain();

    expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 1 });
    expect(await usage.held()).toEqual(usage.fold());
  });

  describe('a day too large for one call of the function', () => {
    /** Every query takes so long that a call reads only a few pages. */
    async function largeDay() {
      const usage = createUsageHarness();
      for (let index = 0; index < 450; index += 1) await usage.request({ id: `large-${index}-0${index % 10}` });
      usage.stream.splice(0);
      usage.database.hooks = {
        before: ({ operation }) => {
          if (operation === 'query') usage.state.elapsedMs += 1_500;
        },
      };
      return usage;
    }
    const stepsOf = (usage: UsageHarness) =>
      usage.database.items('records').filter((item) => item['pk']?.S === 'rollup-rebuild#2026-11-24');

    test('is rebuilt step by step, while live requests go on and steps come twice', async () => {
      const usage = await largeDay();
      await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);

      for (let step = 0; usage.stream.length > 0; step += 1) {
        const batch = usage.stream.splice(0);
        await usage.deliver(batch);
        await usage.request({ id: `live-${step}-01` });
        if (step === 1) await usage.deliver(batch);
        if (step > 20) break;
        if ((await usage.rollups.epochs('2026-11-24')).building === undefined) break;
      }
      await usage.drain();

      expect(stepsOf(usage).length).toBeGreaterThan(2);
      expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 1 });
      expect(await usage.held()).toEqual(usage.fold());
    });

    test('several days that are asked for at once take their turns', async () => {
      const usage = await largeDay();
      for (const day of ['2026-11-24', '2026-11-23', '2026-11-22'])
        await usage.rollups.requestRebuild({ day, requestId: 'r1' }, usage.state.now);

      await usage.drain();

      for (const day of ['2026-11-24', '2026-11-23', '2026-11-22']) expect(await usage.rollups.epochs(day)).toEqual({ current: 1 });
    });

    test('a step of a rebuild that is over does nothing', async () => {
      const usage = await largeDay();
      await usage.rollups.requestRebuild({ day: '2026-11-24', requestId: 'r1' }, usage.state.now);
      await usage.deliver(usage.stream.splice(0));
      const [late] = usage.stream.splice(0).filter(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S?.startsWith('rollup-rebuild#'));
      await usage.rollups.finishRebuild('2026-11-24', 1, NOON);

      await usage.deliver([late as DynamoDBRecord]);

      expect(await usage.rollups.epochs('2026-11-24')).toEqual({ current: 1 });
      expect(stepsOf(usage)).toHaveLength(2);
    });
  });
});
