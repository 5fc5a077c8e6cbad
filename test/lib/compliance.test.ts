import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpoint } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { GatewayEndpoint, LlmGateway, Provider, TlsPolicy } from '../../lib';
import { BUNDLES_CONTEXT } from '../../lib/private/bundled-function';
import { fakeBundles, secretNamed } from './support';

const app = new App({ context: { [BUNDLES_CONTEXT]: fakeBundles() }, builtinCloudFormationValidation: false });
const stack = new Stack(app, 'Test');
new LlmGateway(stack, 'Gateway', { providers: [Provider.bedrock(), Provider.openAi({ apiKey: secretNamed(stack, 'openai') })] });

// The same with a private admin plane.
const split = new Stack(app, 'Split');
const endpoint = InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(split, 'Endpoint', {
  vpcEndpointId: 'vpce-0123456789',
  port: 443,
});
new LlmGateway(split, 'Gateway', { adminEndpoint: GatewayEndpoint.vpc([endpoint]), tlsPolicy: TlsPolicy.TLS_1_3 });

const PACKS = [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R4Checks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks];

/** Rules that found something, without the part of IAM5 that names the resource. */
function findings(): string[] {
  const violations = PACKS.flatMap((Pack) => [stack, split].flatMap((scope) => new Pack(app).validateScope(scope).violations));
  const rules = violations.map(({ ruleName }) => ruleName.replace(/\[.*$/, ''));
  return [...new Set(rules)].sort();
}

/** Rules that `docs/security.md` acknowledges: a table row names the packs' shared suffix or one full name, and a reason. */
function acknowledged(): Map<string, string> {
  const page = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)];
  return new Map(rows.map(([, rule = '', reason = '']) => [rule, reason]));
}

test('L05 every finding of every cdk-nag pack is acknowledged in docs/security.md with a reason, and nothing else is', () => {
  const rules = acknowledged();
  const found = findings();
  const suffix = (rule: string): string => rule.slice(rule.indexOf('-') + 1);

  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((rule) => !(rules.get(suffix(rule)) ?? '').endsWith('.'))).toEqual([]);
  expect([...rules.keys()].filter((rule) => !found.some((one) => suffix(one) === rule))).toEqual([]);
});

interface Diagnostic {
  readonly ruleId: string;
  readonly severity: string;
  readonly message: string;
}

/** A dependency that a reference implies anyway, as the CDK's functions declare on their roles; the CDK's own check passes over it too. */
const IMPLIED_DEPENDENCY = 'W3005';

test.each(['Test', 'Split'])("CloudFormation's own checks find nothing in stack %s", (name) => {
  const validator = require.resolve('@aws/cloudformation-validate', { paths: [dirname(require.resolve('aws-cdk-lib/package.json'))] });
  const { CompositeEngine, TemplateContent } = require(validator);
  const template = app.synth().getStackByName(name).template;

  const report = new CompositeEngine().validateTemplate(new TemplateContent(JSON.stringify(template), 'gateway.json'));
  const diagnostics: Diagnostic[] = report.diagnostics;

  expect(report.metadata.rulesEvaluated).toBeGreaterThan(300);
  expect(diagnostics.filter(({ severity, ruleId }) => severity !== 'INFO' && ruleId !== IMPLIED_DEPENDENCY)).toEqual([]);
});
