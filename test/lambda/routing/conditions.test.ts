import fc from 'fast-check';
import type { Asked } from '../../../lambda/routing';
import { conditionOf } from '../../../lambda/routing/conditions';
import type { ConditionConfig } from '../../../lib/private/contract';

const asked = (changes: Partial<Asked> = {}): Asked => ({
  labels: {},
  keyId: 'k1',
  teamId: undefined,
  bringsTools: false,
  holdsPictures: false,
  nowMs: Date.parse('2026-11-30T12:00:00Z'),
  tags: () => ({}),
  mostInputTokens: 10_000,
  inputTokens: () => 100,
  ...changes,
});

const CASES: readonly [ConditionConfig, Partial<Asked>, Partial<Asked>, string][] = [
  [{ tools: true }, { bringsTools: true }, { bringsTools: false }, 'tools'],
  [{ tools: false }, { bringsTools: false }, { bringsTools: true }, 'tools'],
  [{ pictures: false }, { holdsPictures: false }, { holdsPictures: true }, 'pictures'],
  [{ keys: ['k1', 'k2'] }, { keyId: 'k2' }, { keyId: 'k3' }, 'keys'],
  [{ teams: ['search-*'] }, { teamId: 'search-eu' }, { teamId: undefined }, 'teams'],
  [{ metadata: { task: 'tit*' } }, { labels: { task: 'title' } }, { labels: { task: 'summary' } }, 'metadata'],
  [{ metadata: { constructor: '*' } }, { labels: Object.fromEntries([['constructor', 'x']]) }, { labels: {} }, 'metadata'],
  [{ tags: { cost: 'a' } }, { tags: () => ({ cost: 'a' }) }, { tags: () => ({ cost: 'b' }) }, 'tags'],
  [{ min_input_tokens: 50 }, { inputTokens: () => 50 }, { inputTokens: () => 49 }, 'min_input_tokens'],
  [{ max_input_tokens: 50 }, { inputTokens: () => 50 }, { inputTokens: () => 51 }, 'max_input_tokens'],
];

test.each(CASES)('%j holds for calls that meet it, and names its field for others', (config, met, unmet, field) => {
  expect(conditionOf(config)(asked(met))).toBeUndefined();
  expect(conditionOf(config)(asked(unmet))).toBe(field);
});

test('all that is given must hold', () => {
  fc.assert(
    fc.property(
      fc.subarray(
        CASES.filter(([config]) => config.pictures === undefined && config.tools !== false),
        { minLength: 1 },
      ),
      fc.nat(),
      (chosen, broken) => {
        // Labels and limits of several cases would overwrite one another.
        const cases = chosen.filter(
          ([config], index) => chosen.findIndex(([other]) => Object.keys(other)[0] === Object.keys(config)[0]) === index,
        );
        const condition = conditionOf(Object.assign({}, ...cases.map(([config]) => config)));
        const meeting: Partial<Asked> = Object.assign({}, ...cases.map(([, met]) => met));
        const [, , unmet, field] = cases[broken % cases.length] as (typeof CASES)[number];

        expect(condition(asked(meeting))).toBeUndefined();
        if (!('inputTokens' in unmet)) expect(condition(asked({ ...meeting, ...unmet }))).toBe(field);
      },
    ),
  );
});

test('what costs work to find out is not asked for where something else decides', () => {
  const tokens = () => {
    throw new Error('asked');
  };

  expect(conditionOf({ max_input_tokens: 5, tools: true })(asked({ inputTokens: tokens }))).toBe('tools');
  expect(conditionOf({ max_input_tokens: 5 })(asked({ mostInputTokens: 5, inputTokens: tokens }))).toBeUndefined();
  expect(conditionOf({ min_input_tokens: 6 })(asked({ mostInputTokens: 5, inputTokens: tokens }))).toBe('min_input_tokens');
  expect(conditionOf({ tools: false })(asked({ inputTokens: tokens, tags: tokens as never }))).toBeUndefined();
});

describe('hours', () => {
  const at = (time: string) => asked({ nowMs: Date.parse(time) });
  const holds = (hours: NonNullable<ConditionConfig['hours']>, time: string) => conditionOf({ hours })(at(time)) === undefined;

  test.each([
    ['09:00', '17:00', '2026-11-30T09:00:00Z', true],
    ['09:00', '17:00', '2026-11-30T16:59:59Z', true],
    ['09:00', '17:00', '2026-11-30T17:00:00Z', false],
    ['09:00', '17:00', '2026-11-30T08:59:59Z', false],
    ['22:00', '06:00', '2026-11-30T23:00:00Z', true],
    ['22:00', '06:00', '2026-11-30T05:59:00Z', true],
    ['22:00', '06:00', '2026-11-30T06:00:00Z', false],
    ['00:00', '00:01', '2026-11-30T00:00:30Z', true],
  ])('from %s to %s at %s: %s', (from, to, time, within) => {
    expect(holds({ from, to }, time)).toBe(within);
  });

  test('stand on the clock of their zone, summer and winter', () => {
    const hours = { from: '09:00', to: '10:00', time_zone: 'Europe/Berlin' };

    expect(holds(hours, '2026-11-30T08:30:00Z')).toBe(true);
    expect(holds(hours, '2026-07-01T07:30:00Z')).toBe(true);
    expect(holds(hours, '2026-07-01T08:30:00Z')).toBe(false);
  });

  test('of a day reach into the next', () => {
    // A Monday.
    const hours = { from: '22:00', to: '06:00', days: ['mon'] as const };

    expect(holds(hours, '2026-11-30T23:00:00Z')).toBe(true);
    expect(holds(hours, '2026-12-01T05:00:00Z')).toBe(true);
    expect(holds(hours, '2026-12-01T23:00:00Z')).toBe(false);
    expect(holds(hours, '2026-11-30T05:00:00Z')).toBe(false);
  });

  test('are asked anew each minute, by one condition', () => {
    const condition = conditionOf({ hours: { from: '12:00', to: '12:01' } });

    expect(condition(at('2026-11-30T12:00:59Z'))).toBeUndefined();
    expect(condition(at('2026-11-30T12:01:00Z'))).toBe('hours');
    expect(condition(at('2026-11-30T12:00:00Z'))).toBeUndefined();
  });
});
