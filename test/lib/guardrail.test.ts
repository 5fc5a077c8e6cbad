import { Duration } from 'aws-cdk-lib';
import {
  Guardrail,
  GuardrailAction,
  GuardrailDirection,
  GuardrailMedia,
  GuardrailRule,
  type LlmGatewayProps,
  Provider,
  ProviderNetwork,
  Route,
  Sensitivity,
  Target,
} from '../../lib';
import { documentFor, secretNamed, statementsOf, synthesize } from './support';

const MASK = { action: GuardrailAction.MASK };
const BLOCK = { action: GuardrailAction.BLOCK };
const documentWith = (props: Partial<LlmGatewayProps>) => documentFor(() => ({ providers: [Provider.simulated()], ...props }));
const refusal =
  (...rules: GuardrailRule[]) =>
  () =>
    documentWith({ guardrails: [Guardrail.policy('pii', { rules })] });

test('a gateway without policies has none in its document', () => {
  const document = documentWith({});

  expect([document.guardrails, document.defaultGuardrails]).toEqual([undefined, undefined]);
});

test('what is said of policies stands in the document, and holds for every call unless it says otherwise', () => {
  const document = documentFor((stack) => ({
    providers: [Provider.simulated()],
    routes: [Route.to('smart', [Target.model('simulated/*')], { guardrails: ['asked'] })],
    guardrails: [
      Guardrail.policy('pii', {
        displayName: 'Personal data',
        rules: [
          GuardrailRule.detect('people', ['email', 'credentials'], {
            ...MASK,
            direction: GuardrailDirection.INPUT,
            reversible: true,
            locales: ['de'],
          }),
          GuardrailRule.pattern('ACME_ID', 'ACME-[0-9]{6}', MASK),
          GuardrailRule.deny('codename', ['project titan'], { action: GuardrailAction.ROUTE, targets: ['simulated/*'] }),
          GuardrailRule.deny('ward', ['ward 7'], { action: GuardrailAction.ROUTE, sensitivity: Sensitivity.RESTRICTED }),
          GuardrailRule.promptAttack('attacks', 0.8),
        ],
        media: GuardrailMedia.REFUSE,
        endpoints: ['/v1/messages'],
      }),
      Guardrail.policy('asked', {
        always: false,
        rules: [
          GuardrailRule.bedrock('b', {
            ...BLOCK,
            guardrailId: 'gr-1',
            guardrailVersion: '1',
            region: 'eu-central-1',
            failOpen: true,
            direction: GuardrailDirection.OUTPUT,
            grounding: true,
          }),
          GuardrailRule.moderation('m', { ...BLOCK, provider: 'simulated', model: 'x', categories: ['violence'], threshold: 0.5 }),
          GuardrailRule.webhook('w', {
            ...BLOCK,
            url: 'https://guard.example.com/v1/check',
            timeout: Duration.seconds(2),
            secret: secretNamed(stack, 'hook'),
          }),
        ],
      }),
    ],
  }));

  expect(document.defaultGuardrails).toEqual(['pii']);
  expect(document.routes[0]?.guardrails).toEqual(['asked']);
  expect(document.guardrails).toEqual([
    {
      id: 'pii',
      name: 'Personal data',
      rules: [
        { name: 'people', detect: ['email', 'credentials'], action: 'mask', direction: 'input', reversible: true, locales: ['de'] },
        { name: 'ACME_ID', pattern: 'ACME-[0-9]{6}', action: 'mask' },
        { name: 'codename', deny: ['project titan'], action: 'route', targets: ['simulated/*'] },
        { name: 'ward', deny: ['ward 7'], action: 'route', sensitivity: 'restricted' },
        { name: 'attacks', heuristic: 'prompt_attack', threshold: 0.8, action: 'flag' },
      ],
      media: 'refuse',
      endpoints: ['/v1/messages'],
    },
    {
      id: 'asked',
      rules: [
        {
          name: 'b',
          bedrock: { guardrail_id: 'gr-1', guardrail_version: '1', region: 'eu-central-1', grounding: true },
          action: 'block',
          direction: 'output',
          on_failure: 'allow',
        },
        {
          name: 'm',
          openai_moderation: { provider: 'simulated', model: 'x', categories: ['violence'], threshold: 0.5 },
          action: 'block',
        },
        {
          name: 'w',
          webhook: {
            url: 'https://guard.example.com/v1/check',
            timeout_ms: 2_000,
            secret_arn: { env: expect.stringMatching(/^GATEWAY_VALUE_\d+$/) },
          },
          action: 'block',
        },
      ],
    },
  ]);
});

