import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { GatewayEndpoint } from './gateway-endpoint';
import { addAdminMethods, forAdminMethods } from './private/admin-methods';
import { guardedRestApi } from './private/rest-api';
import type { TlsPolicy } from './tls-policy';

/** Properties of the admin plane's own API. */
export interface PrivateAdminApiProps {
  /** Serves `/admin/v1`. */
  readonly admin: lambda.IFunction;

  /** The VPCs from which administrators reach the API: `GatewayEndpoint.vpc(...)`. */
  readonly endpoint: GatewayEndpoint;

  /**
   * Versions of TLS, and ciphers, that the API takes.
   *
   * @default TlsPolicy.TLS_1_2
   */
  readonly tlsPolicy?: TlsPolicy;

  /** Requests a second, of each method; more are answered 429. */
  readonly throttlingRateLimit: number;

  /** Requests of each method that may come at once. */
  readonly throttlingBurstLimit: number;

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

/** A private REST API for the admin plane alone; the gateway's API then has no way to it. */
export class PrivateAdminApi extends Construct {
  /** The API. */
  readonly restApi: apigateway.RestApi;

  /** One line of JSON for each call. */
  readonly accessLog: logs.LogGroup;

  /** Where administrators reach the admin plane, stage included, without a trailing slash. They append `/admin/v1/...`. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: PrivateAdminApiProps) {
    super(scope, id);
    const { throttlingRateLimit, throttlingBurstLimit } = props;
    if (props.endpoint.vpcEndpoints.length === 0) {
      throw new Error(
        '"adminEndpoint" is GatewayEndpoint.regional(), which keeps nothing private; ' +
          'give GatewayEndpoint.vpc([...]) for an API of its own in your VPCs, or leave it out to have one API',
      );
    }

    const { restApi, accessLog, url } = guardedRestApi(this, {
      name: 'llm-gateway-admin',
      description: 'Admin plane of an LLM gateway',
      endpoint: props.endpoint,
      tlsPolicy: props.tlsPolicy,
      throttlingRateLimit,
      throttlingBurstLimit,
      methodThrottles: forAdminMethods({ throttlingRateLimit, throttlingBurstLimit }),
      accessLogRetention: props.accessLogRetention,
      logRemovalPolicy: props.logRemovalPolicy,
      cloudWatchRole: props.cloudWatchRole,
      manageAccountLogging: props.manageAccountLogging,
      activeTracing: props.activeTracing,
    });
    addAdminMethods(restApi, props.admin);

    this.restApi = restApi;
    this.accessLog = accessLog;
    this.url = url;
  }
}
