import { createLeastOutputs } from '../../../../lambda/money/pricing/least-output';

const least = createLeastOutputs({
  lists: {
    anthropic: [
      'claude-opus-4 claude-opus-4-1 | window=200000 maxOutput=32000 | input=15 output=75',
      'claude-opus-4-5 | window=200000 maxOutput=64000 | input=5 output=25',
      'claude-3-haiku | window=200000 maxOutput=4096 | input=0.25 output=1.25',
      'claude-opusculum-1 | maxOutput=10 | input=1 output=1',
      'claude-opus-5 | window=1000000 | input=5 output=25',
    ],
    bedrock: ['us.anthropic.claude-sonnet-4-v1:0 | window=200000 maxOutput=64000 | input=3 output=15'],
  },
});

test.each([
  ['its name up to the version', 'anthropic', 'claude-opus-9', 32_000],
  ['whatever stands before the name', 'vertex-ai', 'publishers/anthropic/models/claude-opus-9@20270101', 32_000],
  ['another place, where its own lists none', 'anthropic', 'claude-sonnet-9', 64_000],
  ['in its spelling on Bedrock', 'bedrock', 'eu.anthropic.claude-sonnet-9-20270101-v1:0', 64_000],
  ['fewer words of its name', 'anthropic', 'claude-next', 10],
  ['in capitals', 'anthropic', 'Claude-Opus-9', 32_000],
  ['nothing', 'anthropic', 'storyteller-2', undefined],
  ['no words at all', 'anthropic', '9', undefined],
  ['an odd name', 'anthropic', '(a+)+$', undefined],
] as const)('a model that nobody knows is taken to write what all can that are named like it: %s', (_what, kind, model, tokens) => {
  expect(least(kind, model)).toBe(tokens);
});
