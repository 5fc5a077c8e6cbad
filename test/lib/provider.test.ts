import type { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import * as fc from 'fast-check';
import { type LlmGatewayProps, Provider, type ProviderBinding, type ProviderBindOptions, ProviderNetwork, Route, Target } from '../../lib';
import { checkBaseUrl } from '../../lib/private/base-url';
import type { ProviderKind } from '../../lib/private/contract';
import { documentFor, documentOf, newStack, secretNamed, statementsOf, synthesize } from './support';

const keyed = (make: (props: { apiKey: ReturnType<typeof secretNamed> }) => Provider) => (stack: Stack) =>
  make({ apiKey: secretNamed(stack, 'key') });

/** Complete by type: a provider without a factory does not compile. */
const FACTORIES: Readonly<Record<ProviderKind, (stack: Stack) => Provider>> = {
  openai: keyed((props) => Provider.openAi(props)),
  anthropic: keyed((props) => Provider.anthropic(props)),
  bedrock: () => Provider.bedrock(),
  'azure-openai': keyed((props) => Provider.azureOpenAi({ ...props, resourceName: 'my-resource' })),
  'google-ai-studio': keyed((props) => Provider.googleAiStudio(props)),
  'vertex-ai': (stack) => Provider.vertexAi({ project: 'my-project', credentials: secretNamed(stack, 'key') }),
  mistral: keyed((props) => Provider.mistral(props)),
  cohere: keyed((props) => Provider.cohere(props)),
  groq: keyed((props) => Provider.groq(props)),
  deepseek: keyed((props) => Provider.deepSeek(props)),
  xai: keyed((props) => Provider.xAi(props)),
  together: keyed((props) => Provider.together(props)),
  fireworks: keyed((props) => Provider.fireworks(props)),
  perplexity: keyed((props) => Provider.perplexity(props)),
  openrouter: keyed((props) => Provider.openRouter(props)),
  cerebras: keyed((props) => Provider.cerebras(props)),
  'hugging-face': keyed((props) => Provider.huggingFace(props)),
  'nvidia-nim': keyed((props) => Provider.nvidiaNim(props)),
  ollama: () => Provider.ollama(),
  vllm: () => Provider.vllm(),
  'lm-studio': () => Provider.lmStudio(),
  'llama-cpp': () => Provider.llamaCpp(),
  sglang: () => Provider.sglang(),
  sagemaker: () => Provider.sageMaker({ models: ['llama'] }),
  'openai-compatible': () => Provider.openAiCompatible({ id: 'openai-compatible', baseUrl: 'https://llm.example.com/v1' }),
  'anthropic-compatible': () => Provider.anthropicCompatible({ id: 'anthropic-compatible', baseUrl: 'https://llm.example.com' }),
  simulated: () => Provider.simulated(),
};
const KINDS = Object.entries(FACTORIES) as [ProviderKind, (stack: Stack) => Provider][];

describe('factories', () => {
  const document = documentFor((stack) => {
    const scopes = new Map<string, Provider>();
    for (const [kind, make] of KINDS) {
      const scope = newStack();
      scopes.set(kind, make(stack.node.tryFindChild('Secret-key') === undefined ? stack : scope));
    }
    return { providers: [...scopes.values()] };
  });

  test.each(KINDS)('%s is known to the document under its kind', (kind) => {
    const provider = document.providers.find(({ id }) => id === kind);

    expect(provider?.kind).toBe(kind);
  });

  test("servers of one's own are reached on loopback by default, the others publicly", () => {
    const loopback = document.providers.filter(({ network }) => network === 'loopback').map(({ id }) => id);

    expect(loopback.sort()).toEqual(['llama-cpp', 'lm-studio', 'ollama', 'sglang', 'simulated', 'vllm']);
  });

  test('a minimal Bedrock provider leaves its Region to the function', () => {
    expect(document.providers.find(({ id }) => id === 'bedrock')).toEqual({ id: 'bedrock', kind: 'bedrock', network: 'public' });
  });

  test('Azure keeps the resource as base URL', () => {
    expect(document.providers.find(({ id }) => id === 'azure-openai')?.baseUrl).toEqual({ value: 'https://my-resource.openai.azure.com' });
  });

  test('Vertex AI keeps its project and begins with the global location', () => {
    expect(document.providers.find(({ id }) => id === 'vertex-ai')).toMatchObject({
      settings: { project: 'my-project' },
      regions: ['global'],
    });
  });
});

test('every prop of a provider reaches the document', () => {
  const document = documentFor((stack) => ({
    providers: [
      Provider.openAi({
        id: 'openai-eu',
        apiKey: secretNamed(stack, 'keys'),
        apiKeyField: 'openai',
        baseUrl: 'https://eu.api.example.com/v1/',
        models: ['gpt-*'],
        free: true,
        mediaUrls: true,
      }),
      Provider.azureOpenAi({
        apiKey: secretNamed(stack, 'azure'),
        baseUrl: 'https://a.example.com',
        apiVersion: '2024-10-21',
        deployment: 'd',
      }),
      Provider.bedrock({ regions: ['eu-west-1', 'eu-central-1'] }),
      Provider.simulated({ id: 'sim', tokensPerSecond: 10, tokens: 20, errorPercent: 30 }),
    ],
  }));

  expect(document.providers).toEqual([
    {
      id: 'openai-eu',
      kind: 'openai',
      baseUrl: { value: 'https://eu.api.example.com/v1' },
      credential: { secretArn: { env: 'GATEWAY_VALUE_1' }, field: 'openai' },
      models: ['gpt-*'],
      network: 'public',
      free: true,
      mediaUrls: true,
    },
    {
      id: 'azure-openai',
      kind: 'azure-openai',
      baseUrl: { value: 'https://a.example.com' },
      credential: { secretArn: { env: 'GATEWAY_VALUE_2' } },
      network: 'public',
      settings: { apiVersion: '2024-10-21', deployment: 'd' },
    },
    { id: 'bedrock', kind: 'bedrock', regions: ['eu-west-1', 'eu-central-1'], network: 'public' },
    { id: 'sim', kind: 'simulated', network: 'loopback', settings: { speed: '10', tokens: '20', errorPercent: '30' } },
  ]);
});

test('values known only at deploy become variables of the proxy, one for each value', () => {
  const { template } = synthesize((stack) => {
    const shared = new Secret(stack, 'Shared');
    return {
      providers: [Provider.openAi({ apiKey: shared, apiKeyField: 'openai' }), Provider.mistral({ apiKey: shared, apiKeyField: 'mistral' })],
    };
  });

  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Data plane of an LLM gateway',
    Environment: {
      Variables: Match.objectLike({ GATEWAY_VALUE_1: { Ref: Match.stringLikeRegexp('Shared') }, GATEWAY_VALUE_2: Match.absent() }),
    },
  });
});

