import { anthropicTokenCount } from '../../../../../lambda/wire/operations/count-tokens/anthropic-messages';
import { geminiTokenCount as google } from '../../../../../lambda/wire/operations/count-tokens/gemini';
import { protocols } from '../../../../../lambda/wire/protocols';
import { targetFacts } from '../../../../support/target';

const request = anthropicTokenCount.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });

function encode(quirks: string[]) {
  return google.encodeRequest(request, targetFacts('gemini-x', { quirks: new Set<string>(quirks) })).body;
}

describe('counting tokens in advance', () => {
  const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];

  test('AI Studio counts a whole request, Vertex AI its parts', () => {
    expect(encode([])).toEqual({ generateContentRequest: { model: 'models/gemini-x', contents } });
    expect(encode(['vertex-operations'])).toEqual({ contents });
  });

  test('answers as Anthropic would', () => {
    const response = google.decodeResponse({ totalTokens: 7 });
    const context = { requestId: 'r', originalModel: 'm', createdAt: 0, wantsStreamUsage: true, request };

    expect(anthropicTokenCount.encodeResponse(response, context)).toEqual({ input_tokens: 7 });
  });

  test('fails for an answer without a count', () => {
    expect(() => google.decodeResponse({})).toThrow(expect.objectContaining({ status: 502 }));
  });

  test('wire formats without such a call have none', async () => {
    expect(await protocols.protocol('openai-chat', 'count-tokens')).toBeUndefined();
    expect(await protocols.protocol('cohere-v2', 'count-tokens')).toBeUndefined();
    expect(await protocols.protocol('gemini', 'count-tokens')).toBe(google);
  });
});
