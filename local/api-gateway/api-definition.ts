import { LocalRunError } from '../template/failure';
import { flag, type JsonObject, list, number, object, text } from '../template/json';
import type { StackModel, StackResource } from '../template/stack-model';
import { DEFAULT_INTEGRATION_TIMEOUT_MS } from './limits';

/** How an integration names its function: `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with `:QUALIFIER` behind it or not. */
const INVOCATION = /\/functions\/((.+:function:[^/:]+)(?::[^/:]+)?)\/(?:response-streaming-)?invocations$/;

/** What answers a route. */
export type Integration =
  | {
      readonly kind: 'lambda';
      readonly functionArn: string;
      /** What the API calls: the function, or an alias or a version of it. */
      readonly invokedArn: string;
      /** `STREAM`: the answer is passed on as it comes. */
      readonly streamed: boolean;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'mock'; readonly status: number; readonly headers: Readonly<Record<string, string>> };

/** One method of one resource. */
export interface RouteDefinition {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** Such as `/v1/{proxy+}`. */
  readonly resourcePath: string;
  readonly resourceId: string;
  readonly integration: Integration;
}

/** What the template says of one `ResponseType`. */
export interface GatewayResponseDefinition {
  readonly statusCode?: number;
  /** By media type. */
  readonly templates: Readonly<Record<string, string>>;
  /** `gatewayresponse.header.<name>` to an expression. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Rate and burst of the routes it names. */
export interface ThrottleSetting {
  /** `/*` for every resource. */
  readonly resourcePath: string;
  /** `*` for every method. */
  readonly method: string;
  readonly rate: number;
  readonly burst: number;
}

/** One REST API and its stage. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly stageName: string;
  readonly deploymentId: string;
  readonly routes: readonly RouteDefinition[];
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseDefinition>;
  readonly throttles: readonly ThrottleSetting[];
  /** The stage's access log format, with `$context` variables. */
  readonly accessLogFormat?: string;
}

/** The APIs that lead to a gateway: one, or two when its admin plane has an API of its own. */
export interface GatewayApis {
  readonly gateway: ApiDefinition;
  /** The same one when there is no other. */
  readonly admin: ApiDefinition;
}

/**
 * Reads the stack's REST APIs that lead to the given functions.
 *
 * @param adminArn the function behind the admin plane
 * @throws LocalRunError when there is none, or they use what the local run does not have
 */
export function readApis(model: StackModel, functionArns: readonly string[], adminArn?: string): GatewayApis {
  const apis = model.ofType('AWS::ApiGateway::RestApi').filter((candidate) => leadsTo(model, candidate, functionArns));
  const others = functionArns.filter((arn) => arn !== adminArn);
  const isGateway = (api: StackResource): boolean => apis.length === 1 || leadsTo(model, api, others);
  const [gateway, ...gateways] = apis.filter(isGateway);
  const [admin = gateway, ...admins] = apis.filter((api) => !isGateway(api));
  if (gateway === undefined || admin === undefined) {
    throw new LocalRunError('the template has no AWS::ApiGateway::RestApi that leads to the gateway');
  }
  if (gateways.length + admins.length > 0) {
    throw new LocalRunError('several REST APIs of the stack lead to a gateway; the local run serves one, and one of its admin plane alone');
  }
  const definition = readApi(model, gateway);
  return { gateway: definition, admin: admin === gateway ? definition : readApi(model, admin) };
}

function readApi(model: StackModel, api: StackResource): ApiDefinition {
  const apiId = api.physical?.ref ?? api.logicalId;
  if (api.properties.Body !== undefined)
    throw new LocalRunError(`${api.logicalId}: the local run reads resources and methods, not an OpenAPI body`);
  if (list(api.properties.BinaryMediaTypes).length > 0)
    throw new LocalRunError(`${api.logicalId}: the local run has no binary media types`);
  const belongs = (resource: StackResource): boolean => resource.properties.RestApiId === apiId;
  const stage = model.ofType('AWS::ApiGateway::Stage').find(belongs);
  if (stage === undefined) throw new LocalRunError(`${api.logicalId} has no AWS::ApiGateway::Stage, so it has no URL`);
  const format = text(object(stage.properties.AccessLogSetting).Format);
  return {
    apiId,
    stageName: stage.physical?.ref ?? 'prod',
    deploymentId: text(stage.properties.DeploymentId) ?? '',
    routes: readRoutes(model, api, belongs),
    gatewayResponses: new Map(
      model
        .ofType('AWS::ApiGateway::GatewayResponse')
        .filter(belongs)
        .map(({ properties }) => [text(properties.ResponseType) ?? '', gatewayResponse(properties)]),
    ),
    throttles: list(stage.properties.MethodSettings).map(object).flatMap(throttle),
    ...(format === undefined ? {} : { accessLogFormat: format }),
  };
}

