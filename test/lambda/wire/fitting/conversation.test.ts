import { inClaudesForm, objectAtRoot, withoutBlankTexts, withPairedCalls } from '../../../../lambda/wire/fitting';
import type { Message } from '../../../../lambda/wire/model/request';

const call = (id: string): Message => ({ role: 'assistant', content: [{ type: 'tool-call', id, name: 't', arguments: '{}' }] });
const result = (toolCallId: string, text: string): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId, content: [{ type: 'text', text }] }],
});
const user: Message = { role: 'user', content: [{ type: 'text', text: 'go' }] };

test('of several results of one call the last counts', () => {
  expect(withPairedCalls([user, call('a'), result('a', 'first'), result('a', 'second')])).toEqual([user, call('a'), result('a', 'second')]);
});

test.each<[string, Message[]]>([
  ['an empty turn', [{ role: 'assistant', content: [] }]],
  ['a thought', [{ role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }] }]],
  ['a blank text', [{ role: 'assistant', content: [{ type: 'text', text: ' ' }] }]],
])('what is to be continued ends in no white space, behind which stands %s', (_, behind) => {
  const messages: Message[] = [
    { role: 'user', content: [{ type: 'text', text: 'Count.' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'One, ' }] },
    ...behind,
  ];

  expect(inClaudesForm(messages)[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'One,' }] });
});

test('a conversation in which nothing is said at all is opened', () => {
  const messages = [{ role: 'system' as const, content: [{ type: 'text' as const, text: '' }] }];

  expect(inClaudesForm(messages)).toEqual([{ role: 'user', content: [{ type: 'text', text: '...' }] }]);
});

test.each(['call_0', ''])('calls of two turns that bear the id %j keep a result each', (id) => {
  const messages = [user, call(id), result(id, 'ONE'), user, call(id), result(id, 'TWO')];

  expect(withPairedCalls(messages, 'turn')).toBe(messages);
  expect(withPairedCalls(messages)).toEqual([user, call(id), result(id, 'ONE'), user, call(`${id}_2`), result(`${id}_2`, 'TWO')]);
});

test('a union of definitions at the root of a tool becomes one object with what each takes', () => {
  const parameters = {
    anyOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }],
    $defs: {
      A: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      B: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } }, required: ['id', 'name'] },
    },
  };
  const dropped = new Set<string>();

  expect(objectAtRoot(parameters, dropped)).toEqual({
    type: 'object',
    properties: { id: { type: 'string' }, name: { type: 'string' } },
    required: ['id'],
    $defs: parameters.$defs,
  });
  expect([...dropped]).toEqual(['tools.parameters']);
});

test('a schema that is only named at its root stands there itself', () => {
  const A = { type: 'object', properties: { a: { $ref: '#/$defs/A' } } };
  const chained = { $ref: '#/$defs/C', $defs: { A, C: { $ref: '#/$defs/A' } } };
  const endless = { $ref: '#/$defs/E', $defs: { E: { $ref: '#/$defs/E' } } };

  expect(objectAtRoot({ $ref: '#/definitions/A', definitions: { A }, title: 'T' }, new Set())).toEqual({
    ...A,
    definitions: { A },
    title: 'T',
  });
  expect(objectAtRoot(chained, new Set())).toEqual({ ...A, $defs: chained.$defs });
  expect(objectAtRoot(endless, new Set())).toEqual({ type: 'object', ...endless });
  expect(objectAtRoot({ $ref: 'https://a.example/b' }, new Set())).toEqual({ type: 'object', $ref: 'https://a.example/b' });
});

test('turns of white space are left out, but for the user\u2019s, after which an answer is due', () => {
  const said = (role: 'user' | 'assistant', text: string): Message => ({ role, content: [{ type: 'text', text }] });

  expect(withoutBlankTexts([user, said('assistant', '\n\n'), user])).toEqual([user, user]);
  expect(withoutBlankTexts([user, said('assistant', 'ok'), said('user', ' ')])).toEqual([
    user,
    said('assistant', 'ok'),
    said('user', '...'),
  ]);
});
