import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { routes as adminRoutes } from '../../lambda/admin/routes';
import { GatewayEndpoint, TlsPolicy } from '../../lib';
import { ADMIN_METHODS } from '../../lib/private/contract';
import { readable, synthesize } from './support';

const { template } = synthesize();

/** A gateway for a VPC alone. */
const INSIDE = (stack: Stack) => ({
  endpoint: GatewayEndpoint.vpc([
    new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }).addInterfaceEndpoint('Api', { service: ec2.InterfaceVpcEndpointAwsService.APIGATEWAY }),
  ]),
});

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
  const inside = synthesize(INSIDE);
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
    ['ANY /{proxy+}', 'STREAM', 900_000, 'Proxy'],
    ['DELETE /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
    ['GET /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
    ['PATCH /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
    ['POST /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
    ['PUT /admin/v1/{proxy+}', undefined, 29_000, 'Admin'],
  ]);
  expect(JSON.stringify(routes(template)['ANY /{proxy+}']?.['Uri'])).toContain('/response-streaming-invocations');
});

const settingsOf = (from: Template): Record<string, unknown>[] =>
  Object.values(from.findResources('AWS::ApiGateway::Stage')).flatMap(({ Properties }) => Properties.MethodSettings);

test('the stage is throttled, measured and logged, without execution logs and data traces', () => {
  template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'prod', CacheClusterEnabled: Match.absent() });
  const every = { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 2_000 };

  expect(settingsOf(template)).toContainEqual(expect.objectContaining(every));
  for (const setting of settingsOf(template)) {
    expect(setting).toMatchObject({ MetricsEnabled: true, LoggingLevel: 'OFF', DataTraceEnabled: false });
  }
  expect(settingsOf(synthesize({ throttlingRateLimit: 5, throttlingBurstLimit: 6 }).template)).toContainEqual(
    expect.objectContaining({ HttpMethod: '*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 6 }),
  );
});

test('R09 every method of the admin plane has a throttle of its own, by its name, which is the only way that a stage takes it', () => {
  const ofAdmin = (from: Template) => settingsOf(from).filter(({ ResourcePath }) => ResourcePath === '/~1admin~1v1~1{proxy+}');
  const methods = Object.keys(routes(template)).filter((route) => route.endsWith('/admin/v1/{proxy+}'));

  expect(ofAdmin(template).map(({ HttpMethod }) => `${HttpMethod} /admin/v1/{proxy+}`)).toEqual(methods);
  expect(methods.some((method) => method.startsWith('ANY'))).toBe(false);
  for (const setting of ofAdmin(template)) expect(setting).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  const limited = synthesize({ adminThrottlingRateLimit: 3, adminThrottlingBurstLimit: 4 });
  for (const setting of ofAdmin(limited.template)) expect(setting).toMatchObject({ ThrottlingRateLimit: 3, ThrottlingBurstLimit: 4 });
});

test('R09 the API has every method that a route of the admin plane takes', () => {
  expect(new Set<string>(ADMIN_METHODS)).toEqual(new Set([...ADMIN_METHODS, ...adminRoutes.map(({ method }) => method)]));
});

test.each([
  ['regional', () => ({})],
  ['private', INSIDE],
])('R09 a %s API takes TLS 1.2 and newer, or what it is told', (_kind, endpoint) => {
  const policyWith = (tlsPolicy?: TlsPolicy) => {
    const { template: synthesized } = synthesize((stack) => ({ ...endpoint(stack), tlsPolicy }));
    const [api] = Object.values(synthesized.findResources('AWS::ApiGateway::RestApi'));
    return [api?.['Properties'].SecurityPolicy, api?.['Properties'].EndpointAccessMode];
  };

  expect(policyWith()).toEqual(['SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', 'STRICT']);
  expect(policyWith(TlsPolicy.TLS_1_2_FIPS)).toEqual(['SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09', 'STRICT']);
  expect(policyWith(TlsPolicy.TLS_1_3)).toEqual(['SecurityPolicy_TLS13_1_3_2025_09', 'STRICT']);
  expect(policyWith(TlsPolicy.TLS_1_3_FIPS)).toEqual(['SecurityPolicy_TLS13_1_3_FIPS_2025_09', 'STRICT']);
  expect(policyWith(TlsPolicy.TLS_1_2_LEGACY)).toEqual(['TLS_1_2', undefined]);
  expect(policyWith(TlsPolicy.named('SecurityPolicy_TLS13_1_2_2021_06'))).toEqual(['SecurityPolicy_TLS13_1_2_2021_06', 'STRICT']);
});

test.each(['TLS_1_0', '', 'SecurityPolicy_TLS13_2025_EDGE', 'SecurityPolicy_TLS12_2018_EDGE', 'SecurityPolicy_TLS13_1_0_2025_09'])(
  'R09 fails with the TLS policy "%s"',
  (name) => {
    expect(() => TlsPolicy.named(name)).toThrow(/is not one for TLS 1\.2 or newer at a regional or private endpoint; use/);
  },
);

test.each([
  ['throttlingRateLimit', 0],
  ['throttlingBurstLimit', 1.5],
  ['adminThrottlingRateLimit', -1],
  ['adminThrottlingBurstLimit', Number.NaN],
])('R09 fails with %s of %s, and names it', (name, value) => {
  expect(() => synthesize(() => ({ [name]: value }))).toThrow(new RegExp(`"${name}" is ${value}; give`));
});

