import { orderOf, type Target, type TargetFacts } from '../../../../lambda/routing';
import { createSpeed, noteFirstToken, type Speed } from '../../../../lambda/routing/health/speed';
import { factsWith, targetsOf } from '../../../support/routed-targets';

/** Targets that answer in a time of their own, and a process that measures them as the gateway does. */
class World {
  public nowMs = 0;
  readonly #known = new Map<string, Speed>();
  #seed = 11;

  public constructor(
    private readonly targets: readonly Target[],
    private readonly answersInMs: Map<string, number>,
  ) {}

  public set(name: string, milliseconds: number): void {
    this.answersInMs.set(name, milliseconds);
  }

  /** The target that one call is sent to, and what it shows. */
  public ask(everyMs: number): string {
    this.nowMs += everyMs;
    const facts = factsWith({
      targets: Object.fromEntries(this.targets.map(({ name }) => [name, this.#facts(name)])),
      random: () => this.#random(),
    });
    const name = orderOf('lowest_latency', this.targets, facts)[0]?.name ?? '';
    this.#measure(name, this.answersInMs.get(name) ?? 0);
    return name;
  }

  #facts(name: string): Partial<TargetFacts> {
    const { timeToFirstTokenMs, measuredMs } = this.#known.get(name) ?? createSpeed();
    return timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs, measuredAgoMs: this.nowMs - measuredMs };
  }

  #measure(name: string, milliseconds: number): void {
    const speed = this.#known.get(name) ?? createSpeed();
    noteFirstToken(speed, milliseconds, this.nowMs);
    this.#known.set(name, speed);
  }

  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}

const NAMES = ['a/m', 'b/m', 'c/m'];
const world = () =>
  new World(
    targetsOf(...NAMES),
    new Map([
      ['a/m', 300],
      ['b/m', 500],
      ['c/m', 900],
    ]),
  );

test('the fastest is found, and a target that became twice as slow is left within 50 calls', () => {
  const process = world();
  for (let call = 0; call < 300; call += 1) process.ask(500);
  const before = Array.from({ length: 100 }, () => process.ask(500));
  expect(before.filter((name) => name === 'a/m').length).toBeGreaterThan(85);

  process.set('a/m', 1_200);
  const during = Array.from({ length: 50 }, () => process.ask(500));

  expect(during.slice(-20).filter((name) => name === 'a/m').length).toBeLessThanOrEqual(2);
});

test('its recovery is found within a minute', () => {
  const process = world();
  for (let call = 0; call < 300; call += 1) process.ask(500);
  process.set('a/m', 1_200);
  for (let call = 0; call < 100; call += 1) process.ask(500);

  process.set('a/m', 300);
  const recoveredAtMs = process.nowMs;
  while (process.nowMs - recoveredAtMs < 60_000) process.ask(500);
  const after = Array.from({ length: 50 }, () => process.ask(500));

  expect(after.filter((name) => name === 'a/m').length).toBeGreaterThan(40);
});

test('to find out how fast the others are takes a tenth of the calls at most', () => {
  const process = world();
  const asked = Array.from({ length: 2_000 }, () => process.ask(50));

  expect(asked.slice(100).filter((name) => name === 'c/m').length).toBeLessThan(100);
});

test('a slow writer that begins soon is behind one that is done sooner', () => {
  const targets = targetsOf('a/soon', 'b/fast');
  const facts = factsWith({
    outputTokens: () => 1_000,
    random: () => 0.5,
    targets: {
      'a/soon': { timeToFirstTokenMs: 100, tokensPerSecond: 20, measuredAgoMs: 0 },
      'b/fast': { timeToFirstTokenMs: 800, tokensPerSecond: 200, measuredAgoMs: 0 },
    },
  });

  expect(orderOf('lowest_latency', targets, facts)[0]?.name).toBe('b/fast');
});

test('targets that are about as fast keep their conversations', () => {
  const targets = targetsOf('a/m', 'b/m');
  const first = (conversation: number, milliseconds: number) =>
    orderOf(
      'lowest_latency',
      targets,
      factsWith({
        conversation,
        random: () => 0.5,
        targets: {
          'a/m': { timeToFirstTokenMs: 500, measuredAgoMs: 0 },
          'b/m': { timeToFirstTokenMs: milliseconds, measuredAgoMs: 0 },
        },
      }),
    )[0]?.name;
  const conversations = Array.from({ length: 100 }, (_, index) => index * 7_919);

  expect(conversations.map((each) => first(each, 560))).toEqual(conversations.map((each) => first(each, 450)));
  expect(new Set(conversations.map((each) => first(each, 500))).size).toBe(2);
});