test('a provider in a VPC puts the proxy alone into it, with the permissions that this needs', () => {
  const { template } = synthesize((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    return {
      providers: [
        Provider.openAiCompatible({ id: 'vllm', baseUrl: 'http://10.0.1.7:8000/v1', network: ProviderNetwork.vpc(vpc), free: true }),
        Provider.vllm({ id: 'other', baseUrl: 'http://llm.internal:8000/v1', network: ProviderNetwork.vpc(vpc) }),
      ],
    };
  });
  const inVpc = Object.values(template.findResources('AWS::Lambda::Function')).filter((fn) => fn['Properties'].VpcConfig !== undefined);

  expect(inVpc.map((fn) => fn['Properties'].Description)).toEqual(['Data plane of an LLM gateway']);
  expect(statementsOf(template, 'Proxy').flatMap(({ actions }) => actions)).toContain('ec2:CreateNetworkInterface');
  expect(statementsOf(template, 'Admin').flatMap(({ actions }) => actions)).not.toContain('ec2:CreateNetworkInterface');
});

test.each([
  ['without Bedrock', [], ['secretsmanager', 'sqs']],
  ['with Bedrock', [Provider.bedrock()], ['bedrock-runtime', 'secretsmanager', 'sqs']],
])('a VPC without a way out gets endpoints for what the proxy calls, when asked for: %s', (_what, others, interfaces) => {
  const { template } = synthesize((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
    const subnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const server = { baseUrl: 'http://10.0.1.7:8000/v1', free: true };
    return {
      providers: [
        ...others,
        Provider.vllm({ ...server, network: ProviderNetwork.vpc(vpc, { subnets }) }),
        Provider.ollama({ ...server, network: ProviderNetwork.vpc(vpc, { subnets, endpoints: true }) }),
      ],
    };
  });
  const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties);
  const ofType = (type: string): string[] =>
    endpoints
      .filter(({ VpcEndpointType }) => VpcEndpointType === type)
      .map(({ ServiceName }) => /\.([a-z-]+)"?\]*\}?$/.exec(JSON.stringify(ServiceName))?.[1] ?? '')
      .sort();

  expect(ofType('Gateway')).toEqual(['dynamodb']);
  expect(ofType('Interface')).toEqual(interfaces);
  for (const { VpcEndpointType, PrivateDnsEnabled } of endpoints) if (VpcEndpointType === 'Interface') expect(PrivateDnsEnabled).toBe(true);
});

