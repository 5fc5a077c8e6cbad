import { GatewayError } from '../../../../lambda/platform/error';
import type { Health, Verdict } from '../../../../lambda/routing';
import { processOf, SharedItem, targetAt } from '../../../support/health-fleet';

const UP = 'up/m@';
const TARGET = targetAt('up');
const FAILED: Verdict = { kind: 'failed', restMs: 10_000 };
const GOOD: Verdict = { kind: 'good' };

let clock: { ms: number };
let item: SharedItem;
let one: ReturnType<typeof processOf>;
let two: ReturnType<typeof processOf>;

beforeEach(() => {
  clock = { ms: 1_000 };
  item = new SharedItem();
  one = processOf(item, clock, 1);
  two = processOf(item, clock, 2);
});

const call = async (health: Health, verdict: Verdict | undefined, tookMs = 0): Promise<void> => {
  const visit = health.visit(UP, 100);
  clock.ms += tookMs;
  visit.end(verdict);
  await health.tell();
};
const fail = async (health: Health, times = 3): Promise<void> => {
  for (let count = 0; count < times; count++) await call(health, FAILED);
};
const isOpen = (health: Health): boolean => health.look(UP).open;
/** Both hear of what was told. */
const later = (ms: number): void => {
  clock.ms += ms;
  one.round();
  two.round();
};

test('three failures in a row let a place rest; one that answers in between does not', async () => {
  await fail(one, 2);
  await call(one, GOOD);
  await fail(one, 2);
  expect(isOpen(one)).toBe(true);

  await fail(one, 1);
  expect(one.look(UP)).toEqual({ open: false, retryAfterMs: 10_000, limited: false });
});

test('an attempt that tells nothing changes nothing', async () => {
  await fail(one, 2);
  for (let count = 0; count < 5; count++) await call(one, undefined);

  expect(isOpen(one)).toBe(true);
  expect(one.factsOf(TARGET)).toMatchObject({ healthy: true, inFlight: 0 });
});

test('one process that fails is not believed by another that does not, for its own network may be broken', async () => {
  await call(two, GOOD);
  await fail(one);
  later(1_000);

  expect([isOpen(one), isOpen(two)]).toEqual([false, true]);
});

test('one process that fails is believed by another that has just failed as well', async () => {
  await fail(one);
  await fail(two, 1);
  expect(isOpen(two)).toBe(true);

  later(1_000);
  expect(isOpen(two)).toBe(false);
});

test('whoever believes one other because its own call failed bears witness, so that a third needs no failure', async () => {
  const third = processOf(item, clock, 3);
  await fail(one);
  await fail(two, 1);
  later(1_000);
  third.round();

  expect(isOpen(third)).toBe(false);
});

test('two processes that fail are believed by a third within a second', async () => {
  const third = processOf(item, clock, 3);
  await fail(one);
  await fail(two);
  third.round();

  expect(third.look(UP)).toMatchObject({ open: false, limited: false });
});

test('what a provider asks for itself needs one teller, and the longer of two waits counts', async () => {
  await call(one, { kind: 'limited', forMs: 5_000 });
  await call(two, { kind: 'limited', forMs: 40_000 });
  later(1_000);

  expect(one.look(UP)).toEqual({ open: false, retryAfterMs: 39_000, limited: true });
  later(38_000);
  await call(one, { kind: 'limited', forMs: 500 });
  expect(one.look(UP)).toEqual({ open: false, retryAfterMs: 1_000, limited: true });
});

test('why a place rests is told with it, and answered by who never called it', async () => {
  const because = new GatewayError({ code: 'upstream_auth', message: 'x', retryable: false });
  const refused: Verdict = { kind: 'failed', restMs: 30_000, because };
  const third = processOf(item, clock, 3);
  for (const health of [one, two]) for (let count = 0; count < 3; count++) await call(health, refused);
  third.round();

  expect(third.reasonOf(UP)).toMatchObject({
    code: 'upstream_auth',
    retryable: false,
    message: "The provider refused the gateway's own credential.",
  });
});

