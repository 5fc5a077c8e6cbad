import { inClaudesForm, withPairedCalls } from '../../../../lambda/wire/fitting';
import type { Message } from '../../../../lambda/wire/model/request';

const user: Message = { role: 'user', content: [{ type: 'text', text: 'go' }] };
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: ids.map((id, index) => ({ type: 'tool-call', id, name: `t${index}`, arguments: '{}' })),
});
const results = (...given: [id: string, text: string][]): Message => ({
  role: 'tool',
  content: given.map(([toolCallId, text]) => ({ type: 'tool-result', toolCallId, content: [{ type: 'text', text }] })),
});
/** Ids of calls with their tools, and of results with their texts, as they stand. */
const pairs = (messages: readonly Message[]) =>
  messages.flatMap(({ content }) =>
    content.flatMap((part): string[] => {
      if (part.type === 'tool-call') return [`${part.id} ${part.name}`];
      return part.type === 'tool-result' ? [`${part.toolCallId} ${(part.content[0] as { text: string }).text}`] : [];
    }),
  );

test.each(['turn', 'conversation'] as const)(
  'calls of one answer that share an id keep their results, told apart within a %s',
  (within) => {
    const messages = [user, calls('c', 'c', 'other'), results(['c', 'first'], ['other', 'o'], ['c', 'second'])];

    expect(pairs(withPairedCalls(messages, within))).toEqual(['c t0', 'c_2 t1', 'other t2', 'c first', 'other o', 'c_2 second']);
  },
);

test('the results of each call may stand in messages of their own', () => {
  const messages = [user, calls('', ''), results(['', 'first']), results(['', 'second'])];

  expect(pairs(withPairedCalls(messages, 'turn'))).toEqual([' t0', '_2 t1', ' first', '_2 second']);
});

test('a call that is kept twice and answered once is one', () => {
  const messages = [user, calls('c', 'c'), results(['c', 'only']), user];

  expect(pairs(withPairedCalls(messages))).toEqual(['c t0', 'c only']);
});

test('no id is given that stands elsewhere in the conversation', () => {
  const messages = [user, calls('c'), results(['c', '1']), calls('c'), results(['c', '2']), calls('c_2'), results(['c_2', '3'])];

  expect(pairs(withPairedCalls(messages))).toEqual(['c t0', 'c 1', 'c_3 t0', 'c_3 2', 'c_2 t0', 'c_2 3']);
});

test('ten thousand calls of one id take no longer than others', () => {
  const ids = Array.from({ length: 10_000 }, () => 'c');
  const messages = [user, calls(...ids), results(...ids.map((id, index): [string, string] => [id, String(index)]))];
  const startedMs = performance.now();

  expect(new Set(pairs(withPairedCalls(messages)).slice(0, 10_000)).size).toBe(10_000);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

test.each([
  ['nothing', []],
  ['blanks', [{ type: 'text' as const, text: ' \n' }]],
])('a tool that failed and said %s is said to have failed', (_, content) => {
  const failed: Message = { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', content, isError: true }] };
  const fine: Message = { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', content }] };

  expect(inClaudesForm([user, calls('c'), failed])[2]?.content).toMatchObject([
    { isError: true, content: [{ type: 'text', text: expect.stringContaining('failed') }] },
  ]);
  expect(inClaudesForm([user, calls('c'), fine])[2]?.content).toMatchObject([{ content: [] }]);
});
