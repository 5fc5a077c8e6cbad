import { converseUsage } from '../../../../../lambda/wire/protocols/bedrock-converse/usage';

describe('Converse usage', () => {
  test.each([
    ['no cache', { inputTokens: 7, outputTokens: 30, totalTokens: 37 }, { inputTokens: 7, outputTokens: 30 }],
    [
      'cache beside the input',
      { inputTokens: 2, outputTokens: 5, totalTokens: 1_329, cacheReadInputTokens: 1_000, cacheWriteInputTokens: 322 },
      { inputTokens: 1_324, cacheReadInputTokens: 1_000, cacheCreationInputTokens: 322, outputTokens: 5 },
    ],
    [
      'cache inside the input',
      { inputTokens: 100, outputTokens: 5, totalTokens: 105, cacheReadInputTokens: 40 },
      { inputTokens: 100, cacheReadInputTokens: 40, outputTokens: 5 },
    ],
    [
      'a total that leaves the cache out',
      { inputTokens: 2, outputTokens: 5, totalTokens: 7, cacheReadInputTokens: 40 },
      { inputTokens: 42, cacheReadInputTokens: 40, outputTokens: 5 },
    ],
    [
      'older names',
      { inputTokens: 1, outputTokens: 5, totalTokens: 18, cacheReadInputTokenCount: 4, cacheWriteInputTokenCount: 8 },
      { inputTokens: 13, cacheReadInputTokens: 4, cacheCreationInputTokens: 8, outputTokens: 5 },
    ],
    [
      'writes by time to live',
      {
        inputTokens: 1,
        outputTokens: 5,
        totalTokens: 36,
        cacheWriteInputTokens: 30,
        cacheDetails: [
          { ttl: '1h', inputTokens: 10 },
          { ttl: '5m', inputTokens: 20 },
        ],
      },
      { inputTokens: 31, cacheCreationInputTokens: 30, cacheCreation1hInputTokens: 10, outputTokens: 5 },
    ],
    ['E18 explicit zeros', { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
    ['E19 nonsense', { inputTokens: -1, outputTokens: '5' }, { malformed: true }],
  ])('%s', (_name, usage, expected) => {
    expect(converseUsage({ usage })).toEqual(expected);
  });

  test('an answer without usage has none', () => {
    expect(converseUsage({})).toBeUndefined();
  });

  test('names the tier that served the call', () => {
    expect(converseUsage({ usage: { inputTokens: 1, outputTokens: 1 }, serviceTier: { type: 'flex' } })).toMatchObject({
      serviceTier: 'flex',
    });
  });

  test('a trace without the guardrail’s figures reports none, and figures that are no counts count as none', () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    const traced = (assessment: object) => converseUsage({ usage, trace: { guardrail: { inputAssessment: { g: assessment } } } } as never);

    expect(traced({ topicPolicy: { topics: [] } })?.guardrailUnits).toBeUndefined();
    expect(traced({ invocationMetrics: { usage: { contentPolicyUnits: -1, topicPolicyUnits: 'x' } } })?.guardrailUnits).toEqual({});
    expect(converseUsage({ usage, trace: { guardrail: { outputAssessments: { g: 5 } } } } as never)?.guardrailUnits).toBeUndefined();
  });
});
