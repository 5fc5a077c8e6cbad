import type { JsonObject } from '../../../../../lambda/platform/json/value';
import type { ModelRequest } from '../../../../../lambda/wire/model/request';
import { cohereV2 } from '../../../../../lambda/wire/protocols/cohere-v2';
import { targetFacts } from '../../../../support/target';

function encode(request: Partial<ModelRequest>): { body: JsonObject; dropped: readonly string[] } {
  const messages: ModelRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
  const target = targetFacts('command-a-reasoning-08-2025');
  return cohereV2.encodeRequest({ model: 'alias', stream: false, messages, ...request }, target);
}

describe('Cohere requests', () => {
  test('writes every kind of turn', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } } as const;
    const { body } = encode({
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'One.' }] },
        { role: 'user', content: [{ type: 'text', text: 'a' }, image] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'I will look.' },
            { type: 'tool-call', id: 'x', name: 't', arguments: '' },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: [{ type: 'text', text: '1' }, image] }] },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'done' },
          ],
        },
      ],
    });
    const imagePart = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } };

    expect(body['messages']).toEqual([
      { role: 'system', content: 'One.' },
      { role: 'user', content: [{ type: 'text', text: 'a' }, imagePart] },
      {
        role: 'assistant',
        tool_plan: 'I will look.',
        tool_calls: [{ id: 'x', type: 'function', function: { name: 't', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: '1' },
      { role: 'user', content: [imagePart] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'done' },
        ],
      },
    ]);
  });

  test('carries every setting that Cohere has', () => {
    const { body, dropped } = encode({
      stream: true,
      maxOutputTokens: 4_000,
      temperature: 0.1,
      topP: 0.2,
      topK: 3,
      stop: ['END'],
      seed: 4,
      frequencyPenalty: 0.5,
      presencePenalty: 0.6,
      responseFormat: { type: 'json-schema', name: 'a', schema: { type: 'object' } },
      reasoning: { effort: 'low' },
    });

    expect(body).toEqual({
      model: 'command-a-reasoning-08-2025',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      max_tokens: 4_000,
      temperature: 0.1,
      p: 0.2,
      k: 3,
      seed: 4,
      stop_sequences: ['END'],
      frequency_penalty: 0.5,
      presence_penalty: 0.6,
      response_format: { type: 'json_object', json_schema: { type: 'object' } },
      thinking: { type: 'enabled', token_budget: 1_024 },
    });
    expect(dropped).toEqual([]);
  });

  test('settings beyond what Cohere takes are set to the nearest, and what favours repetition is left out', () => {
    const { body, dropped } = encode({ temperature: 1.5, topP: 1, topK: 900, frequencyPenalty: 2, presencePenalty: -1 });

    expect(body).toMatchObject({ temperature: 1, p: 0.99, k: 500, frequency_penalty: 1 });
    expect(body).not.toHaveProperty('presence_penalty');
    expect(dropped).toEqual(['temperature', 'frequency_penalty', 'presence_penalty']);
    expect(encode({ topP: 0, topK: -1 }).body).toMatchObject({ p: 0.01 });
    expect(encode({ topK: -1 }).body).not.toHaveProperty('k');
    expect(() => encode({ stop: ['a', 'b', 'c', 'd', 'e', 'f'] })).toThrow('at most 5');
  });

  test('an effort that an output cap leaves no room for is none', () => {
    const { body, dropped } = encode({ maxOutputTokens: 10, reasoning: { effort: 'low' } });

    expect([body['thinking'], dropped]).toEqual([{ type: 'disabled' }, ['reasoning']]);
  });

  test('a tool that must be called is the only one offered', () => {
    const tools = [{ name: 'a', strict: true }, { name: 'b' }];
    const { body } = encode({ tools, toolChoice: { type: 'tool', name: 'a' } });

    expect(body).toMatchObject({ tools: [{ function: { name: 'a' } }], tool_choice: 'REQUIRED', strict_tools: true });
    expect(encode({ tools, toolChoice: { type: 'none' } }).body).toMatchObject({ tool_choice: 'NONE' });
    expect(encode({ tools }).body['tool_choice']).toBeUndefined();
  });

  test('what does not change the meaning is dropped by name', () => {
    const { dropped } = encode({
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      parallelToolCalls: false,
      verbosity: 'low',
      promptCacheKey: 'k',
    });

    expect([...dropped].sort()).toEqual(['metadata', 'parallel_tool_calls', 'prompt_cache_key', 'service_tier', 'user', 'verbosity']);
  });

  test.each<[string, Partial<ModelRequest>, string]>([
    ['several answers', { choices: 2 }, 'n'],
    ['log probabilities', { logprobs: { top: 0 } }, 'logprobs'],
    ['token biases', { logitBias: { '1': 1 } }, 'logit_bias'],
    ['other answers than text', { modalities: ['audio'] }, 'modalities'],
    ['custom tools', { tools: [{ name: 't', custom: {} }] }, 'tools[0]'],
    ['a choice of no tool', { tools: [{ name: 't' }], toolChoice: { type: 'tool', name: 'x' } }, 'tool_choice'],
    ['audio', { messages: [{ role: 'user', content: [{ type: 'audio', format: 'wav', data: 'x' }] }] }, 'messages[0].content[0]'],
    [
      'a PDF',
      {
        messages: [{ role: 'user', content: [{ type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'x' } }] }],
      },
      'messages[0].content[0]',
    ],
  ])('refuses %s by name', (_name, request, param) => {
    expect(() => encode(request)).toThrow(expect.objectContaining({ status: 400, param }));
  });
});