test('a VPC gets no endpoints unasked', () => {
  const { template } = synthesize((stack) => ({
    providers: [
      Provider.vllm({ baseUrl: 'http://10.0.1.7:8000/v1', network: ProviderNetwork.vpc(new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 })) }),
    ],
  }));

  template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});

test("a provider of one's own plugs in through bind, with its settings and what it must be allowed", () => {
  class MarketplaceProvider extends Provider {
    constructor() {
      super('marketplace');
    }

    override bind(_scope: Construct, { models }: ProviderBindOptions): ProviderBinding {
      const statements = [
        new iam.PolicyStatement({
          actions: ['sagemaker:InvokeEndpoint'],
          resources: models.map((model) => `arn:aws:sagemaker:::${model}`),
        }),
      ];
      return { kind: 'openai-compatible', baseUrl: 'https://models.example.com/v1', settings: { protocols: 'openai-chat' }, statements };
    }
  }
  const { stack, template } = synthesize({
    providers: [new MarketplaceProvider()],
    routes: [Route.to('smart', [Target.model('marketplace/large')])],
  });

  expect(documentOf(stack).providers).toEqual([
    {
      id: 'marketplace',
      kind: 'openai-compatible',
      baseUrl: { value: 'https://models.example.com/v1' },
      network: 'public',
      settings: { protocols: 'openai-chat' },
    },
  ]);
  expect(statementsOf(template, 'Proxy')).toContainEqual({
    actions: ['sagemaker:InvokeEndpoint'],
    resources: ['arn:aws:sagemaker:::large'],
  });
});

