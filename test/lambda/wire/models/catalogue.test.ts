import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPABILITY_FIELDS, capabilitiesOf, familyOf, makersName } from '../../../../lambda/wire/models';
import type { ProviderKind } from '../../../../lib/private/contract';

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, '../../../../lambda/wire/models', name), 'utf8'));

test.each([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
  ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
  ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
  ['claude-opus-4-7[1m]', 'claude-opus-4-7'],
  ['gpt-5.4-2026-03-05', 'gpt-5.4'],
  ['ft:gpt-4o-2024-08-06:org::id', 'gpt-4o'],
  ['openai/gpt-oss-120b', 'gpt-oss-120b'],
  ['openai.gpt-oss-120b-1:0', 'gpt-oss-120b'],
  ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['deepseek/deepseek-v3', 'deepseek-v3'],
  ['amazon.nova-pro-v1:0:24k', 'nova-pro'],
  ['Kimi-K2', 'kimi-k2'],
])('%s is the model that its maker calls %s', (model, name) => {
  expect(makersName(model)).toBe(name);
});

describe('what is known of a model', () => {
  const known: [ProviderKind, string, object][] = [
    [
      'anthropic',
      'claude-sonnet-4-5',
      { temperatureWithTopP: false, thinking: ['budget'], structuredOutput: ['json-schema'], prefill: true },
    ],
    ['anthropic', 'claude-opus-4-6', { efforts: ['low', 'medium', 'high', 'max'], thinking: ['adaptive', 'budget'], prefill: false }],
    ['anthropic', 'claude-opus-4-7', { temperature: false, topK: false, thinking: ['adaptive'], structuredOutput: ['json-schema'] }],
    ['anthropic', 'claude-sonnet-4-20250514', { structuredOutput: [], thinking: ['budget'] }],
    ['anthropic', 'claude-sonnet-5-5', { forcedTools: false, temperature: false }],
    ['bedrock', 'us.anthropic.claude-opus-4-7', { structuredOutput: [], efforts: ['low', 'medium', 'high', 'xhigh'], temperature: false }],
    ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { structuredOutput: ['json-schema'], temperatureWithTopP: false }],
    ['bedrock', 'us.amazon.nova-pro-v1:0', { schemaSubset: ['nova'], structuredOutput: [], thinking: [] }],
    ['openai', 'gpt-4o', { efforts: [], maxStop: 4 }],
    ['openai', 'gpt-5', { efforts: ['minimal', 'low', 'medium', 'high'], temperature: false, stop: false }],
    ['openai', 'gpt-5.4', { effortWithTools: ['responses'], efforts: ['none', 'low', 'medium', 'high', 'xhigh'] }],
    ['openai', 'gpt-5-pro', { efforts: ['high'], calledBy: ['responses'] }],
    ['openai', 'o3', { efforts: ['low', 'medium', 'high'], stop: false }],
    ['google-ai-studio', 'gemini-2.5-flash', { maxThinkingBudget: 24_576, structuredOutputWithTools: false }],
    ['google-ai-studio', 'gemini-2.5-pro', { thinkingOff: false, minThinkingBudget: 128 }],
    ['mistral', 'mistral-large-latest', { toolIds: ['mistral'] }],
    ['vllm', 'moonshotai/Kimi-K2-Instruct', { toolIds: ['kimi'] }],
    ['openai', 'gpt-5.3-codex', { efforts: ['low', 'medium', 'high', 'xhigh'] }],
    ['google-ai-studio', 'gemini-3.8-flash', { efforts: ['low', 'medium', 'high'], temperature: false }],
    ['google-ai-studio', 'gemini-3.6-flash', { efforts: ['minimal', 'low', 'medium', 'high'] }],
    ['xai', 'grok-4.3', { efforts: ['none', 'low', 'medium', 'high'], stop: false, penalties: false }],
    ['xai', 'grok-4.5-latest', { efforts: ['low', 'medium', 'high'], thinkingOff: false, stop: false, penalties: false }],
    ['xai', 'grok-4.20-0309-reasoning', { efforts: [], stop: false, penalties: false }],
    ['xai', 'grok-4.20-0309-non-reasoning', { efforts: [], stop: true, penalties: false }],
    ['xai', 'grok-4-fast-non-reasoning', { efforts: [], stop: true, penalties: true }],
    ['xai', 'grok-4.20-multi-agent-0309', { efforts: ['low', 'medium', 'high', 'xhigh'] }],
    ['mistral', 'mistral-small-2603', { efforts: ['none', 'high'] }],
    ['mistral', 'magistral-medium-latest', { efforts: [], thinkingOff: false }],
    ['groq', 'qwen/qwen3-32b', { efforts: ['none'] }],
    ['groq', 'openai/gpt-oss-120b', { efforts: ['low', 'medium', 'high'] }],
    ['groq', 'newco/x-9', { efforts: ['low', 'medium', 'high'], verbosity: false, documents: false }],
    ['mistral', 'newco-x-9', { verbosity: false, logprobs: false, toolIds: ['mistral'] }],
    ['vertex-ai', 'gemini-4-hydrogen', { efforts: ['low', 'medium', 'high'] }],
    ['google-ai-studio', 'gemini-4-hydrogen', { efforts: ['low', 'medium', 'high', 'xhigh'] }],
    ['bedrock', 'us.amazon.nova-micro-v1:0', { vision: false, documents: false }],
    ['openai', 'gpt-3.5-turbo', { vision: false }],
    ['bedrock', 'us.meta.llama3-3-70b-instruct-v1:0', { forcedTools: false }],
    ['cohere', 'command-a-reasoning-08-2025', { thinking: ['budget'] }],
  ];

  test.each(known)('%s %s', (kind, model, facts) => {
    expect(capabilitiesOf(kind, model)).toMatchObject(facts);
  });

  test('a model of tomorrow has what all of its family share, and no limit beyond', () => {
    const { temperature, thinking, efforts, maxOutputTokens, maxTemperature } = capabilitiesOf('anthropic', 'claude-opus-9');

    expect({ temperature, thinking, efforts, maxOutputTokens, maxTemperature }).toEqual({ maxTemperature: 1, thinking: ['adaptive'] });
  });

  test.each([
    ['xai', 'grok-4.7', 'efforts'],
    ['xai', 'grok-9', 'stop'],
    ['mistral', 'mistral-large-9', 'efforts'],
    ['vllm', 'Qwen/Qwen3-32B', 'efforts'],
    ['groq', 'meta-llama/llama-9', 'forcedTools'],
  ] as const)('what no page says of %s %s is open: %s', (kind, model, fact) => {
    expect(capabilitiesOf(kind, model)).not.toHaveProperty(fact);
  });

  test('a model of no family has no limit at all', () => {
    expect(capabilitiesOf('openai-compatible', 'newco/x-9')).toEqual({});
    expect(familyOf('newco/x-9')).toBeUndefined();
  });
});

