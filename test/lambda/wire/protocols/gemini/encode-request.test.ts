import type { JsonObject } from '../../../../../lambda/platform/json/value';
import type { ModelRequest } from '../../../../../lambda/wire/model/request';
import { gemini } from '../../../../../lambda/wire/protocols/gemini';
import { madeToolId } from '../../../../../lambda/wire/protocols/tool-ids';
import { checkWellFormed } from '../../../../support/recorded';
import { targetFacts } from '../../../../support/target';

const FLASH_2_5 = 'gemini-2.5-flash';
const PRO_3 = 'gemini-3-pro-preview';

function encode(request: Partial<ModelRequest>, model = FLASH_2_5): { body: JsonObject; dropped: readonly string[] } {
  const messages: ModelRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
  const target = targetFacts(model);
  return gemini.encodeRequest({ model: 'alias', stream: false, messages, ...request }, target);
}

const HI = { role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const;
const SAID_HI = { role: 'user', parts: [{ text: 'Hi' }] };
const signature = { protocol: 'gemini', value: 'sig' } as const;

describe('Gemini requests', () => {
  test('system text stands apart, turns of one role are one', () => {
    const { body } = encode({
      messages: [
        { role: 'developer', content: [{ type: 'text', text: 'One.' }] },
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        { role: 'user', content: [{ type: 'text', text: 'b' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'c' }] },
      ],
    });

    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'One.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
        { role: 'model', parts: [{ text: 'c' }] },
      ],
    });
  });

  test('an empty turn of the user is still one', () => {
    const messages: ModelRequest['messages'] = [
      { role: 'user', content: [{ type: 'text', text: '' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ];

    expect(encode({ messages }).body['contents']).toEqual([
      { role: 'user', parts: [{ text: '...' }] },
      { role: 'model', parts: [{ text: 'Hi' }] },
      { role: 'user', parts: [{ text: 'Go on.' }] },
    ]);
  });

  test('signatures go back where they came from', () => {
    const { body, dropped } = encode(
      {
        messages: [
          HI,
          {
            role: 'assistant',
            content: [
              { type: 'reasoning', text: 'hm', signature },
              { type: 'text', text: 'a' },
              { type: 'reasoning', text: '', signature },
              { type: 'tool-call', id: 'own', name: 't', arguments: '{"x":1}', signature },
            ],
          },
        ],
      },
      PRO_3,
    );

    expect(body['contents']).toEqual([
      SAID_HI,
      {
        role: 'model',
        parts: [
          { text: 'hm', thought: true, thoughtSignature: 'sig' },
          { text: 'a' },
          { text: '', thoughtSignature: 'sig' },
          { functionCall: { id: 'own', name: 't', args: { x: 1 } }, thoughtSignature: 'sig' },
        ],
      },
    ]);
    expect(dropped).toEqual([]);
  });

  test('calls that another model made pass the check of signatures', () => {
    const call = { type: 'tool-call', id: 'toolu_1', name: 't', arguments: '{}' } as const;
    const messages: ModelRequest['messages'] = [
      HI,
      { role: 'assistant', content: [{ type: 'reasoning', text: 'hm' }, call, { ...call, id: 'toolu_2' }] },
    ];

    const third = encode({ messages }, PRO_3);
    expect(third.body).toMatchObject({ contents: [SAID_HI, { parts: [{ thoughtSignature: 'skip_thought_signature_validator' }, {}] }] });
    expect(JSON.stringify(third.body).match(/thoughtSignature/g)).toHaveLength(1);
    expect(third.dropped).toEqual(['reasoning']);
    expect(JSON.stringify(encode({ messages }).body)).not.toContain('thoughtSignature');
  });

  test('results find their call, say whether they failed, and keep their images', () => {
    const made = madeToolId('answer', 0, 0);
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } } as const;
    const { body } = encode({
      messages: [
        HI,
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: made, name: 'one', arguments: '' },
            { type: 'tool-call', id: 'id2', name: 'two', arguments: '{}' },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: made, content: [{ type: 'text', text: 'fine' }, image] },
            { type: 'tool-result', toolCallId: 'id2', content: [{ type: 'text', text: 'broken' }], isError: true },
          ],
        },
      ],
    });

    expect(body['contents']).toEqual([
      SAID_HI,
      { role: 'model', parts: [{ functionCall: { name: 'one', args: {} } }, { functionCall: { id: 'id2', name: 'two', args: {} } }] },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'one', response: { output: 'fine' } } },
          { functionResponse: { id: 'id2', name: 'two', response: { error: 'broken' } } },
        ],
      },
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'iVBO' } }] },
    ]);
  });

  test('carries every setting that Gemini has', () => {
    const { body, dropped } = encode({
      maxOutputTokens: 10,
      temperature: 0.1,
      topP: 0.2,
      topK: 3,
      stop: ['END'],
      seed: 4,
      frequencyPenalty: 0.5,
      presencePenalty: 0.6,
      choices: 2,
      logprobs: { top: 3 },
      responseFormat: { type: 'json-schema', name: 'a', schema: { type: 'object' } },
      tools: [{ name: 't', description: 'T', parameters: { type: 'object', properties: {} } }],
      toolChoice: { type: 'tool', name: 't' },
      serviceTier: 'priority',
    });

    expect(body).toMatchObject({
      generationConfig: {
        maxOutputTokens: 10,
        temperature: 0.1,
        topP: 0.2,
        topK: 3,
        stopSequences: ['END'],
        seed: 4,
        frequencyPenalty: 0.5,
        presencePenalty: 0.6,
        candidateCount: 2,
        responseLogprobs: true,
        logprobs: 3,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
      tools: [{ functionDeclarations: [{ name: 't', description: 'T', parametersJsonSchema: { type: 'object', properties: {} } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['t'] } },
      serviceTier: 'priority',
    });
    expect(dropped).toEqual([]);
  });

  test.each<[string, ModelRequest['reasoning'], string, JsonObject | undefined, string[]]>([
    ['effort as a budget', { effort: 'low' }, FLASH_2_5, { thinkingBudget: 1_024, includeThoughts: true }, []],
    ['none', { effort: 'none' }, FLASH_2_5, { thinkingBudget: 0 }, []],
    ['none for a model that always thinks', { effort: 'none' }, 'gemini-2.5-pro', { thinkingBudget: 128 }, []],
    ['a budget', { budgetTokens: 2_000 }, FLASH_2_5, { thinkingBudget: 2_000, includeThoughts: true }, []],
    ['hidden thoughts', { effort: 'high', summary: 'hidden' }, FLASH_2_5, { thinkingBudget: 24_576 }, []],
    ['as the model likes', { adaptive: true }, FLASH_2_5, { thinkingBudget: -1, includeThoughts: true }, []],
    ['effort as a level', { effort: 'medium' }, 'gemini-3-flash', { thinkingLevel: 'MEDIUM', includeThoughts: true }, []],
    [
      'a level that the first Pro lacks',
      { effort: 'medium' },
      PRO_3,
      { thinkingLevel: 'LOW', includeThoughts: true },
      ['reasoning.effort'],
    ],
    ['none for Pro', { effort: 'none' }, PRO_3, { thinkingLevel: 'LOW' }, []],
    ['a model that does not think', { effort: 'high' }, 'gemini-2.0-flash', undefined, ['reasoning']],
  ])('thinking: %s', (_name, reasoning, model, expected, dropped) => {
    const encoded = encode({ ...(reasoning === undefined ? {} : { reasoning }) }, model);

    expect((encoded.body['generationConfig'] as JsonObject | undefined)?.['thinkingConfig']).toEqual(expected);
    expect(encoded.dropped).toEqual(dropped);
  });

  test('media by URL is for Google to fetch, files of the shared credential are not', () => {
    const image = (url: string): Partial<ModelRequest> => ({
      messages: [{ role: 'user', content: [{ type: 'image', source: { kind: 'url', url } }] }],
    });

    expect(encode(image('https://example.com/a.webp?x=1')).body).toMatchObject({
      contents: [{ parts: [{ fileData: { fileUri: 'https://example.com/a.webp?x=1', mimeType: 'image/webp' } }] }],
    });
    expect(() => encode(image('https://generativelanguage.googleapis.com/v1beta/files/abc'))).toThrow(
      expect.objectContaining({ status: 400, param: 'messages[0].content[0]' }),
    );
  });

  test.each<[string, Partial<ModelRequest>, string]>([
    ['token biases', { logitBias: { '1': 1 } }, 'logit_bias'],
    ['audio answers', { modalities: ['audio'] }, 'modalities'],
    ['custom tools', { tools: [{ name: 't', custom: {} }] }, 'tools[0]'],
    [
      'a result of no call',
      { messages: [{ role: 'tool', content: [{ type: 'tool-result', toolCallId: 'x', content: [] }] }] },
      'messages[0].content[0]',
    ],
  ])('refuses %s by name', (_name, request, param) => {
    expect(() => encode(request)).toThrow(expect.objectContaining({ status: 400, param }));
  });
});

describe('Gemini errors', () => {
  test.each([
    [400, { code: 400, status: 'INVALID_ARGUMENT', message: 'bad' }, 400, 'invalid_request', false],
    [
      400,
      { code: 400, status: 'INVALID_ARGUMENT', message: 'The input token count (9) exceeds the maximum number of tokens allowed (8).' },
      400,
      'context_length_exceeded',
      false,
    ],
    [
      400,
      { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.', details: [{ reason: 'API_KEY_INVALID' }] },
      502,
      'upstream_auth',
      true,
    ],
    [403, { code: 403, status: 'PERMISSION_DENIED', message: 'no' }, 502, 'upstream_auth', true],
    [429, { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota' }, 429, 'rate_limit_exceeded', true],
    [500, { code: 500, status: 'INTERNAL', message: 'x' }, 502, 'upstream_error', true],
    [503, { code: 503, status: 'UNAVAILABLE', message: 'x' }, 503, 'upstream_overloaded', true],
    [504, { code: 504, status: 'DEADLINE_EXCEEDED', message: 'x' }, 504, 'upstream_timeout', true],
  ])('F03 %i %j becomes %i %s', (status, error, expected, code, failover) => {
    expect(gemini.decodeError(status, { error }, {})).toMatchObject({ failover, error: { status: expected, code } });
  });

  test.each([
    ['34.4s', 34_400],
    ['3600s', 60_000],
    ['0s', undefined],
    ['-5s', undefined],
    ['soon', undefined],
  ])('F04 a delay of %s waits %p ms', (retryDelay, expected) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }];

    expect(gemini.decodeError(429, { error: { code: 429, details } }, {}).error.retryAfterMs).toBe(expected);
  });

  test('E09 an error inside a good answer is that error', () => {
    expect(() => gemini.decodeResponse({ error: { code: 503, status: 'UNAVAILABLE' } })).toThrow(expect.objectContaining({ status: 503 }));
  });

  test('E25 interleaved candidates stay apart', () => {
    const decoder = gemini.streamDecoder();
    const chunk = (index: number, text: string, finishReason?: string) => ({
      event: 'message',
      data: JSON.stringify({ candidates: [{ index, content: { parts: [{ text }] }, finishReason }] }),
    });
    const events = [chunk(0, 'a'), chunk(1, 'b'), chunk(0, 'c', 'STOP'), chunk(1, 'd', 'MAX_TOKENS')].flatMap((frame) =>
      decoder.decode(frame),
    );
    events.push(...decoder.end());

    for (const choice of [0, 1]) {
      checkWellFormed([{ type: 'start' }, ...events.filter((event) => 'choice' in event && event.choice === choice), { type: 'end' }]);
    }
    const text = (choice: number) =>
      events.map((event) => (event.type === 'text-delta' && event.choice === choice ? event.text : '')).join('');
    expect([text(0), text(1)]).toEqual(['ac', 'bd']);
    expect(events.filter((event) => event.type === 'finish')).toEqual([
      { type: 'finish', choice: 0, reason: { unified: 'stop', raw: 'STOP' } },
      { type: 'finish', choice: 1, reason: { unified: 'length', raw: 'MAX_TOKENS' } },
    ]);
  });
});
