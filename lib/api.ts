import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GatewayEndpoint } from './gateway-endpoint';
import { addAdminMethods, forAdminMethods } from './private/admin-methods';
import { guardedRestApi } from './private/rest-api';
import type { TlsPolicy } from './tls-policy';

/** Properties of the API. */
export interface GatewayApiProps {
  /** Hands everything but the admin plane on to the data plane; answers are streamed. */
  readonly proxy: apigateway.Integration;

  /**
   * Serves `/admin/v1`.
   *
   * @default - the API has no admin plane
   */
  readonly admin?: lambda.IFunction;

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

  /**
   * Requests a second to the admin plane, of each method; more are answered 429.
   *
   * @default - as to the rest of the API
   */
  readonly adminThrottlingRateLimit?: number;

  /**
   * Requests of each method that may come to the admin plane at once.
   *
   * @default - as to the rest of the API
   */
  readonly adminThrottlingBurstLimit?: number;

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

  /**
   * Whether AWS X-Ray follows calls.
   *
   * @default false
   */
  readonly activeTracing?: boolean;
}

/** The REST API in front of the data plane and the admin function: regional, streaming, throttled, logged. */
export class GatewayApi extends Construct {
  /** The API. */
  readonly restApi: apigateway.RestApi;

  /** One line of JSON for each call. */
  readonly accessLog: logs.LogGroup;

  /** Where callers reach the gateway, stage included, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: GatewayApiProps) {
    super(scope, id);
    const { admin } = props;

    const { restApi, accessLog, url } = guardedRestApi(this, {
      name: 'llm-gateway',
      description: 'LLM gateway',
      endpoint: props.endpoint ?? GatewayEndpoint.regional(),
      tlsPolicy: props.tlsPolicy,
      throttlingRateLimit: props.throttlingRateLimit,
      throttlingBurstLimit: props.throttlingBurstLimit,
      methodThrottles:
        admin === undefined
          ? {}
          : forAdminMethods({
              throttlingRateLimit: props.adminThrottlingRateLimit ?? props.throttlingRateLimit,
              throttlingBurstLimit: props.adminThrottlingBurstLimit ?? props.throttlingBurstLimit,
            }),
      accessLogRetention: props.accessLogRetention,
      logRemovalPolicy: props.logRemovalPolicy,
      cloudWatchRole: props.cloudWatchRole,
      manageAccountLogging: props.manageAccountLogging,
      activeTracing: props.activeTracing,
    });

    restApi.root.addMethod('ANY', props.proxy);
    restApi.root.addResource('{proxy+}').addMethod('ANY', props.proxy);
    if (admin !== undefined) addAdminMethods(restApi, admin);

    this.restApi = restApi;
    this.accessLog = accessLog;
    this.url = url;
  }
}
