import { geminiUsage } from '../../../../../lambda/wire/protocols/gemini/usage';

describe('Gemini usage', () => {
  test.each([
    [
      'thoughts outside candidates',
      { promptTokenCount: 9, candidatesTokenCount: 9, thoughtsTokenCount: 34, totalTokenCount: 52 },
      { inputTokens: 9, outputTokens: 43, reasoningOutputTokens: 34 },
    ],
    [
      'thoughts inside candidates',
      { promptTokenCount: 9, candidatesTokenCount: 40, thoughtsTokenCount: 34, totalTokenCount: 49 },
      { inputTokens: 9, outputTokens: 40, reasoningOutputTokens: 34 },
    ],
    [
      'only thoughts',
      { promptTokenCount: 9, thoughtsTokenCount: 34, totalTokenCount: 43 },
      { inputTokens: 9, outputTokens: 34, reasoningOutputTokens: 34 },
    ],
    [
      'cache inside the prompt',
      { promptTokenCount: 3_520, cachedContentTokenCount: 3_512, candidatesTokenCount: 2, totalTokenCount: 3_522 },
      { inputTokens: 3_520, cacheReadInputTokens: 3_512, outputTokens: 2 },
    ],
    [
      'results of tools that Google ran',
      { promptTokenCount: 10, toolUsePromptTokenCount: 90, candidatesTokenCount: 5, totalTokenCount: 105 },
      { inputTokens: 100, outputTokens: 5 },
    ],
    ['nothing generated', { promptTokenCount: 14, totalTokenCount: 14 }, { inputTokens: 14, outputTokens: 0 }],
    ['E16 no output reported', { promptTokenCount: 14 }, { inputTokens: 14 }],
    [
      'audio',
      {
        promptTokenCount: 100,
        candidatesTokenCount: 50,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 40 },
          { modality: 'AUDIO', tokenCount: 60 },
        ],
        candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 50 }],
      },
      { inputTokens: 100, audioInputTokens: 60, outputTokens: 50, audioOutputTokens: 50 },
    ],
    ['E19 nonsense', { promptTokenCount: '9', candidatesTokenCount: -4 }, { malformed: true }],
  ])('%s', (_name, usageMetadata, expected) => {
    expect(geminiUsage({ usageMetadata } as never)).toEqual(expected);
  });
});
