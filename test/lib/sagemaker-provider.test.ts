import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Provider, ProviderNetwork, Route, Target } from '../../lib';
import { documentOf, newStack, statementsOf, synthesize } from './support';

/** What Amazon SageMaker brings into a gateway, and what the role may do there. */

const own = () => newStack({ env: { account: '111122223333', region: 'eu-west-1' } });
const arn = (region: string, resource: string) => `arn:aws:sagemaker:${region}:111122223333:${resource}`;
const calls = (template: Parameters<typeof statementsOf>[0]) =>
  statementsOf(template, 'Proxy').filter(({ actions }) => actions.some((action) => action.startsWith('sagemaker:')));

test('the role may call exactly the endpoints and inference components that routes and models name', () => {
  const provider = Provider.sageMaker({ regions: ['eu-west-1', 'eu-central-1'], models: ['mistral'], modelName: 'm', targetVariant: 'b' });
  const route = Route.to('smart', [Target.model('sagemaker/shared/qwen-1')]);
  const { stack, template } = synthesize({ providers: [provider], routes: [route] }, own());

  expect(calls(template)).toEqual([
    {
      actions: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
      resources: ['eu-west-1', 'eu-central-1'].flatMap((region) =>
        ['endpoint/mistral', 'endpoint/shared', 'inference-component/qwen-1'].map((resource) => arn(region, resource)),
      ),
    },
  ]);
  expect(documentOf(stack).providers[0]).toMatchObject({
    id: 'sagemaker',
    kind: 'sagemaker',
    regions: ['eu-west-1', 'eu-central-1'],
    settings: { modelName: 'm', targetVariant: 'b' },
  });
});

test('where they are asked how they are, the role may ask for exactly what calls name: an endpoint, or its inference component', () => {
  const provider = Provider.sageMaker({ models: ['mistral', 'shared/qwen-1'], healthProbe: {} });
  const { stack, template } = synthesize({ providers: [provider] }, own());

  expect(calls(template).slice(1)).toEqual([
    { actions: ['sagemaker:DescribeEndpoint'], resources: [arn('eu-west-1', 'endpoint/mistral')] },
    { actions: ['sagemaker:DescribeInferenceComponent'], resources: [arn('eu-west-1', 'inference-component/qwen-1')] },
  ]);
  expect(documentOf(stack).providers[0]?.probe).toEqual({ every_seconds: 60 });
});

test('they are asked as often as it is said, and for no path', () => {
  const { stack } = synthesize(
    { providers: [Provider.sageMaker({ models: ['a'], healthProbe: { interval: Duration.seconds(20) } })] },
    own(),
  );

  expect(documentOf(stack).providers[0]?.probe).toEqual({ every_seconds: 20 });
  expect(() => synthesize({ providers: [Provider.sageMaker({ models: ['a'], healthProbe: { path: '/ping' } })] })).toThrow(
    /"healthProbe\.path" of provider "sagemaker" is "\/ping", and SageMaker is asked for no path; leave it out/,
  );
});

test('endpoints of another account are called by a role of it, which alone says what may be called', () => {
  const stack = own();
  const role = Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::444455556666:role/llm');
  const { template } = synthesize(
    { providers: [Provider.sageMaker({ models: ['llama'], role, externalId: 'x-1', healthProbe: {} })] },
    stack,
  );

  expect(calls(template)).toEqual([]);
  expect(statementsOf(template, 'Proxy')).toContainEqual({
    actions: ['sts:AssumeRole'],
    resources: ['arn:aws:iam::444455556666:role/llm'],
  });
});

test.each([
  ['its runtime alone', {}, 0],
  ['its API too where endpoints are asked how they are', { healthProbe: {} }, 1],
])('in a VPC there is an endpoint for %s where there is one for what the proxy calls', (_what, more, apis) => {
  const stack = own();
  const network = ProviderNetwork.vpc(new ec2.Vpc(stack, 'Vpc'), { endpoints: true });
  const { template } = synthesize({ providers: [Provider.sageMaker({ models: ['llama'], network, ...more })] }, stack);

  const services = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) =>
    JSON.stringify(Properties.ServiceName),
  );
  expect(services.filter((name) => name.includes('sagemaker.runtime'))).toHaveLength(1);
  expect(services.filter((name) => name.includes('sagemaker.api'))).toHaveLength(apis);
  expect(services.filter((name) => name.includes('bedrock'))).toEqual([]);
});

test('fails where no endpoint is named, for odd names, and for an id of nobody', () => {
  expect(() => synthesize({ providers: [Provider.sageMaker()] })).toThrow(
    /the provider "sagemaker" names no endpoint; give them in "models"/,
  );
  expect(() => synthesize({ providers: [Provider.sageMaker({ models: ['my_llama'] })] })).toThrow(/names the endpoint "my_llama"/);
  expect(() => Provider.sageMaker({ models: ['a'], targetModel: 'a\nb' })).toThrow(/"targetModel" of a SageMaker provider/);
  expect(() => Provider.sageMaker({ models: ['a'], externalId: 'x' })).toThrow(/"externalId" is given without "role"/);
});