test('every fact that is written by hand is one of the catalogue, of its kind, with the page that says so', () => {
  const { families, hosts } = read('families.json');
  for (const { host, limits, page, checked } of hosts) {
    expect([host, page, checked]).toEqual([
      expect.any(String),
      expect.stringMatching(/^https:/),
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    ]);
    for (const [name, value] of Object.entries(limits)) expectFact(host, name, value);
  }
  for (const family of families) {
    expect([family.family, family.page, family.checked]).toEqual([
      expect.any(String),
      expect.stringMatching(/^https:/),
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    ]);
    const rows = [
      family.shared,
      ...(family.versions ?? []).map(facts),
      ...Object.values<{ facts: object }[]>(family.hosts ?? {})
        .flat()
        .map(facts),
    ];
    for (const row of rows) for (const [name, value] of Object.entries(row)) expectFact(family.family, name, value);
  }
});

test('the list is what the committed source gives', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/models.mjs', '--check'], {
    cwd: join(__dirname, '../../../..'),
    encoding: 'utf8',
  });

  expect([status, stderr]).toEqual([0, '']);
});

test('of what the public list calls chats, window, longest answer and price are known as the page says, for 98 % of the large hosts', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/models.mjs', '--coverage'], {
    cwd: join(__dirname, '../../../..'),
    encoding: 'utf8',
  });

  expect([status, stderr]).toEqual([0, '']);
  const [, percent] = /\*\*these together\*\* \| \d+ \| \d+ \| ([\d.]+) %/.exec(stdout) ?? [];
  expect(Number(percent)).toBeGreaterThanOrEqual(98);
});

test('every fact that is listed is one of the catalogue, of its kind', () => {
  const { lists } = read('listed.json');
  for (const [kind, lines] of Object.entries<string[]>(lists)) {
    for (const name of lines.flatMap((line) => line.split(' | ')[0]?.split(' ') ?? [])) {
      const known = kind === 'makers' ? capabilitiesOf('openai-compatible', name) : capabilitiesOf(kind as ProviderKind, name);
      for (const [fact, value] of Object.entries(known)) expectFact(`${kind} ${name}`, fact, value);
    }
  }
});

function facts(row: { facts: object }): object {
  return row.facts;
}

function expectFact(where: string, name: string, value: unknown): void {
  const field = CAPABILITY_FIELDS[name as keyof typeof CAPABILITY_FIELDS];
  const fits =
    field === 'yes-or-no'
      ? typeof value === 'boolean'
      : field === 'tokens' || field === 'number'
        ? typeof value === 'number' && value > 0
        : field === 'day'
          ? /^20\d\d-\d\d-\d\d$/.test(String(value))
          : Array.isArray(field) && Array.isArray(value) && value.every((one) => field.includes(one));
  expect({ where, name, value, fits }).toEqual({ where, name, value, fits: true });
}
