import fc from 'fast-check';
import { anthropicMessages } from '../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import { openingOf } from '../../../../lambda/wire/protocols/opening';

const text = fc.string({ minLength: 1, maxLength: 20 }).filter((value) => value.trim() !== '');
const later = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'tool', 'system'), content: text }), { maxLength: 5 });

test('what all calls of a conversation begin with is the same in every dialect, whatever is said later', () => {
  fc.assert(
    fc.property(text, text, later, fc.boolean(), (system, first, turns, marked) => {
      const more = turns.length === 0 ? [] : [{ role: 'assistant', content: 'yes' }, ...turns];
      const mark = marked ? { cache_control: { type: 'ephemeral' } } : {};
      const openings = [
        openAiChat.opening?.({ messages: [{ role: 'system', content: system }, { role: 'user', content: first }, ...more] }),
        openAiResponses.opening?.({
          instructions: system,
          input: [{ role: 'user', content: [{ type: 'input_text', text: first }] }, ...more],
        }),
        anthropicMessages.opening?.({
          system: [{ type: 'text', text: system, ...mark }],
          messages: [{ role: 'user', content: [{ type: 'text', text: first, ...mark }] }, ...more],
        }),
      ];

      for (const opening of openings) expect(opening).toEqual([system, first]);
    }),
  );
});

test("Claude Code's line for the bill, which differs from call to call, is none of it", () => {
  const system = (line: string) => [
    { type: 'text', text: line },
    { type: 'text', text: 'Be brief.' },
  ];
  const opening = (line: string) => openingOf(system(line), [{ role: 'user', content: 'x' }]);

  expect(opening('x-anthropic-billing-header: cch=1')).toEqual(opening('x-anthropic-billing-header: cch=2'));
});

test('a conversation of nothing, or of what is no turn, has no beginning; one without an answer is read to an end', () => {
  expect(openingOf(undefined, undefined)).toEqual([]);
  expect(openingOf(undefined, [{ role: 'assistant', content: 'x' }])).toEqual([]);
  expect(openingOf(undefined, [{ type: 'function_call_output', output: 'x' }, 5])).toEqual([]);
  expect(openingOf(undefined, Array(10_000).fill({ role: 'user', content: 'x' })).length).toBe(32);
});
