import { permitted, placementOf } from '../../../lambda/routing/placement';
import { configureProvider } from '../../../lambda/routing/providers';
import { isNarrower, isWithin } from '../../../lambda/routing/residency';
import { plainTarget } from '../../../lambda/routing/target';
import type { ProviderConfig, SensitivityLabel } from '../../../lib/private/contract';

const HOME = 'eu-central-1';

function provider(config: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>) {
  return configureProvider({ id: config.kind, network: 'public', ...config }, () => undefined, HOME);
}

/** Regions in which calls of a model may be made within a fence; `here` for a provider without Regions. */
function placesWithin(fence: readonly string[], model: string, config: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>): string[] {
  const targets = permitted([plainTarget(provider(config), model)], placementOf([{ residency: fence }]));
  return targets.flatMap((target) => target.provider.sites().map(({ region }) => region ?? 'here'));
}

const BEDROCK = {
  kind: 'bedrock' as const,
  regions: ['us-east-1', 'eu-central-1', 'eu-west-2', 'ca-central-1'],
} satisfies Partial<ProviderConfig>;

test.each<[string[], string, string[]]>([
  [['eu'], 'anthropic.claude-sonnet-5-5', ['eu-central-1']],
  [['eu'], 'eu.anthropic.claude-sonnet-5-5', ['eu-central-1']],
  [['eu'], 'EU.anthropic.claude-sonnet-5-5', ['eu-central-1']],
  [['eu'], 'us.anthropic.claude-sonnet-5-5', []],
  [['eu'], 'global.anthropic.claude-sonnet-5-5', []],
  [['us', 'eu'], 'us.anthropic.claude-sonnet-5-5', ['us-east-1', 'eu-central-1']],
  [['uk'], 'anthropic.claude-sonnet-5-5', ['eu-west-2']],
  [['eu-central-1'], 'anthropic.claude-sonnet-5-5', ['eu-central-1']],
  [['eu-central-1'], 'eu.anthropic.claude-sonnet-5-5', []],
  [['ca'], 'amazon.nova-2-lite-v1:0', ['ca-central-1']],
  [['ca'], 'ca.amazon.nova-2-lite-v1:0', []],
  [['ca', 'us'], 'ca.amazon.nova-2-lite-v1:0', ['us-east-1', 'ca-central-1']],
  [['eu'], 'xx.amazon.nova-2-lite-v1:0', []],
  [['eu'], 'arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-5-5', ['eu-central-1']],
  [['eu'], 'arn:aws:bedrock:eu-central-1:111122223333:inference-profile/global.anthropic.claude-sonnet-5-5', []],
  [['eu'], 'arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdef', []],
  [['eu'], 'arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/abcdef', ['eu-central-1']],
])('within %j calls of %s at Bedrock are made in %j', (fence, model, regions) => {
  expect(placesWithin(fence, model, BEDROCK)).toEqual(regions);
});

test.each<[string, Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>, string[]]>([
  ['a provider of which nobody says where it is', { kind: 'openai' }, []],
  ['one whose address says it', { kind: 'openai', baseUrl: { value: 'https://eu.api.openai.com/v1' } }, ['here']],
  ['one whose address says otherwise', { kind: 'openai', baseUrl: { value: 'https://us.api.openai.com/v1' } }, []],
  ['one whose contract says it', { kind: 'mistral', residency: 'eu' }, ['here']],
  [
    'one whose contract says it of a Region',
    { kind: 'azure-openai', baseUrl: { value: 'https://a.example' }, residency: 'eu-west-3' },
    ['here'],
  ],
  ['a server in the VPC of the gateway', { kind: 'vllm', network: 'vpc', baseUrl: { value: 'http://10.0.0.1/v1' } }, ['here']],
  [
    'a server that is said to be elsewhere',
    { kind: 'vllm', network: 'vpc', baseUrl: { value: 'http://10.0.0.1/v1' }, residency: 'us-east-1' },
    [],
  ],
  [
    'Vertex AI in Europe',
    { kind: 'vertex-ai', regions: ['global', 'europe-west4', 'europe-west2', 'eu'], settings: { project: 'p' } },
    ['europe-west4', 'eu'],
  ],
])('a fence of the European Union and %s', (_what, config, regions) => {
  expect(placesWithin(['eu'], 'some-model', config)).toEqual(regions);
});

test('prices are those of the Regions that are left', () => {
  const [target] = permitted([plainTarget(provider(BEDROCK), 'anthropic.claude-sonnet-5-5')], placementOf([{ residency: ['eu'] }]));

  expect(target?.provider.regions).toEqual(['eu-central-1']);
});

test('a fence lies within a wider one where each of its areas does', () => {
  expect(isNarrower(['eu-central-1', 'eu-west-1'], ['eu'])).toBe(true);
  expect(isNarrower(['us-gov'], ['us'])).toBe(true);
  expect(isNarrower(['eu'], ['eu-central-1'])).toBe(false);
  expect(isNarrower(['eu', 'us-east-1'], ['eu'])).toBe(false);
  expect(isNarrower(['eu-west-2'], ['eu'])).toBe(false);
});

test('what nobody knows lies within no fence, and without a fence anything goes', () => {
  expect(isWithin(undefined, [['eu']])).toBe(false);
  expect(isWithin([], [['eu']])).toBe(false);
  expect(isWithin(undefined, [])).toBe(true);
  expect(isWithin(['eu-central-1'], [['eu'], ['us']])).toBe(false);
  expect(isWithin(['constructor'], [['toString']])).toBe(false);
});

describe('labels', () => {
  const targets = ['vllm', 'bedrock', 'openai'].map((kind) => plainTarget(provider({ kind: kind as 'vllm' }), 'm'));
  const sensitive = { confidential: ['vllm/*', 'bedrock/*'], restricted: ['vllm/m'] };
  const allowed = (sensitivity: SensitivityLabel, rules: object = sensitive) =>
    permitted(targets, placementOf([{ sensitivity }]), rules).map(({ name }) => name);

  test.each<[SensitivityLabel, string[]]>([
    ['public', ['vllm/m', 'bedrock/m', 'openai/m']],
    ['internal', []],
    ['confidential', ['vllm/m', 'bedrock/m']],
    ['restricted', ['vllm/m']],
  ])('%s may go to %j', (label, names) => {
    expect(allowed(label)).toEqual(names);
  });

  test('even what is public keeps to its list where there is one', () => {
    expect(allowed('public', { public: ['openai/*'] })).toEqual(['openai/m']);
  });

  test('a pattern of another provider, and one without a provider, lets nothing in', () => {
    expect(allowed('restricted', { restricted: ['m', 'vll*', 'openai-2/*'] })).toEqual([]);
  });

  test('the most sensitive one counts, wherever it stands', () => {
    const labels: (SensitivityLabel | undefined)[] = ['internal', undefined, 'restricted', 'public'];

    expect(placementOf(labels.map((sensitivity) => (sensitivity === undefined ? undefined : { sensitivity }))).label).toBe('restricted');
    expect(placementOf([undefined, {}]).label).toBe('public');
  });
});
