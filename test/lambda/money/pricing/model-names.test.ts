import { plainNames, spellings } from '../../../../lambda/money/pricing/model-names';
import type { ProviderKind } from '../../../../lib/private/contract';

const UNTIL = Date.UTC(2026, 10, 30) - 1;
const of = (kind: ProviderKind, model: string, region?: string) => [...new Set(spellings(kind, model, region, UNTIL))];

test.each<[string, string[]]>([
  ['Claude-Opus-5', ['claude-opus-5']],
  ['m-20251101', ['m-20251101', 'm']],
  ['m-2025-11-01', ['m-2025-11-01', 'm']],
  ['m@20251101', ['m@20251101', 'm']],
  ['m@2025-11-01', ['m@2025-11-01', 'm']],
  ['m-20261129', ['m-20261129', 'm']],
  ['m-20261130', ['m-20261130']],
  ['m-20250931', ['m-20250931']],
  ['m-20251301', ['m-20251301']],
  ['m-2025-1101', ['m-2025-1101']],
  ['m-202511-01', ['m-202511-01']],
  ['m-19991101', ['m-19991101']],
  ['m_20251101', ['m_20251101']],
  ['m-20251101-x', ['m-20251101-x']],
  ['m-120251101', ['m-120251101']],
])('R14 the spellings of %s', (model, expected) => {
  expect(of('anthropic', model)).toStrictEqual(expected);
});

test.each<[ProviderKind, string, string[]]>([
  ['google-ai-studio', 'models/gemini-9', ['models/gemini-9', 'gemini-9']],
  ['google-ai-studio', 'x/models/gemini-9', ['x/models/gemini-9']],
  ['vertex-ai', 'publishers/google/models/gemini-9', ['publishers/google/models/gemini-9', 'gemini-9']],
  ['vertex-ai', 'google/gemini-9', ['google/gemini-9', 'gemini-9']],
  ['vertex-ai', 'anthropic/claude-9', ['anthropic/claude-9', 'claude-9']],
  ['vertex-ai', 'meta/llama-9', ['meta/llama-9']],
  ['vertex-ai', 'x/google/gemini-9', ['x/google/gemini-9']],
  ['vertex-ai', 'x/publishers/google/models/g', ['x/publishers/google/models/g']],
  ['openai', 'ft:gpt-9:our-org::id', ['ft:gpt-9:our-org::id', 'ft:gpt-9']],
  ['openai', 'ft:gpt-9', ['ft:gpt-9']],
  ['openai', 'xft:gpt-9:org', ['xft:gpt-9:org']],
  ['groq', 'models/gpt-9', ['models/gpt-9']],
])('R14 what a provider lets callers put around a name: %s %s', (kind, model, expected) => {
  expect(of(kind, model)).toStrictEqual(expected);
});

const VERSIONS = ['v.m-v1:0', 'v.m-v1', 'v.m:0', 'v.m'];

test('R14 the first version of a model on Bedrock may be said or not, another one may not', () => {
  expect(of('bedrock', 'v.m').sort()).toEqual([...VERSIONS].sort());
  expect(of('bedrock', 'v.m-v1:0')[0]).toBe('v.m-v1:0');
  expect(of('bedrock', 'v.m:0').sort()).toEqual([...VERSIONS].sort());
  expect(of('bedrock', 'v.m-v2:0').filter((name) => VERSIONS.includes(name))).toEqual([]);
  expect(of('bedrock', 'v.m-20251101-v1:0')).toContain('v.m');
});

test.each<[string | undefined, string, string]>([
  ['us-east-1', 'us-east-1/v.m', 'v.m'],
  ['us-gov-west-1', 'us-gov-west-1/v.m', 'us-gov.v.m'],
  ['eu-central-1', 'eu-central-1/v.m', 'eu.v.m'],
  ['ca-central-1', 'ca-central-1/v.m', 'ca.v.m'],
  ['ap-south-1', 'ap-south-1/v.m', 'apac.v.m'],
  ['sa-east-1', 'sa-east-1/v.m', 'apac.v.m'],
  ['me-us-1', 'me-us-1/v.m', 'apac.v.m'],
])('R14 in %s a model of Bedrock is looked up as %s, then as %s, then as it is', (region, first, second) => {
  const names = of('bedrock', 'v.m', region);

  expect([names[0], names[4], names.at(-1)?.startsWith('v.m') === true || names[4] === 'v.m']).toEqual([first, second, true]);
  expect(names).toContain('v.m');
});

test('R14 a profile is looked up as it is, wherever the call is made, and so is an ARN', () => {
  for (const profile of ['us', 'eu', 'apac', 'jp', 'au', 'ca', 'in', 'us-gov', 'global']) {
    expect(of('bedrock', `${profile}.v.m`, 'eu-west-1')).toEqual(of('bedrock', `${profile}.v.m`));
  }
  expect(of('bedrock', 'v.m', '')).toEqual(of('bedrock', 'v.m'));
  expect(of('bedrock', 'arn:aws:bedrock:eu-west-1::foundation-model/v.m')).toEqual(of('bedrock', 'v.m', 'eu-west-1'));
  expect(of('bedrock', 'arn:aws:bedrock:eu-west-1::foundation-model/v.m', 'us-east-1')).toEqual(of('bedrock', 'v.m', 'us-east-1'));
  expect(of('bedrock', 'arn:aws:bedrock:eu-west-1:1:inference-profile/us.v.m')).toEqual(of('bedrock', 'us.v.m'));
});

test.each<[ProviderKind, string, string[]]>([
  [
    'openai',
    'FT:GPT-9-2025-11-01:org::id',
    ['ft:gpt-9-2025-11-01:org::id', 'ft:gpt-9-2025-11-01', 'ft:gpt-9', 'gpt-9-2025-11-01', 'gpt-9'],
  ],
  ['openai', 'gpt-9-latest', ['gpt-9-latest', 'gpt-9']],
  [
    'bedrock',
    'arn:aws:bedrock:eu-west-1:1:inference-profile/us.v.m-20250929-v1:0',
    ['us.v.m-20250929-v1:0', 'us.v.m-20250929', 'us.v.m', 'v.m-20250929-v1:0', 'v.m-20250929', 'v.m'],
  ],
  ['bedrock', 'v.m@default', ['v.m@default', 'v.m']],
  [
    'vertex-ai',
    'publishers/google/models/gemini-9-001',
    ['publishers/google/models/gemini-9-001', 'publishers/google/models/gemini-9', 'gemini-9-001', 'gemini-9'],
  ],
  ['google-ai-studio', 'models/g@20251101', ['models/g@20251101', 'models/g', 'g@20251101', 'g']],
  ['anthropic', 'm-v1:0', ['m-v1:0']],
])('R03 budgets and limits bind %s %s by any of its names', (kind, model, expected) => {
  expect([...new Set(plainNames(kind, model))]).toStrictEqual(expected);
});
