import { createScanner, type LocalRule } from '../../../lambda/guardrails';

const DEAREST_FIRST = ['block', 'route', 'mask', 'flag'] as const;
const RULES: readonly LocalRule[] = [
  { id: 'a', name: 'A', action: 'mask', pattern: 'x[a-c]{2,5}' },
  { id: 'b', name: 'B', action: 'flag', pattern: '[a-d]{3,9}' },
  { id: 'c', name: 'C', action: 'block', pattern: 'd[x-z]' },
  { id: 'd', name: 'D', action: 'mask', pattern: '[b-y]{4}' },
  { id: 'e', name: 'E', action: 'mask', pattern: '[x-z]{2}[a-z]{2}' },
  { id: 'f', name: 'F', action: 'flag', pattern: '[a-z]{12}' },
];

interface Span {
  readonly rule: LocalRule;
  readonly start: number;
  readonly end: number;
}

/** Numbers below some, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** The dearest action, then the longest, then what begins first, then the name. */
function compared(one: Span, other: Span): number {
  return (
    DEAREST_FIRST.indexOf(one.rule.action as 'mask') - DEAREST_FIRST.indexOf(other.rule.action as 'mask') ||
    other.end - other.start - (one.end - one.start) ||
    one.start - other.start ||
    (one.rule.id < other.rule.id ? -1 : 1)
  );
}

/** Every place asked by itself. */
function placeByPlace(text: string): readonly Span[] {
  const all = RULES.flatMap((rule) =>
    createScanner([rule])
      .scan(text)
      .map(({ start, end }) => ({ rule, start, end })),
  );
  const told: { span: Span; rule: LocalRule; start: number; end: number }[] = [];
  for (let place = 0; place < text.length; place++) {
    const [span] = all.filter(({ start, end }) => start <= place && end > place).sort(compared);
    const last = told.at(-1);
    if (span === undefined) continue;
    if (last?.span === span && last.end === place) last.end = place + 1;
    else told.push({ span, rule: span.rule, start: place, end: place + 1 });
  }
  return told.map(({ rule, start, end }) => ({ rule, start, end }));
}

test('of findings that overlap the dearest one is seen at each place, and what is left of the others stays found', () => {
  const next = seeded(7);
  const scanner = createScanner(RULES);
  for (let round = 0; round < 400; round++) {
    const text = Array.from({ length: 40 }, () => 'abcdxyz '[next(8)]).join('');
    const found = scanner.scan(text).map(({ rule, start, end }) => ({ rule, start, end }));

    expect({ text, found }).toEqual({ text, found: placeByPlace(text).map(({ rule, start, end }) => ({ rule: rule.id, start, end })) });
  }
});
