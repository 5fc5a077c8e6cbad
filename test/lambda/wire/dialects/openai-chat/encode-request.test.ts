import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import { targetFacts } from '../../../../support/target';

test('of two results of one call the last is sent, since the second would answer nothing', () => {
  const result = (content: string) => ({ type: 'tool_result', tool_use_id: 'c1', content });
  const request = anthropicMessages.decodeRequest({
    model: 'm',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'a', input: {} }] },
      { role: 'user', content: [result('one'), result('two')] },
    ],
  });

  const { body } = openAiChat.encodeRequest(request, targetFacts('m'));

  expect(body['messages']).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'tool', tool_call_id: 'c1', content: 'two' }]);
});

test('a budget that stands for an effort leaves no sampling beside it, where a model takes one of the two', () => {
  const request = anthropicMessages.decodeRequest({
    model: 'm',
    max_tokens: 9_000,
    temperature: 0.5,
    thinking: { type: 'enabled', budget_tokens: 8_000 },
    messages: [{ role: 'user', content: 'Go.' }],
  });

  const { body, dropped } = openAiChat.encodeRequest(request, targetFacts('m', { capabilities: { samplingWithEffort: false } }));

  expect(body).toMatchObject({ reasoning_effort: 'medium' });
  expect(body).not.toHaveProperty('temperature');
  expect(dropped).toEqual(['temperature', 'thinking.budget_tokens']);
});
