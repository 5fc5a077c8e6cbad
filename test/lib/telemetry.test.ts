import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Metrics, OtlpDestination, ProviderNetwork } from '../../lib';
import { documentOf, synthesize } from './support';

const allowed = (template: ReturnType<typeof synthesize>['template'], action: string) =>
  JSON.stringify(template.findResources('AWS::IAM::Policy')).includes(`"Action":"${action}"`);

test('metrics and spans go to CloudWatch by the role of the data plane, which is allowed no more than that', () => {
  const { template, gateway } = synthesize({ metrics: Metrics.otlp(OtlpDestination.cloudWatch()), spans: OtlpDestination.cloudWatch() });

  expect(documentOf(Stack.of(gateway)).telemetry).toEqual({ metrics: { kind: 'cloudwatch' }, spans: { kind: 'cloudwatch' } });
  expect(documentOf(Stack.of(gateway))).not.toHaveProperty('metrics');
  for (const action of ['cloudwatch:PutMetricData', 'xray:PutTraceSegments']) expect(allowed(template, action)).toBe(true);
});

test('spans go to a collector, proved by the headers of a secret that the data plane may read', () => {
  const { gateway, template } = synthesize((stack) => ({
    spans: OtlpDestination.collector({
      url: 'https://cloud.langfuse.com/api/public/otel',
      headers: Secret.fromSecretCompleteArn(stack, 'Headers', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:headers-abcdef'),
    }),
  }));

  expect(documentOf(Stack.of(gateway)).telemetry).toEqual({
    spans: {
      kind: 'collector',
      url: { value: 'https://cloud.langfuse.com/api/public/otel' },
      headersSecretArn: { value: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:headers-abcdef' },
      network: 'public',
    },
  });
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('secret:headers-abcdef');
  expect(allowed(template, 'xray:PutTraceSegments')).toBe(false);
});

test('a collector at a plain address is refused, unless it is on a network where that is safe', () => {
  const collector = (network?: ProviderNetwork) => () =>
    synthesize({ spans: OtlpDestination.collector({ url: 'http://127.0.0.1:4318', network }) });

  expect(collector()).toThrow(/collector of spans/);
  expect(collector(ProviderNetwork.loopback())).not.toThrow();
});

test('X-Ray follows calls through the API and all functions where it is asked to, and else nobody is', () => {
  const { template } = synthesize({ activeTracing: true });
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));

  for (const { Properties } of functions) expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
  template.allResourcesProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
  synthesize().template.allResourcesProperties('AWS::ApiGateway::Stage', { TracingEnabled: Match.absent() });
});