function leadsTo(model: StackModel, api: StackResource, functionArns: readonly string[]): boolean {
  return model
    .ofType('AWS::ApiGateway::Method')
    .filter(({ properties }) => properties.RestApiId === api.physical?.ref)
    .map(({ properties }) => text(object(properties.Integration).Uri) ?? '')
    .some((uri) => functionArns.some((arn) => uri.includes(`/${arn}/`) || uri.includes(`/${arn}:`)));
}

function readRoutes(model: StackModel, api: StackResource, belongs: (resource: StackResource) => boolean): RouteDefinition[] {
  const rootId = api.physical?.attributes.RootResourceId ?? '';
  const resources = new Map(
    model
      .ofType('AWS::ApiGateway::Resource')
      .filter(belongs)
      .map((resource) => [resource.physical?.ref ?? '', resource]),
  );
  const pathOf = (id: string): string => {
    if (id === rootId) return '';
    const resource = resources.get(id);
    if (resource === undefined) throw new LocalRunError(`the template has a method on resource ${id}, which it does not declare`);
    return `${pathOf(text(resource.properties.ParentId) ?? '')}/${text(resource.properties.PathPart) ?? ''}`;
  };
  return model
    .ofType('AWS::ApiGateway::Method')
    .filter(belongs)
    .map((method) => {
      const resourceId = text(method.properties.ResourceId) ?? '';
      return {
        method: text(method.properties.HttpMethod) ?? 'ANY',
        resourcePath: pathOf(resourceId) || '/',
        resourceId,
        integration: readIntegration(method),
      };
    });
}

function readIntegration({ logicalId, properties }: StackResource): Integration {
  const authorization = text(properties.AuthorizationType) ?? 'NONE';
  if (authorization !== 'NONE') throw new LocalRunError(`${logicalId}: the local run does not have AuthorizationType ${authorization}`);
  if (flag(properties.ApiKeyRequired)) throw new LocalRunError(`${logicalId}: the local run does not have API Gateway's API keys`);
  const integration = object(properties.Integration);
  const type = text(integration.Type) ?? 'MOCK';
  if (type === 'MOCK') return mock(integration);
  if (type !== 'AWS_PROXY') throw new LocalRunError(`${logicalId}: the local run does not have integrations of type ${type}`);
  const uri = text(integration.Uri) ?? '';
  const [, invokedArn, functionArn] = INVOCATION.exec(uri) ?? [];
  if (invokedArn === undefined || functionArn === undefined) throw new LocalRunError(`${logicalId}: ${uri} names no Lambda function`);
  const streamed = integration.ResponseTransferMode === 'STREAM';
  if (streamed !== uri.endsWith('/response-streaming-invocations')) {
    throw new LocalRunError(
      `${logicalId}: ResponseTransferMode ${streamed ? 'STREAM needs' : 'BUFFERED forbids'} a response-streaming-invocations URI`,
    );
  }
  return {
    kind: 'lambda',
    functionArn,
    invokedArn,
    streamed,
    timeoutMs: number(integration.TimeoutInMillis) ?? DEFAULT_INTEGRATION_TIMEOUT_MS,
  };
}

function mock(integration: JsonObject): Integration {
  const response = object(list(integration.IntegrationResponses)[0]);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(object(response.ResponseParameters))) {
    const header = /^method\.response\.header\.(.+)$/.exec(name)?.[1];
    const literal = /^'(.*)'$/s.exec(String(value))?.[1];
    if (header !== undefined && literal !== undefined) headers[header] = literal;
  }
  return { kind: 'mock', status: number(response.StatusCode) ?? 200, headers };
}

function gatewayResponse(properties: JsonObject): GatewayResponseDefinition {
  const statusCode = number(properties.StatusCode);
  return {
    ...(statusCode === undefined ? {} : { statusCode }),
    templates: object(properties.ResponseTemplates) as Record<string, string>,
    parameters: object(properties.ResponseParameters) as Record<string, string>,
  };
}

function throttle(setting: JsonObject): ThrottleSetting[] {
  const rate = number(setting.ThrottlingRateLimit);
  const burst = number(setting.ThrottlingBurstLimit);
  if (rate === undefined && burst === undefined) return [];
  const path = text(setting.ResourcePath) ?? '/*';
  return [
    {
      resourcePath: path === '/*' ? path : path.slice(1).replaceAll('~1', '/'),
      method: text(setting.HttpMethod) ?? '*',
      rate: rate ?? Number.POSITIVE_INFINITY,
      burst: burst ?? Number.POSITIVE_INFINITY,
    },
  ];
}
