import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GatewayEndpoint } from './gateway-endpoint';
import { ACCESS_LOG_FORMAT } from './private/access-log';
import { accountLogging } from './private/account-logging';
import { addAdminMethods, adminMethodOptions } from './private/admin-methods';
import { FUNCTION_TIMEOUT_SECONDS, STAGE_NAME } from './private/contract';
import { endpointProps } from './private/endpoint-policy';
import { addGatewayResponses } from './private/gateway-responses';
import { requireTls } from './private/require-tls';
import { TlsPolicy } from './tls-policy';

/** Properties of the API. */
export interface GatewayApiProps {
  /** Serves everything but the admin plane; its answers are streamed. */
  readonly proxy: lambda.IFunction;

  /** Serves `/admin/v1`. */
  readonly admin: lambda.IFunction;

  /**
   * From where callers reach the API.
   *
   * @default GatewayEndpoint.regional()
   */
  readonly endpoint?: GatewayEndpoint;

  /**
   * Versions of TLS, and ciphers, that the API takes.
   *
   * @default TlsPolicy.TLS_1_2
   */
  readonly tlsPolicy?: TlsPolicy;

  /** Requests a second over all callers; more are answered 429. */
  readonly throttlingRateLimit: number;

  /** Requests that may come at once. */
  readonly throttlingBurstLimit: number;

  /** Requests a second to the admin plane, of each method; more are answered 429. */
  readonly adminThrottlingRateLimit: number;

  /** Requests of each method that may come to the admin plane at once. */
  readonly adminThrottlingBurstLimit: number;

  /** How long the access log is kept. */
  readonly accessLogRetention: logs.RetentionDays;

  /** What happens to the access log when it leaves the stack. */
  readonly logRemovalPolicy: RemovalPolicy;

  /**
   * Role with which API Gateway writes logs in this account and Region.
   *
   * @default - a new one, shared by the gateways of the stack
   */
  readonly cloudWatchRole?: iam.IRole;

  /**
   * Whether the stack sets that role for the account and Region (`AWS::ApiGateway::Account`).
   *
   * @default true
   */
  readonly manageAccountLogging?: boolean;
}

/** Execution logs and data traces would hold prompts and keys. */
const MEASURED_NOT_LOGGED: apigateway.MethodDeploymentOptions = {
  metricsEnabled: true,
  loggingLevel: apigateway.MethodLoggingLevel.OFF,
  dataTraceEnabled: false,
};

/** The REST API in front of the functions: regional, streaming, throttled, logged. */
export class GatewayApi extends Construct {
  /** The API. */
  readonly restApi: apigateway.RestApi;

  /** One line of JSON for each call. */
  readonly accessLog: logs.LogGroup;

  /** Where callers reach the gateway, stage included, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: GatewayApiProps) {
    super(scope, id);

    this.accessLog = new logs.LogGroup(this, 'AccessLog', { retention: props.accessLogRetention, removalPolicy: props.logRemovalPolicy });
    this.restApi = new apigateway.RestApi(this, 'Resource', {
      restApiName: `${Stack.of(this).stackName}-llm-gateway`,
      description: 'LLM gateway',
      ...endpointProps(props.endpoint ?? GatewayEndpoint.regional()),
      cloudWatchRole: false,
      deployOptions: {
        stageName: STAGE_NAME,
        throttlingRateLimit: props.throttlingRateLimit,
        throttlingBurstLimit: props.throttlingBurstLimit,
        ...MEASURED_NOT_LOGGED,
        methodOptions: adminMethodOptions({
          ...MEASURED_NOT_LOGGED,
          throttlingRateLimit: props.adminThrottlingRateLimit,
          throttlingBurstLimit: props.adminThrottlingBurstLimit,
        }),
        accessLogDestination: new apigateway.LogGroupLogDestination(this.accessLog),
        accessLogFormat: apigateway.AccessLogFormat.custom(ACCESS_LOG_FORMAT),
      },
    });
    // The L2 prints the endpoint with a trailing slash; the gateway has its own output.
    this.restApi.node.tryRemoveChild('Endpoint');
    requireTls(this.restApi, props.tlsPolicy ?? TlsPolicy.TLS_1_2);
    addGatewayResponses(this.restApi);

    const streamed = new apigateway.LambdaIntegration(props.proxy, {
      responseTransferMode: apigateway.ResponseTransferMode.STREAM,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      allowTestInvoke: false,
    });
    this.restApi.root.addMethod('ANY', streamed);
    this.restApi.root.addResource('{proxy+}').addMethod('ANY', streamed);

    addAdminMethods(this.restApi, props.admin);

    if (props.manageAccountLogging ?? true) {
      this.restApi.deploymentStage.node.addDependency(accountLogging(this, props.cloudWatchRole));
    }
    this.url = `https://${this.restApi.restApiId}.execute-api.${Stack.of(this).region}.${Stack.of(this).urlSuffix}/${STAGE_NAME}`;
  }
}