test.each([
  [refusal(GuardrailRule.detect('p', ['shoe_size'], MASK)), /guardrail policy "pii": rules\[0\]\.detect\[0\]/],
  [refusal(GuardrailRule.pattern('p', '.*', MASK)), /rules\[0\]\.pattern/],
  [refusal(GuardrailRule.detect('p', ['email'], { action: GuardrailAction.ROUTE })), /rules\[0\]\.targets is required/],
  [
    refusal(GuardrailRule.detect('p', ['email'], { action: GuardrailAction.FLAG, sensitivity: Sensitivity.INTERNAL })),
    /rules\[0\]\.sensitivity belongs to the action "route"/,
  ],
  [
    refusal(GuardrailRule.detect('p', ['email'], { action: GuardrailAction.ROUTE, sensitivity: Sensitivity.PUBLIC })),
    /rules\[0\]\.sensitivity/,
  ],
  [refusal(GuardrailRule.moderation('m', { ...BLOCK, provider: 'nobody', model: 'x' })), /provider "nobody".*simulated/],
  [
    () => documentWith({ guardrails: [Guardrail.policy('a', { rules: [] }), Guardrail.policy('a', { rules: [] })] }),
    /two guardrail policies have the id "a"/,
  ],
  [
    () => documentWith({ routes: [Route.to('smart', [Target.model('simulated/*')], { guardrails: ['gone'] })] }),
    /the route "smart" names the guardrail policy "gone"/,
  ],
])('what makes no sense is refused at synth: %#', (make, message) => {
  expect(make).toThrow(message);
});

test('the function may apply exactly the guardrails of Bedrock that rules name, each once', () => {
  const named = (name: string, guardrailId: string, region?: string) =>
    GuardrailRule.bedrock(name, { ...BLOCK, guardrailId, guardrailVersion: '1', ...(region === undefined ? {} : { region }) });
  const arn = 'arn:aws:bedrock:eu-west-1:123456789012:guardrail/g3';
  const { template } = synthesize(() => ({
    providers: [Provider.simulated()],
    guardrails: [Guardrail.policy('a', { rules: [named('x', 'g1'), named('y', 'g1'), named('z', 'g2', 'us-west-2'), named('w', arn)] })],
  }));
  const allowed = statementsOf(template, 'proxy').filter(({ actions }) => actions.includes('bedrock:ApplyGuardrail'));
  const resources = allowed.flatMap((statement) => statement.resources);

  expect(resources).toHaveLength(3);
  expect(resources.join(' ')).toMatch(/:guardrail\/g1 .*:us-west-2:.*:guardrail\/g2 .*eu-west-1:123456789012:guardrail\/g3/);
  expect(resources.join(' ')).not.toContain('*');
});

test('a webhook is https, unless it is in a network of one’s own', () => {
  const webhook = (url: string, network?: ProviderNetwork) =>
    GuardrailRule.webhook('own', { ...BLOCK, url, ...(network === undefined ? {} : { network }) });

  expect(refusal(webhook('http://guard.example/check'))).toThrow('rules[0].webhook.url must be https');
  expect(refusal(webhook('https://user:pass@guard.example/check'))).toThrow('must be a URL without credentials');
  expect(
    documentWith({ guardrails: [Guardrail.policy('p', { rules: [webhook('http://127.0.0.1:9000/check', ProviderNetwork.loopback())] })] })
      .guardrails,
  ).toMatchObject([{ rules: [{ webhook: { network: 'loopback' } }] }]);
});
