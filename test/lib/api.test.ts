import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { GatewayEndpoint } from '../../lib';
import { synthesize } from './support';

const { template } = synthesize();

/** Path of each method, and its integration. */
function routes(from: Template): Record<string, Record<string, unknown>> {
  const resources = from.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    const resource = id === undefined ? undefined : resources[id];
    return resource === undefined ? '' : `${pathOf(resource['Properties'].ParentId.Ref)}/${resource['Properties'].PathPart}`;
  };
  return Object.fromEntries(
    Object.values(from.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => [
      `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref) || '/'}`,
      Properties.Integration,
    ]),
  );
}

test('the API is regional, uncompressed and without binary types', () => {
  template.hasResourceProperties('AWS::ApiGateway::RestApi', {
    EndpointConfiguration: { Types: ['REGIONAL'] },
    MinimumCompressionSize: Match.absent(),
    BinaryMediaTypes: Match.absent(),
  });
});

test('a gateway for VPCs refuses calls that come another way', () => {
  const inside = synthesize((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    return { endpoint: GatewayEndpoint.vpc([vpc.addInterfaceEndpoint('Api', { service: ec2.InterfaceVpcEndpointAwsService.APIGATEWAY })]) };
  });
  const endpoint = [{ Ref: Match.stringLikeRegexp('VpcApi') }];

  inside.template.hasResourceProperties('AWS::ApiGateway::RestApi', {
    EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: endpoint },
    Policy: {
      Statement: [
        { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
        { Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': endpoint } } },
      ],
    },
  });
});

test('a gateway for VPCs fails without their endpoints', () => {
  expect(() => GatewayEndpoint.vpc([])).toThrow(/give at least one, for example vpc\.addInterfaceEndpoint/);
});

test('everything is streamed by the proxy for 15 minutes, but the admin plane', () => {
  const table = Object.entries(routes(template)).map(([route, integration]) => [
    route,
    integration['ResponseTransferMode'],
    integration['TimeoutInMillis'],
    JSON.stringify(integration['Uri']).match(/Gateway(Proxy|Admin)Function/)?.[1],
  ]);

  expect(table.sort()).toEqual([
    ['ANY /', 'STREAM', 900_000, 'Proxy'],
    ['ANY /admin/v1', undefined, 29_000, 'Admin'],
    ['ANY /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
    ['ANY /{proxy+}', 'STREAM', 900_000, 'Proxy'],
  ]);
  expect(JSON.stringify(routes(template)['ANY /{proxy+}']?.['Uri'])).toContain('/response-streaming-invocations');
});

test('the stage is throttled, measured and logged, without execution logs and data traces', () => {
  template.hasResourceProperties('AWS::ApiGateway::Stage', {
    StageName: 'prod',
    MethodSettings: [
      {
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: 1_000,
        ThrottlingBurstLimit: 2_000,
        MetricsEnabled: true,
        LoggingLevel: 'OFF',
        DataTraceEnabled: false,
      },
    ],
    CacheClusterEnabled: Match.absent(),
  });
  const limited = synthesize({ throttlingRateLimit: 5, throttlingBurstLimit: 6 });
  limited.template.hasResourceProperties('AWS::ApiGateway::Stage', {
    MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 6 })],
  });
});

test('the access log is one line of JSON with the times of a stream and nothing that a caller wrote', () => {
  const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
  const format = JSON.parse(stage?.['Properties'].AccessLogSetting.Format);

  expect(format).toMatchObject({
    request_id: '$context.requestId',
    status: '$context.status',
    transfer_mode: '$context.integration.responseTransferMode',
    time_to_headers_ms: '$context.integration.timeToAllHeaders',
    time_to_first_content_ms: '$context.integration.timeToFirstContent',
    integration_latency_ms: '$context.integration.latency',
    response_latency_ms: '$context.responseLatency',
  });
  expect(JSON.stringify(format)).not.toMatch(/userAgent|context\.path|querystring|input\./i);
});

test("the stage waits for the account's log role, which stays when the stack goes", () => {
  template.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('LlmGatewayApiAccount')]) });
  template.hasResource('AWS::ApiGateway::Account', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ApiAccountRole'), 'Arn'] } },
  });
  template.hasResource('AWS::IAM::Role', {
    DeletionPolicy: 'Retain',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'apigateway.amazonaws.com' } }] },
      ManagedPolicyArns: Match.absent(),
    },
  });
});

test("an existing role can be given, and the account's setting can be left alone", () => {
  const given = synthesize((stack) => ({ cloudWatchRole: iam.Role.fromRoleArn(stack, 'Logs', 'arn:aws:iam::111122223333:role/logs') }));
  given.template.hasResourceProperties('AWS::ApiGateway::Account', { CloudWatchRoleArn: 'arn:aws:iam::111122223333:role/logs' });

  const alone = synthesize({ manageAccountLogging: false });
  alone.template.resourceCountIs('AWS::ApiGateway::Account', 0);
});

describe('answers of API Gateway itself', () => {
  const responses = Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(({ Properties }) => Properties);

  test('I08 are valid in both dialects, whatever the reason', () => {
    for (const { ResponseTemplates } of responses) {
      const text = ResponseTemplates['application/json'].replace('$context.error.messageString', '"text"');
      const body = JSON.parse(text);

      expect(body).toEqual({
        type: 'error',
        error: {
          type: expect.stringMatching(/^[a-z_]+$/),
          message: expect.any(String),
          code: expect.stringMatching(/^[a-z_]+$/),
          param: null,
        },
        request_id: '$context.requestId',
      });
    }
  });

  test('have the statuses that clients retry or not', () => {
    const statuses = Object.fromEntries(
      responses.map(({ ResponseType, StatusCode, ResponseParameters }) => [ResponseType, [StatusCode, ResponseParameters]]),
    );
    const soon = { 'gatewayresponse.header.Retry-After': "'1'" };

    expect(statuses).toEqual({
      DEFAULT_4XX: [undefined, undefined],
      DEFAULT_5XX: ['503', soon],
      THROTTLED: ['429', soon],
      QUOTA_EXCEEDED: ['429', undefined],
      REQUEST_TOO_LARGE: ['413', undefined],
      UNSUPPORTED_MEDIA_TYPE: ['415', undefined],
      MISSING_AUTHENTICATION_TOKEN: ['404', undefined],
      RESOURCE_NOT_FOUND: ['404', undefined],
      ACCESS_DENIED: ['403', undefined],
      WAF_FILTERED: ['403', undefined],
      INTEGRATION_TIMEOUT: ['504', undefined],
      // Lambda has no concurrency left.
      INTEGRATION_FAILURE: ['503', soon],
    });
  });
});
