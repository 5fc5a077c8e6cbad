import type { JsonObject } from '../../../../lambda/platform/json/value';
import { providerDefinitions } from '../../../../lambda/wire/providers';
import { applyQuirks, type QuirkName } from '../../../../lambda/wire/providers/quirks';

function reshape(quirk: QuirkName, body: JsonObject, original?: JsonObject) {
  return applyQuirks({ messages: [], ...body }, 'openai-chat', [quirk], original);
}

describe('quirks', () => {
  test.each<[QuirkName, JsonObject, JsonObject, string[]]>([
    ['max-tokens', { max_completion_tokens: 5 }, { max_tokens: 5 }, []],
    ['max-tokens', { max_completion_tokens: 5, max_tokens: 4 }, { max_tokens: 4 }, []],
    ['prefers-max-tokens', { max_completion_tokens: 5 }, { max_tokens: 5 }, []],
    ['no-stream-options', { stream: true, stream_options: {} }, { stream: true }, []],
    ['random-seed', { seed: 7 }, { random_seed: 7 }, []],
    ['effort-alone', { verbosity: 'low', thinking: {}, reasoning_effort: 'high' }, { reasoning_effort: 'high' }, ['verbosity', 'thinking']],
    ['tool-choice-any', { tool_choice: 'required' }, { tool_choice: 'any' }, []],
    ['user-by-older-name', { safety_identifier: 'u' }, { user: 'u' }, []],
    ['no-user', { user: 'u', safety_identifier: 'u' }, {}, ['user', 'safety_identifier']],
    ['no-openai-bookkeeping', { store: true, prompt_cache_key: 'k' }, {}, ['store', 'prompt_cache_key']],
    ['metadata-of-stored-only', { metadata: { a: 'b' } }, {}, ['metadata']],
    ['metadata-of-stored-only', { store: true, metadata: { a: 'b' } }, { store: true, metadata: { a: 'b' } }, []],
    ['max-completion-tokens', { max_tokens: 5 }, { max_completion_tokens: 5 }, []],
    ['thinks-unless-told', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }, []],
    ['thinks-unless-told', { tool_choice: 'required' }, { tool_choice: 'required', thinking: { type: 'disabled' } }, []],
    ['thinks-unless-told', { tool_choice: 'auto', reasoning_effort: 'high' }, { tool_choice: 'auto', reasoning_effort: 'high' }, []],
    [
      'thinks-unless-told',
      { tool_choice: { type: 'function', function: { name: 'f' } }, reasoning_effort: 'high' },
      { tool_choice: { type: 'function', function: { name: 'f' } }, thinking: { type: 'disabled' } },
      ['reasoning'],
    ],
    ['no-service-tier', { service_tier: 'flex' }, {}, ['service_tier']],
    ['tiers-of-groq', { service_tier: 'default' }, { service_tier: 'on_demand' }, []],
    ['tiers-of-groq', { service_tier: 'priority' }, {}, ['service_tier']],
    ['tiers-of-groq', { service_tier: 'flex' }, { service_tier: 'flex' }, []],
    ['tiers-of-cerebras', { service_tier: 'priority' }, { service_tier: 'priority' }, []],
    ['tiers-of-cerebras', { service_tier: 'fast' }, {}, ['service_tier']],
    ['no-metadata', { metadata: { a: 'b' } }, {}, ['metadata']],
  ])('%s makes %j into %j', (quirk, body, expected, dropped) => {
    expect(reshape(quirk, body)).toEqual({ body: { messages: [], ...expected }, dropped });
  });

  test('developer messages become system messages', () => {
    const messages = [
      { role: 'developer', content: 'a' },
      { role: 'user', content: 'b' },
    ];

    expect(reshape('developer-as-system', { messages }).body).toEqual({ messages: [{ role: 'system', content: 'a' }, messages[1]] });
  });

  test('a function without parameters says that it has none', () => {
    const named = { type: 'function', function: { name: 'b', parameters: { type: 'object' } } };
    const tools = [{ type: 'function', function: { name: 'a' } }, named];

    const { body } = reshape('tool-parameters', { tools });

    expect(body['tools']).toEqual([{ type: 'function', function: { name: 'a', parameters: { type: 'object', properties: {} } } }, named]);
    const fitting = { messages: [], tools: [named] };
    expect(applyQuirks(fitting, 'openai-chat', ['tool-parameters']).body).toBe(fitting);
  });

  test('a document is named by its URL, and sound is its bytes alone', () => {
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } };
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } };
    const text = { type: 'text', text: 'Hi' };
    const messages = [{ role: 'user', content: [text, file, audio] }];

    const { body } = applyQuirks({ messages }, 'openai-chat', ['documents-by-url', 'bare-audio']);

    const url = { type: 'document_url', document_url: 'data:application/pdf;base64,AAAA', document_name: 'a.pdf' };
    expect(body['messages']).toEqual([{ role: 'user', content: [text, url, { type: 'input_audio', input_audio: 'AAAA' }] }]);
  });

  test('turns in order are at least one', () => {
    expect(reshape('strict-order', { messages: [{ role: 'assistant', content: '' }] }).body['messages']).toEqual([
      { role: 'user', content: '...' },
    ]);
  });

  test('a refusal of an earlier turn is said as text where it has no field', () => {
    const messages = [
      { role: 'assistant', content: null, refusal: 'I cannot.' },
      { role: 'assistant', content: [{ type: 'text', text: 'Well.' }], refusal: 'I cannot.' },
      { role: 'assistant', content: 'Well.', refusal: null },
    ];

    expect(reshape('refusal-as-text', { messages }).body['messages']).toEqual([
      { role: 'assistant', content: 'I cannot.' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Well.' },
          { type: 'text', text: 'I cannot.' },
        ],
      },
      { role: 'assistant', content: 'Well.' },
    ]);
  });

  test('DeepSeek gets the thinking of every turn back once tools were called, and of no other', () => {
    const tools = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b', reasoning_content: 'Why?' },
      { role: 'assistant', content: null, tool_calls: tools },
      { role: 'tool', tool_call_id: 'c', content: 'd' },
      { role: 'assistant', content: 'e' },
    ];
    const [user, thought, called, result, said] = messages;

    expect(reshape('thinks-unless-told', { messages }).body).toEqual({
      messages: [user, thought, { ...called, reasoning_content: ' ' }, result, { ...said, reasoning_content: ' ' }],
    });
    expect(reshape('thinks-unless-told', { messages, thinking: { type: 'disabled' } }).body).toEqual({
      messages,
      thinking: { type: 'disabled' },
    });
    expect(reshape('thinks-unless-told', { messages: [user, said] as JsonObject[] }).body).toEqual({ messages: [user, said] });
  });

  test('Mistral gets messages of fields and ids that it knows', () => {
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
    const messages = [
      { role: 'user', content: 'a', name: 'n' },
      { role: 'assistant', content: null, refusal: null, annotations: [], audio: null, tool_calls: [call('call_123')] },
      { role: 'tool', tool_call_id: 'call_123', content: 'b' },
    ];

    const { body, dropped } = reshape('mistral-messages', { messages });

    const id = expect.stringMatching(/^[a-zA-Z0-9]{9}$/);
    expect(body).toEqual({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: null, tool_calls: [{ ...call(''), id }] },
        { role: 'tool', tool_call_id: id, content: 'b' },
      ],
    });
    expect(dropped).toEqual(['messages.name']);
    const plain = {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: null, tool_calls: [call('abcdefghi')] },
      ],
    };
    expect(applyQuirks(plain, 'openai-chat', ['mistral-messages']).body).toBe(plain);
  });

  test('Mistral gets instructions at the beginning, and those that come later as the user’s', () => {
    const said = (role: string, content: string) => ({ role, content });

    expect(
      reshape('strict-order', {
        messages: [said('system', 'a'), said('user', 'b'), said('system', 'c'), said('assistant', ''), said('system', 'd')],
      }).body,
    ).toEqual({ messages: [said('system', 'a'), said('user', 'b'), said('user', 'c'), said('user', 'd')] });
  });

  test('names of messages are dropped, and said so', () => {
    expect(reshape('no-message-name', { messages: [{ role: 'user', name: 'n', content: 'b' }] })).toEqual({
      body: { messages: [{ role: 'user', content: 'b' }] },
      dropped: ['messages.name'],
    });
  });

  test('what the caller wrote in the same dialect stays where the provider may know it', () => {
    const original = { messages: [], max_completion_tokens: 5, safety_identifier: 'u' };

    expect(applyQuirks(original, 'openai-chat', ['prefers-max-tokens', 'user-by-older-name'], original).body).toBe(original);
  });

  test('retrieval models are told what to embed, unless the caller says it', () => {
    expect(applyQuirks({ input: 'a' }, 'openai-chat', ['embedding-input-type']).body).toEqual({ input: 'a', input_type: 'query' });
    const told = { input: 'a', input_type: 'passage' };
    expect(applyQuirks(told, 'openai-chat', ['embedding-input-type']).body).toBe(told);
  });

  test('Claude on Vertex AI is named in the URL and versioned in the body', () => {
    expect(applyQuirks({ model: 'claude-x', max_tokens: 1 }, 'anthropic-messages', ['vertex-claude-body']).body).toEqual({
      anthropic_version: 'vertex-2023-10-16',
      max_tokens: 1,
    });
    const google = { contents: [] };
    expect(applyQuirks(google, 'gemini', ['vertex-claude-body']).body).toBe(google);
  });

  test('no quirk changes a plain call, or the body it is given', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'a' }] };
    const before = JSON.stringify(body);
    for (const { kind, quirks } of providerDefinitions) {
      if (kind !== 'vertex-ai') expect(applyQuirks(body, 'openai-chat', quirks).body).toBe(body);
    }
    applyQuirks({ ...body, max_completion_tokens: 1 }, 'openai-chat', ['max-tokens']);
    expect(JSON.stringify(body)).toBe(before);
  });
});