describe('base URLs', () => {
  test.each([
    ['https://api.example.com/v1/', 'public', 'https://api.example.com/v1'],
    ['https://API.example.com', 'public', 'https://api.example.com'],
    ['https://8.8.8.8/v1', 'public', 'https://8.8.8.8/v1'],
    ['https://[2600::1]:8443', 'public', 'https://[2600::1]:8443'],
    ['http://127.0.0.1:11434/v1', 'loopback', 'http://127.0.0.1:11434/v1'],
    ['http://localhost:1234/v1', 'loopback', 'http://localhost:1234/v1'],
    ['http://[::1]:1234', 'loopback', 'http://[::1]:1234'],
    ['http://10.0.1.7:8000/v1', 'vpc', 'http://10.0.1.7:8000/v1'],
    ['http://llm.internal:8000', 'vpc', 'http://llm.internal:8000'],
    ['http://vllm:8000', 'vpc', 'http://vllm:8000'],
    ['https://api.example.com', 'vpc', 'https://api.example.com'],
  ] as const)('%s is accepted in the network %s', (url, network, expected) => {
    expect(checkBaseUrl('p', url, network)).toBe(expected);
  });

  test.each([
    ['https://169.254.169.254', /reserved/],
    ['http://169.254.169.254', /reserved/],
    ['https://[fd00:ec2::254]', /reserved/],
    ['https://127.1', /write "127\.0\.0\.1"/],
    ['https://0x7f000001', /write "127\.0\.0\.1"/],
    ['https://2130706433', /write "127\.0\.0\.1"/],
    ['https://0177.0.0.1', /write "127\.0\.0\.1"/],
    ['https://[::ffff:127.0.0.1]', /write/],
    ['https://[::ffff:7f00:1]', /reserved/],
    ['https://[64:ff9b::7f00:1]', /reserved/],
    ['https://[64:ff9b::8.8.8.8]', /write/],
    ['https://[2002:7f00:1::]', /reserved/],
    ['https://[fe80::1]', /reserved/],
    ['https://[::]', /reserved/],
    ['https://0.0.0.0', /reserved/],
    ['https://localhost.', /ends with a dot|loopback/],
    ['https://localhost', /ProviderNetwork\.loopback\(\)/],
    ['https://127.0.0.1:9001', /runtime API/],
    ['https://127.0.0.1', /ProviderNetwork\.loopback\(\)/],
    ['https://[::1]', /ProviderNetwork\.loopback\(\)/],
    ['https://10.0.0.1', /ProviderNetwork\.vpc\(vpc\)/],
    ['https://100.64.0.1', /ProviderNetwork\.vpc\(vpc\)/],
    ['https://192.168.1.1', /ProviderNetwork\.vpc\(vpc\)/],
    ['https://[fc00::1]', /ProviderNetwork\.vpc\(vpc\)/],
    ['https://metadata.google.internal', /ProviderNetwork\.vpc\(vpc\)/],
    ['https://intranet', /ProviderNetwork\.vpc\(vpc\)/],
    ['http://api.example.com', /use "https:\/\/"/],
    ['https://user:password@api.example.com', /without credentials/],
    ['https://api.example.com/?a=b', /without credentials, query/],
    ['https://api.example.com#x', /fragment/],
    ['https://api.example.com\\@evil.example', /absolute URL/],
    ['ftp://api.example.com', /absolute URL/],
    ['api.example.com', /absolute URL/],
    ['https://api.example.com/a/../b', /path must be plain/],
    ['https://api.example.com/%2e%2e/b', /path must be plain/],
    ['https://exa_mple.com', /characters/],
  ])('C04 %s fails at synth in public', (url, message) => {
    const stack = newStack();

    expect(() => synthesize({ providers: [Provider.openAiCompatible({ id: 'evil', baseUrl: url })] }, stack)).toThrow(message);
  });

  test.each([
    ['http://169.254.169.254', 'vpc'],
    ['http://169.254.100.1:9001', 'loopback'],
    ['http://[fd00:ec2::254]', 'vpc'],
    ['http://127.0.0.1:9001/2018-06-01', 'loopback'],
    ['http://127.0.0.1:8000', 'vpc'],
    ['http://localhost:8000', 'vpc'],
    ['http://10.0.0.1', 'loopback'],
    ['http://api.example.com', 'loopback'],
    ['http://[::ffff:a9fe:a9fe]', 'vpc'],
  ] as const)('C04 %s fails in the network %s too', (url, network) => {
    expect(() => checkBaseUrl('evil', url, network)).toThrow(`"baseUrl" of provider "evil" is "${url}"`);
  });
});

test('C04 no spelling of a private address passes as a public one', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const privateAddress = fc.oneof(
    fc.tuple(fc.constantFrom(10, 127, 0), octet, octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  );
  const spellings: ((a: number, b: number, c: number, d: number) => string)[] = [
    (...parts) => parts.join('.'),
    (...parts) => parts.map((part) => `0x${part.toString(16)}`).join('.'),
    (...parts) => parts.map((part) => `0${part.toString(8)}`).join('.'),
    (a, b, c, d) => `${a}.${b}.${c * 256 + d}`,
    (a, b, c, d) => `${a}.${b * 65_536 + c * 256 + d}`,
    (a, b, c, d) => String(((a * 256 + b) * 256 + c) * 256 + d),
    (a, b, c, d) => `0x${(((a * 256 + b) * 256 + c) * 256 + d).toString(16)}`,
    (...parts) => `[::ffff:${parts.join('.')}]`,
    (a, b, c, d) => `[::ffff:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}]`,
    (a, b, c, d) => `[64:ff9b::${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}]`,
    (a, b, c, d) => `[2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::]`,
    (...parts) => `${parts.join('.')}.`,
  ];

  fc.assert(
    fc.property(privateAddress, fc.constantFrom(...spellings), fc.constantFrom('', ':8443', '/v1'), ([a, b, c, d], spell, rest) => {
      expect(() => checkBaseUrl('evil', `https://${spell(a, b, c, d)}${rest}`, 'public')).toThrow();
    }),
    { numRuns: 500 },
  );
});

