import * as fc from 'fast-check';
import { holdThinking, thinkingWithin, withThinkingHeld } from '../../../../lambda/wire/fitting';

test('a thinking budget stays below its cap, is never raised, and goes only where the cap has no room for any', () => {
  const tokens = fc.integer({ min: 1, max: 200_000 });
  fc.assert(
    fc.property(tokens, tokens, fc.option(tokens, { nil: undefined }), (budget, cap, more) => {
      const asked = more === undefined ? undefined : Math.max(budget + 1, cap + more);
      const held = thinkingWithin(budget, cap, asked);
      if (held === undefined) expect(Math.min(budget, cap)).toBeLessThanOrEqual(Math.max(1_024, cap - 1) + 1);
      else {
        expect(held).toBeLessThan(cap);
        expect(held).toBeLessThanOrEqual(budget);
      }
    }),
  );
});

test.each([
  ['both are lowered by the same part', 32_000, 40_000, 64_000, 20_000],
  ['never below the least that models take', 8_000, 4_000, 64_000, 1_024],
  ['a cap that stands in for none takes of the budget only what the answer needs', 8_000, 64_000, undefined, 8_000],
  ['a cap that stands in for none takes of the budget only what the answer needs', 8_000, 4_096, undefined, 3_072],
  ['no room', 8_000, 1_024, undefined, undefined],
] as const)('%s', (_what, budget, cap, asked, held) => {
  expect(thinkingWithin(budget, cap, asked)).toBe(held);
});

const PATHS = [
  ['thinking', 'budget_tokens'],
  ['reasoning', 'max_tokens'],
] as const;

test('in a body that goes on as it came, only the budgets change', () => {
  const body = {
    thinking: { type: 'enabled', budget_tokens: 8_000, display: 'omitted' },
    reasoning: { max_tokens: 6_000, effort: 'high' },
  };

  expect(holdThinking(body, PATHS, 4_096, undefined)).toEqual({
    changes: {
      thinking: { type: 'enabled', budget_tokens: 3_072, display: 'omitted' },
      reasoning: { max_tokens: 3_072, effort: 'high' },
    },
    written: ['thinking.budget_tokens=3072', 'reasoning.max_tokens=3072'],
  });
  expect(holdThinking(body, PATHS, 1_000, undefined)).toEqual({
    changes: { thinking: { type: 'disabled' }, reasoning: { effort: 'high' } },
    written: ['thinking.budget_tokens=none', 'reasoning.max_tokens=none'],
  });
});

test.each([
  ['nothing is said of thinking', {}],
  ['the budget fits', { thinking: { type: 'enabled', budget_tokens: 1_500 } }],
  ['thinking is off', { thinking: { type: 'disabled' }, reasoning: { max_tokens: 0 } }],
  ['what is said is no budget', { thinking: 'much', reasoning: { max_tokens: 'all' } }],
])('nothing changes where %s', (_what, body) => {
  expect(holdThinking(body, PATHS, 4_096, undefined)).toBeUndefined();
});

test('a translated call keeps all else', () => {
  const request = { model: 'm', messages: [], stream: false, maxOutputTokens: 4_096, reasoning: { budgetTokens: 8_000, summary: 'auto' } };

  expect(withThinkingHeld(request, 4_096, undefined)).toEqual({
    request: { ...request, reasoning: { budgetTokens: 3_072, summary: 'auto' } },
    written: [{ field: 'thinking.budget_tokens', value: '3072' }],
  });
  expect(withThinkingHeld(request, 500, undefined).request.reasoning).toBeUndefined();
  expect(withThinkingHeld(request, 64_000, undefined)).toEqual({ request, written: [] });
});
