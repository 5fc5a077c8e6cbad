import { withPairedResults } from '../../../../lambda/wire/fitting';
import type { Message } from '../../../../lambda/wire/model/request';

const call = (...ids: string[]): Message => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool-call', id, name: 't', arguments: '{}' }) as const),
});
const part = (toolCallId: string, text = toolCallId) => ({ type: 'tool-result', toolCallId, content: [{ type: 'text', text }] }) as const;
const results = (...content: ReturnType<typeof part>[]): Message => ({ role: 'tool', content });
const text = (role: 'user' | 'assistant', said: string): Message => ({ role, content: [{ type: 'text', text: said }] });
const none = (id: string) => ({ ...part(id, 'There is no result of this call.'), toolName: 't' });
const told = { type: 'text', text: 'The result of a tool:' } as const;

describe('a result for every call, and a call for every result', () => {
  test.each<[string, Message[]]>([
    ['nothing but words', [text('user', 'a'), text('assistant', 'b')]],
    ['a message for each result', [call('1', '2'), results(part('1')), results(part('2')), text('user', 'b')]],
    ['ids that are numbered anew each turn', [call('1'), results(part('1')), text('assistant', 'a'), call('1'), results(part('1'))]],
    ['two results of one call', [call('1'), results(part('1')), results(part('1', 'again'))]],
    ['words beside a result', [call('1'), { role: 'user', content: [part('1'), { type: 'text', text: 'x' }] }]],
  ])('leaves %s as it is', (_what, messages) => {
    expect(withPairedResults(messages)).toBe(messages);
  });

  test.each<[string, Message[], Message[]]>([
    ['a call that was broken off', [call('1'), text('user', 'x')], [call('1'), results(none('1')), text('user', 'x')]],
    ['a call at the end', [text('user', 'x'), call('1')], [text('user', 'x'), call('1'), results(none('1'))]],
    [
      'one of several calls, in its place',
      [call('1', '2', '3'), results(part('1')), results(part('3')), text('user', 'x')],
      [call('1', '2', '3'), results(part('1'), none('2') as ReturnType<typeof part>, part('3')), text('user', 'x')],
    ],
    [
      'a result whose call was cut off',
      [results(part('0')), text('user', 'x')],
      [{ role: 'user', content: [told, { type: 'text', text: '0' }] }, text('user', 'x')],
    ],
    [
      'a result of another call beside its own',
      [call('1'), results(part('1'), part('0'))],
      [call('1'), results(part('1')), { role: 'user', content: [told, { type: 'text', text: '0' }] }],
    ],
    [
      'a result beside words of the user',
      [{ role: 'user', content: [part('0'), { type: 'text', text: 'x' }] }],
      [{ role: 'user', content: [told, { type: 'text', text: '0' }, { type: 'text', text: 'x' }] }],
    ],
    [
      'a result that came a turn late',
      [call('1'), text('user', 'x'), text('assistant', 'a'), results(part('1')), text('user', 'y')],
      [call('1'), results(part('1')), text('user', 'x'), text('assistant', 'a'), text('user', 'y')],
    ],
  ])('mends %s', (_what, messages, paired) => {
    expect(withPairedResults(messages)).toEqual(paired);
  });
});
