import { anthropicTokenCount } from '../../../../../lambda/wire/operations/count-tokens/anthropic-messages';
import { bedrockTokenCount } from '../../../../../lambda/wire/operations/count-tokens/bedrock-converse';
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

  test.each([
    ['gemini', google],
    ['bedrock', bedrockTokenCount],
  ])('a conversation that was cut short is counted as it would be sent: %s', (_, codec) => {
    const orphan = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't0', content: 'of long ago' }] };
    const open = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'find', input: ['Bergen'] }] };
    const cut = anthropicTokenCount.decodeRequest({ model: 'm', messages: [orphan, open, { role: 'user', content: 'Never mind' }] });
    const { body } = codec.encodeRequest(cut, targetFacts('m'));

    expect(JSON.stringify(body)).toMatch(/of long ago.*Bergen.*no result of this call.*Never mind/);
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
