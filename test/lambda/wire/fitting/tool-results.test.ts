import { withResultsAfterCalls } from '../../../../lambda/wire/fitting';
import type { Message } from '../../../../lambda/wire/model/request';

const call = (...ids: string[]): Message => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool-call', id, name: 't', arguments: '{}' }) as const),
});
const part = (toolCallId: string) => ({ type: 'tool-result', toolCallId, content: [{ type: 'text', text: toolCallId }] }) as const;
const pictured = (toolCallId: string) =>
  ({ ...part(toolCallId), content: [{ type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } }] }) as const;
const results = (...content: (ReturnType<typeof part> | ReturnType<typeof pictured>)[]): Message => ({ role: 'tool', content });
const text = (role: 'user' | 'system' | 'assistant', said: string): Message =>
  ({ role, content: [{ type: 'text', text: said }] }) as Message;

describe('results of tools directly behind their calls', () => {
  test.each<[string, Message[]]>([
    ['nothing but words', [text('user', 'a'), text('assistant', 'b')]],
    ['a result in one message', [text('user', 'a'), call('1', '2'), results(part('2'), part('1')), text('user', 'b')]],
    [
      'a message for each result',
      [call('1', '2'), results(part('1')), results(part('2')), text('system', 'b'), call('3'), results(part('3'))],
    ],
    ['words behind a result in the same message', [call('1'), { role: 'user', content: [part('1'), { type: 'text', text: 'x' }] }]],
    ['a call that nothing answers', [call('1'), text('user', 'never mind'), text('assistant', 'b'), results(part('0'))]],
  ])('leaves %s as it is', (_what, messages) => {
    expect(withResultsAfterCalls(messages)).toBe(messages);
  });

  test.each<[string, Message[], Message[]]>([
    [
      'words that came in meanwhile',
      [call('1'), text('system', 'a'), results(part('1')), text('user', 'b')],
      [call('1'), results(part('1')), text('system', 'a'), text('user', 'b')],
    ],
    [
      'words before a result in the same message',
      [call('1'), { role: 'user', content: [{ type: 'text', text: 'x' }, part('1')] }],
      [call('1'), results(part('1')), text('user', 'x')],
    ],
    ['a turn of several messages', [call('1'), call('2'), results(part('1'), part('2'))], [call('1', '2'), results(part('1'), part('2'))]],
    [
      'pictures of one result before the next',
      [call('1', '2'), results(pictured('1')), results(part('2'))],
      [call('1', '2'), results(pictured('1'), part('2'))],
    ],
  ])('takes out of their way %s', (_what, messages, ordered) => {
    expect(withResultsAfterCalls(messages)).toEqual(ordered);
  });
});