describe('a private admin plane', () => {
  const split = synthesize((stack) => ({
    adminEndpoint: INSIDE(stack).endpoint,
    adminThrottlingRateLimit: 3,
    tlsPolicy: TlsPolicy.TLS_1_3,
  }));
  const apis = split.template.findResources('AWS::ApiGateway::RestApi');
  const [publicId, adminId] = [/^GatewayApi/, /^GatewayAdminApi/].map((name) => Object.keys(apis).find((id) => name.test(id)) ?? '');
  const of = (type: string, id: string | undefined) =>
    Object.values(split.template.findResources(type, { Properties: { RestApiId: { Ref: id } } }));

  test('R09 has a REST API of its own, private to the given endpoints, with TLS, answers and log as the other', () => {
    expect(Object.keys(apis)).toHaveLength(2);
    expect(apis[publicId ?? '']?.['Properties']).toMatchObject({ EndpointConfiguration: { Types: ['REGIONAL'] } });
    expect(apis[publicId ?? '']?.['Properties'].Policy).toBeUndefined();
    expect(apis[adminId ?? '']?.['Properties']).toMatchObject({
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: [{ Ref: expect.stringMatching(/^VpcApi/) }] },
      Policy: {
        Statement: [
          { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
          { Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': [{ Ref: expect.stringMatching(/^VpcApi/) }] } } },
        ],
      },
    });
    for (const { Properties } of Object.values(apis)) expect(Properties.SecurityPolicy).toBe(TlsPolicy.TLS_1_3.securityPolicy);
    for (const id of [publicId, adminId]) {
      const [stage, ...others] = of('AWS::ApiGateway::Stage', id);
      expect(others).toEqual([]);
      expect(stage).toMatchObject({
        Properties: { StageName: 'prod', AccessLogSetting: { Format: expect.stringContaining('request_id') } },
      });
      expect(of('AWS::ApiGateway::GatewayResponse', id)).toHaveLength(12);
    }
  });

  test('R09 the public API leads nowhere near the admin function, and the private one nowhere else', () => {
    const targets = (id: string | undefined) =>
      of('AWS::ApiGateway::Method', id).map(({ Properties }) => [
        Properties.HttpMethod,
        JSON.stringify(Properties.Integration.Uri).match(/Gateway(Proxy|Admin)Function/)?.[1],
      ]);
    const parts = of('AWS::ApiGateway::Resource', publicId).map(({ Properties }) => Properties.PathPart);
    const permissions = Object.values(split.template.findResources('AWS::Lambda::Permission')).map((permission) =>
      JSON.stringify(permission),
    );

    expect(parts).toEqual(['{proxy+}']);
    expect(targets(publicId)).toEqual([
      ['ANY', 'Proxy'],
      ['ANY', 'Proxy'],
    ]);
    expect(targets(adminId)).toEqual(ADMIN_METHODS.map((method) => [method, 'Admin']));
    for (const permission of permissions) {
      expect(permission.includes('GatewayAdminFunction')).toBe(permission.includes(`"Ref":"${adminId}"`));
    }
    const settings = (id: string | undefined) => of('AWS::ApiGateway::Stage', id).flatMap(({ Properties }) => Properties.MethodSettings);
    expect(settings(publicId)).toHaveLength(1);
    for (const setting of settings(adminId)) expect(setting).toMatchObject({ ThrottlingRateLimit: 3, ThrottlingBurstLimit: 100 });
  });

  test('R09 its URL is a property and an output, and the dashboard and the grants know it', () => {
    const outputs = Object.fromEntries(
      Object.entries(split.template.findOutputs('*')).map(([name, { Value }]) => [name.replace(/[0-9A-F]{8}$/, ''), readable(Value)]),
    );
    const role = new iam.Role(split.stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
    split.gateway.grants.administer(role).assertSuccess();
    const policy = role.node.findChild('DefaultPolicy') as iam.Policy;
    const granted = readable(split.stack.resolve(policy.document.toJSON()));

    expect(outputs['GatewayAdminUrl']).toMatch(/^https:\/\/<GatewayAdminApi>\.execute-api\./);
    expect(outputs['GatewayUrl']).toMatch(/^https:\/\/<GatewayApi>\.execute-api\./);
    expect(readable(split.stack.resolve(split.gateway.adminUrl))).toBe(outputs['GatewayAdminUrl']);
    expect(JSON.stringify(split.template.findResources('AWS::CloudWatch::Dashboard'))).toContain('Admin API');
    expect(JSON.stringify(granted)).toContain('<GatewayAdminApi>/prod/POST/admin/v1/*');
  });

  test('R09 without it there is one API, whose URL is also the admin plane’s', () => {
    const one = synthesize();

    one.template.resourceCountIs('AWS::ApiGateway::RestApi', 1);
    expect(one.gateway.adminApi).toBeUndefined();
    expect(one.gateway.adminUrl).toBe(one.gateway.url);
    expect(Object.keys(one.template.findOutputs('*')).filter((name) => name.includes('AdminUrl'))).toEqual([]);
  });

  test('R09 fails at an endpoint that is not private', () => {
    expect(() => synthesize({ adminEndpoint: GatewayEndpoint.regional() })).toThrow(/"adminEndpoint" is GatewayEndpoint\.regional\(\)/);
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