describe('fails', () => {
  const stack = newStack();
  const apiKey = secretNamed(stack, 'key');
  const route = (alias: string, ...models: string[]) =>
    Route.to(
      alias,
      models.map((model) => Target.model(model)),
    );
  const failing: [string, LlmGatewayProps, RegExp][] = [
    ['without providers', { providers: [] }, /"providers" is empty.*Provider\.bedrock\(\)/],
    [
      'on duplicate ids',
      { providers: [Provider.bedrock(), Provider.bedrock()] },
      /two providers have the id "bedrock"; give one of them another "id"/,
    ],
    [
      'on an unknown provider in a target',
      { routes: [route('smart', 'openai/gpt-5')] },
      /names the provider "openai", which is not configured; use one of bedrock/,
    ],
    ['on a pattern as target', { routes: [route('smart', 'bedrock/anthropic.*')] }, /a target is one model, not a pattern/],
    ['on an alias that hides a provider', { routes: [route('bedrock/x', 'bedrock/y')] }, /alias "bedrock\/x" would hide models/],
    ['on an alias with odd characters', { routes: [route('sm art', 'bedrock/y')] }, /alias of a route is "sm art"; use/],
    ['on an unknown wildcard', { routes: [route('claude-?', 'bedrock/y')] }, /alias of a route is "claude-\?"/],
    ['on an empty alias', { routes: [route('', 'bedrock/y')] }, /alias of a route is ""/],
    ['on duplicate aliases', { routes: [route('a', 'bedrock/x'), route('a', 'bedrock/y')] }, /two routes have the alias "a"/],
    ['on a route without targets', { routes: [route('a')] }, /route "a" has no targets/],
    ['on a bad Region', { providers: [Provider.bedrock({ regions: ['us-east-1/..'] })] }, /names the Region or location "us-east-1\/\.\."/],
    ['on a bad model glob', { providers: [Provider.openAi({ apiKey, models: ['gpt 5'] })] }, /"models" of provider "openai" is "gpt 5"/],
  ];

  test.each(failing)('%s', (_name, props, message) => {
    expect(() => synthesize(props)).toThrow(message);
  });

  test('on two VPCs', () => {
    const twoVpcs = (scope: Stack): LlmGatewayProps => ({
      providers: ['a', 'b'].map((id) =>
        Provider.openAiCompatible({ id, baseUrl: 'http://10.0.0.1', network: ProviderNetwork.vpc(new ec2.Vpc(scope, `Vpc-${id}`)) }),
      ),
    });

    expect(() => synthesize(twoVpcs)).toThrow(/providers "a" and "b" are in different VPCs/);
  });

  test.each([
    ['a bad id', () => Provider.bedrock({ id: 'Bed/rock' }), /provider id "Bed\/rock" is not usable.*use 1 to 32/],
    ['a target without provider', () => Target.model('gpt-5'), /target "gpt-5" is not "<provider id>\/<model>"/],
    ['a target without model', () => Target.model('openai/'), /target "openai\/"/],
    ['Azure without an endpoint', () => Provider.azureOpenAi({ apiKey }), /exactly one of "resourceName" and "baseUrl"/],
    ['Azure with a URL as resource', () => Provider.azureOpenAi({ apiKey, resourceName: 'https://x' }), /"resourceName" is "https:\/\/x"/],
    [
      'an Azure deployment without version',
      () => Provider.azureOpenAi({ apiKey, resourceName: 'x', deployment: 'd' }),
      /"deployment" works only together/,
    ],
    ['odd speeds of the simulated provider', () => Provider.simulated({ tokensPerSecond: -1 }), /"speed" is -1; give a whole number/],
  ])('on %s', (_name, make, message) => {
    expect(make).toThrow(message);
  });
});