test('F12 after a rest one process of all finds out, and the others hear of it', async () => {
  const fleet = Array.from({ length: 20 }, (_unused, index) => processOf(item, clock, index));
  for (const health of fleet.slice(0, 2)) await fail(health);
  clock.ms += 1_000;
  for (const health of fleet) health.round();
  clock.ms += 10_000;

  await Promise.all(fleet.map((health) => health.approach([TARGET])));
  const entered = fleet.filter((health) => health.enter(UP).open);
  expect(entered).toHaveLength(1);

  await call(entered[0] as Health, GOOD, 200);
  clock.ms += 1_000;
  for (const health of fleet) health.round();
  expect(fleet.every(isOpen)).toBe(true);
});

test('F12 a probe that fails lets the place rest again for everybody', async () => {
  await fail(one);
  await fail(two);
  later(10_500);
  await Promise.all([one, two].map((health) => health.approach([TARGET])));
  const [prober, other] = one.enter(UP).open ? [one, two] : [two, one];
  expect(other.enter(UP).open).toBe(false);

  await call(prober, FAILED, 100);
  later(1_000);

  expect([one, two].map((health) => health.look(UP))).toEqual([
    { open: false, retryAfterMs: 9_000, limited: false },
    { open: false, retryAfterMs: 9_000, limited: false },
  ]);
});

test('F13 a lone place that rests is probed once a second, by one process', async () => {
  await fail(one);
  await fail(two);
  later(0);
  let probes = 0;
  for (let tenths = 0; tenths < 50; tenths++) {
    later(100);
    for (const health of [one, two]) {
      await health.approach([TARGET]);
      if (health.enter(UP).open || health.probe(UP).open) probes += 1;
    }
  }

  expect(probes).toBeGreaterThanOrEqual(4);
  expect(probes).toBeLessThanOrEqual(6);
});

test('without an answer of the table each process goes by what it saw', async () => {
  const log: string[] = [];
  const alone = processOf(item, clock, 1, log);
  item.deaf = true;
  await fail(alone);
  clock.ms += 10_000;

  await alone.approach([TARGET]);
  expect(alone.enter(UP).open).toBe(true);
  expect(alone.enter(UP).open).toBe(false);
  expect(log).toContain('health-unshared');
});

test('a call that was sent before a place failed tells nothing when it ends well', async () => {
  const early = one.visit(UP, 10);
  clock.ms += 100;
  await fail(one);

  early.end(GOOD);
  expect(isOpen(one)).toBe(false);
});

test('the first token of a probe lets others come; the next failure lets it rest again', async () => {
  await fail(one);
  clock.ms += 10_000;
  await one.approach([TARGET]);
  expect(one.enter(UP).open).toBe(true);
  const probe = one.visit(UP, 10);
  expect(one.enter(UP).open).toBe(false);

  probe.answers();
  expect([one.enter(UP).open, one.enter(UP).open]).toEqual([true, true]);
  await fail(one, 1);
  expect(isOpen(one)).toBe(false);
});

test('the first token of a probe is told to other processes, long before its answer ends', async () => {
  await fail(one);
  await fail(two);
  later(11_000);
  await one.approach([TARGET]);
  expect(one.enter(UP).open).toBe(true);

  one.visit(UP, 10).answers();
  later(1_000);
  expect([one, two].map(isOpen)).toEqual([true, true]);
});

test('whoever is left in silence is given more time by the next call', async () => {
  for (let count = 0; count < 6; count++) {
    const visit = one.visit(UP, 10);
    clock.ms += 100;
    visit.answers();
    visit.end(GOOD);
  }
  expect(one.usualSilenceMs(UP)).toBeLessThan(400);
  await call(one, FAILED, 30_000);
  expect(one.usualSilenceMs(UP)).toBe(30_000);
});

test('a target whose address is not usable is nowhere', async () => {
  const unusable = {
    ...TARGET,
    provider: {
      id: 'x',
      sites: () => {
        throw new Error('no address');
      },
    },
  } as never;
  await fail(one);

  expect(one.approach([unusable])).toBeUndefined();
  expect(one.factsOf(unusable).healthy).toBe(false);
});

test('tells once a second at most, and claims only where somebody has to find out', async () => {
  for (let count = 0; count < 10; count++) await fail(one);
  await one.approach([TARGET]);

  expect([item.tells, item.claims]).toEqual([1, 0]);
});

