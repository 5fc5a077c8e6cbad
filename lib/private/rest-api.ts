import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { GatewayEndpoint } from '../gateway-endpoint';
import { TlsPolicy } from '../tls-policy';
import { ACCESS_LOG_FORMAT } from './access-log';
import { accountLogging } from './account-logging';
import { STAGE_NAME } from './contract';
import { endpointProps } from './endpoint-policy';
import { addGatewayResponses } from './gateway-responses';
import { requireTls } from './require-tls';

export interface GuardedRestApiProps {
  /** Behind the stack's name, in the API's own. */
  readonly name: string;
  readonly description: string;
  readonly endpoint: GatewayEndpoint;
  readonly tlsPolicy: TlsPolicy | undefined;
  readonly throttlingRateLimit: number;
  readonly throttlingBurstLimit: number;
  /** What differs from the stage's throttle, by path and method. */
  readonly methodThrottles?: Record<string, Pick<apigateway.MethodDeploymentOptions, 'throttlingRateLimit' | 'throttlingBurstLimit'>>;
  readonly accessLogRetention: logs.RetentionDays;
  readonly logRemovalPolicy: RemovalPolicy;
  readonly cloudWatchRole: iam.IRole | undefined;
  readonly manageAccountLogging: boolean | undefined;
  readonly activeTracing: boolean | undefined;
}

export interface GuardedRestApi {
  readonly restApi: apigateway.RestApi;
  readonly accessLog: logs.LogGroup;
  /** Stage included, without a trailing slash. */
  readonly url: string;
}

/** Execution logs and data traces would hold prompts and keys. */
const MEASURED_NOT_LOGGED: apigateway.MethodDeploymentOptions = {
  metricsEnabled: true,
  loggingLevel: apigateway.MethodLoggingLevel.OFF,
  dataTraceEnabled: false,
};

/** The one way to make a REST API: TLS 1.2 at the least, throttled, its calls logged, its own answers valid in both dialects. */
export function guardedRestApi(scope: Construct, props: GuardedRestApiProps): GuardedRestApi {
  const { region, stackName, urlSuffix } = Stack.of(scope);
  const { throttlingRateLimit, throttlingBurstLimit, methodThrottles = {} } = props;
  const accessLog = new logs.LogGroup(scope, 'AccessLog', { retention: props.accessLogRetention, removalPolicy: props.logRemovalPolicy });
  const restApi = new apigateway.RestApi(scope, 'Resource', {
    restApiName: `${stackName}-${props.name}`,
    description: props.description,
    ...endpointProps(props.endpoint),
    cloudWatchRole: false,
    deployOptions: {
      stageName: STAGE_NAME,
      throttlingRateLimit,
      throttlingBurstLimit,
      tracingEnabled: props.activeTracing,
      ...MEASURED_NOT_LOGGED,
      // An entry stands alone: nothing is inherited from the stage's own.
      methodOptions: Object.fromEntries(
        Object.entries(methodThrottles).map(([method, throttle]) => [method, { ...MEASURED_NOT_LOGGED, ...throttle }]),
      ),
      accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
      accessLogFormat: apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT),
    },
  });
  // The L2 prints the endpoint with a trailing slash; the gateway has its own outputs.
  restApi.node.tryRemoveChild('Endpoint');
  requireTls(restApi, props.tlsPolicy ?? TlsPolicy.TLS_1_2);
  addGatewayResponses(restApi);
  if (props.manageAccountLogging ?? true) restApi.deploymentStage.node.addDependency(accountLogging(scope, props.cloudWatchRole));
  return { restApi, accessLog, url: `https://${restApi.restApiId}.execute-api.${region}.${urlSuffix}/${STAGE_NAME}` };
}
