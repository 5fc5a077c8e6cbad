import { Size } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ComputePlane, type ComputePlaneBinding, type ComputePlaneBindOptions, type LlmGatewayProps } from '../../lib';
import { documentOf, statementsOf, synthesize } from './support';

/** A plane that is not Lambda: something behind a URL, with a role of its own. */
class BehindUrl extends ComputePlane {
  told: ComputePlaneBindOptions | undefined;

  override bind(scope: Construct, options: ComputePlaneBindOptions): ComputePlaneBinding {
    this.told = options;
    const metric = (metricName: string) => new cloudwatch.Metric({ namespace: 'Own/Plane', metricName });
    return {
      integration: new apigateway.HttpIntegration('https://plane.example.com/{proxy}', {
        httpMethod: 'ANY',
        options: { responseTransferMode: apigateway.ResponseTransferMode.STREAM },
      }),
      metrics: {
        title: 'Proxy containers',
        calls: metric('Calls'),
        errors: metric('Errors'),
        refused: metric('Refused'),
        refusedMeaning: 'the containers had no room for calls',
        concurrency: metric('Open'),
      },
      role: new iam.Role(scope, 'ProxyRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    };
  }
}

const compute = new BehindUrl();
const { template, gateway, stack } = synthesize({ compute });
const plain = synthesize();

test('the API leads to the plane, streamed, and no function of the data plane is left', () => {
  template.resourcePropertiesCountIs(
    'AWS::ApiGateway::Method',
    { Integration: { Type: 'HTTP_PROXY', Uri: 'https://plane.example.com/{proxy}', ResponseTransferMode: 'STREAM' } },
    2,
  );
  const descriptions = (from: typeof template) =>
    Object.values(from.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Description);

  expect(descriptions(plain.template)).toContain('Data plane of an LLM gateway');
  expect(descriptions(template)).not.toContain('Data plane of an LLM gateway');
});

test("the plane's role is allowed what the function's is, its own log aside", () => {
  const ofLog = ({ actions }: { actions: string[] }): boolean => actions.some((action) => action.startsWith('logs:'));

  expect(statementsOf(template, 'proxy')).toEqual(statementsOf(plain.template, 'proxy').filter((one) => !ofLog(one)));
});

test('the plane is told what the data plane reads: the document, as text and as a layer, and its environment', () => {
  expect(JSON.parse(compute.told?.document ?? '')).toEqual(documentOf(stack));
  expect(compute.told?.configuration).toBeInstanceOf(lambda.LayerVersion);
  expect(Object.keys(compute.told?.environment ?? {}).sort()).toEqual([
    'COUNTERS_TABLE',
    'GATEWAY_NAME',
    'IDENTITY_TABLE',
    'PEPPER_SECRET_ARN',
    'RECORDS_TABLE',
    'SETTLEMENT_QUEUE_URL',
  ]);
});

test("alarm and dashboard show the plane's own metrics, in its own words", () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'Own/Plane',
    MetricName: 'Refused',
    AlarmDescription: Match.stringLikeRegexp('the containers had no room for calls.*#throttled$'),
  });
  const body = JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'));

  for (const name of ['Calls', 'Errors', 'Refused', 'Open']) expect(body).toContain(`\\"Own/Plane\\",\\"${name}\\"`);
  expect(body).toContain('Proxy containers');
  expect(body).not.toContain('Proxy function');
});

test('the function is there where Lambda runs the data plane, and said to be missing where not', () => {
  expect(plain.gateway.proxy.handler.node.path).toBe('Test/Gateway/Proxy/Proxy/Function');
  expect(() => gateway.proxy.handler).toThrow("this gateway's compute plane has no function");
});

test.each([
  [128, '"memorySize" is 128 MiB; give 256 to 3008 MiB'],
  [10_240, '"memorySize" is 10240 MiB; give 256 to 3008 MiB'],
])('fails on %d MiB of memory', (mebibytes, message) => {
  expect(() => ComputePlane.lambda({ memorySize: Size.mebibytes(mebibytes) })).toThrow(message);
});

test('reserved concurrency is the function’s, and no alias comes with it', () => {
  const { template: reserved } = synthesize({ compute: ComputePlane.lambda({ reservedConcurrentExecutions: 50 }) });

  reserved.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Data plane of an LLM gateway',
    ReservedConcurrentExecutions: 50,
  });
  reserved.resourceCountIs('AWS::Lambda::Alias', 0);
});

describe('environments that are started ahead', () => {
  const warm = (props: LlmGatewayProps = {}) =>
    synthesize({ ...props, compute: ComputePlane.lambda({ provisionedConcurrentExecutions: 3 }) }).template;
  const versionsOf = (of: Template): string[] => Object.keys(of.findResources('AWS::Lambda::Version'));

  test('are an alias’s, which the API calls in place of the function', () => {
    const of = warm();
    const [alias] = Object.keys(of.findResources('AWS::Lambda::Alias'));
    const uris = Object.values(of.findResources('AWS::ApiGateway::Method'))
      .filter(({ Properties }) => Properties.Integration.ResponseTransferMode === 'STREAM')
      .map(({ Properties }) => JSON.stringify(Properties.Integration.Uri));

    of.hasResourceProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 } });
    expect(uris.length).toBeGreaterThan(0);
    for (const uri of uris) expect(uri).toContain(`{"Ref":"${alias}"}`);
    of.hasResourceProperties('AWS::Lambda::Permission', { FunctionName: { Ref: alias }, Principal: 'apigateway.amazonaws.com' });
  });

  test('are made anew when the configuration changes, and only then', () => {
    expect(versionsOf(warm())).toEqual(versionsOf(warm()));
    expect(versionsOf(warm({ defaultMaxOutputTokens: 100 }))).not.toEqual(versionsOf(warm()));
  });
});

test.each([
  [{ reservedConcurrentExecutions: 0 }, '"reservedConcurrentExecutions" is 0; give a whole number of at least 1'],
  [{ provisionedConcurrentExecutions: 1.5 }, '"provisionedConcurrentExecutions" is 1.5; give a whole number of at least 1'],
  [
    { reservedConcurrentExecutions: 2, provisionedConcurrentExecutions: 3 },
    '"provisionedConcurrentExecutions" is 3, more than the 2 of "reservedConcurrentExecutions"',
  ],
])('fails on %j', (props, message) => {
  expect(() => ComputePlane.lambda(props)).toThrow(message);
});
