import { countTokensDialect, countTokensProtocol } from '../../../../../lambda/wire/operations/count-tokens';
import type { Protocol } from '../../../../../lambda/wire/protocols/protocol';
import { targetFacts } from '../../../../support/target';

const google = countTokensProtocol('gemini') as Protocol;
const request = countTokensDialect.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });

function encode(quirks: string[]) {
  return google.encodeRequest(request, targetFacts('gemini-x', { defaultMaxOutputTokens: 1, quirks: new Set<string>(quirks) })).body;
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

    expect(countTokensDialect.encodeResponse(response, context)).toEqual({ input_tokens: 7 });
  });

  test('fails for an answer without a count', () => {
    expect(() => google.decodeResponse({})).toThrow(expect.objectContaining({ status: 502 }));
  });

  test('wire formats without such a call have none', () => {
    expect(countTokensProtocol('openai-chat')).toBeUndefined();
    expect(countTokensProtocol('bedrock-converse')).toBeUndefined();
  });
});