describe('facts for strategies', () => {
  const answer = async (health: Health, firstMs: number, tokens = 100, writeMs = 1_000): Promise<void> => {
    const visit = health.visit(UP, 100);
    clock.ms += firstMs;
    visit.answers();
    clock.ms += writeMs;
    visit.wrote(tokens);
    visit.end(GOOD);
    await health.tell();
  };

  test('calls that are open, and how fast the last ones were', async () => {
    expect(one.factsOf(TARGET)).toEqual({ healthy: true, inFlight: 0, hasQuota: true });
    await answer(one, 200);
    const open = one.visit(UP, 1);

    expect(one.factsOf(TARGET)).toEqual({
      healthy: true,
      inFlight: 1,
      hasQuota: true,
      timeToFirstTokenMs: 200,
      tokensPerSecond: 100,
      measuredAgoMs: 1_000,
    });
    open.end(undefined);
  });

  test('a place that became twice as slow shows within ten calls, and one call after a while counts nearly alone', async () => {
    for (let count = 0; count < 20; count++) await answer(one, 200, 100, 100);
    for (let count = 0; count < 10; count++) await answer(one, 400, 100, 100);
    expect(one.factsOf(TARGET).timeToFirstTokenMs).toBeGreaterThan(300);

    clock.ms += 60_000;
    await answer(one, 200);
    expect(one.factsOf(TARGET).timeToFirstTokenMs).toBeLessThan(210);
  });

  test('what one process measured seeds another that is asked for it', async () => {
    one.factsOf(TARGET);
    for (let count = 0; count < 4; count++) await answer(one, 300);
    later(1_000);

    expect(two.factsOf(TARGET).timeToFirstTokenMs).toBeCloseTo(300, 0);
    const told = item.tells;
    for (let count = 0; count < 20; count++) await answer(one, 300);
    expect(item.tells).toBe(told);
  });

  test('nothing is told of speeds that nobody chooses by', async () => {
    for (let count = 0; count < 10; count++) await answer(one, 300);
    expect(item.tells).toBe(0);
  });

  test('a target is healthy while one of its Regions is', async () => {
    const regional = targetAt('bedrock', 'm', ['us-east-1', 'us-west-2']);
    const failIn = (region: string) => {
      for (let count = 0; count < 3; count++) one.visit(`bedrock/m@${region}`, 1).end(FAILED);
    };

    failIn('us-east-1');
    expect(one.factsOf(regional).healthy).toBe(true);
    failIn('us-west-2');
    expect(one.factsOf(regional).healthy).toBe(false);
  });
});

describe('quotas of providers', () => {
  test('a place without requests left has no room until there are some again', () => {
    one.visit(UP, 10).quota({ requests: { left: 0, resetMs: 5_000 } });
    expect(one.hasRoom(UP, TARGET, 10)).toBe(false);

    clock.ms += 5_000;
    expect(one.hasRoom(UP, TARGET, 10)).toBe(true);
  });

  test('what was sent since counts, and a bucket fills up on the way', () => {
    one.visit(UP, 0).quota({ tokens: { left: 100, limit: 1_000, resetMs: 9_000 } });
    one.visit(UP, 80);
    expect([one.hasRoom(UP, TARGET, 20), one.hasRoom(UP, TARGET, 50)]).toEqual([true, false]);

    clock.ms += 1_000;
    expect(one.hasRoom(UP, TARGET, 50)).toBe(true);
  });

  test('configured requests and tokens a minute are counted', () => {
    const limited = targetAt('up', 'm', [], { requestsPerMinute: 2, tokensPerMinute: 1_000 } as object);
    one.visit(UP, 100);
    expect([one.hasRoom(UP, limited, 100), one.hasRoom(UP, limited, 950)]).toEqual([true, false]);
    one.visit(UP, 100);
    expect(one.hasRoom(UP, limited, 1)).toBe(false);
    expect(one.factsOf(limited).hasQuota).toBe(false);

    clock.ms += 60_000;
    expect(one.hasRoom(UP, limited, 2_000)).toBe(true);
  });
});

test('down is what fails everywhere it was called of late', async () => {
  expect(one.isDown()).toBe(false);
  await fail(one);
  expect(one.isDown()).toBe(true);
  one.visit('other/m@', 1).end(GOOD);
  expect(one.isDown()).toBe(false);
});
