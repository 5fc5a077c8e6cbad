import { anthropicMessages } from '../../../../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../../../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../../../../lambda/wire/dialects/openai-responses';
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

test.each([
  ['ultrafast', undefined, ['service_tier']],
  ['fast', 'fast', []],
])('a tier that Responses has, %s, is sent where this API has it', (tier, sent, gone) => {
  const request = openAiResponses.decodeRequest({ model: 'm', input: 'Hi', service_tier: tier });

  const { body, dropped } = openAiChat.encodeRequest(request, targetFacts('m'));

  expect([body['service_tier'], dropped]).toEqual([sent, gone]);
});

test('a caller of Chat Completions who gives Claude a budget need not know that no sampling stands beside it', () => {
  const request = openAiChat.decodeRequest({
    model: 'm',
    max_tokens: 9_000,
    top_p: 0.5,
    temperature: 0.2,
    reasoning: { max_tokens: 4_000 },
    messages: [{ role: 'user', content: 'Hi' }],
  });

  const { body, dropped } = anthropicMessages.encodeRequest(request, targetFacts('claude-3-7-sonnet'));

  expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 4_000 } });
  expect(body).not.toHaveProperty('top_p');
  expect(dropped).toEqual(['temperature', 'top_p']);
});
