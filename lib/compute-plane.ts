import { Duration, Size, Token } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ComputePlaneBinding, ComputePlaneBindOptions } from './compute-plane-binding';
import { BundledFunction } from './private/bundled-function';
import { FUNCTION_TIMEOUT_SECONDS } from './private/contract';

/** Properties of a data plane in Lambda. */
export interface LambdaComputePlaneProps {
  /**
   * Memory of the proxy function, 256 to 3,008 MiB: more is beyond the ceiling of new accounts. It also sets the function's share of a CPU.
   *
   * @default Size.mebibytes(512)
   */
  readonly memorySize?: Size;

  /**
   * Calls at once that the account keeps free for the gateway, and that the gateway never exceeds. It is taken from what the account's other
   * functions may use; a new account may have none to give.
   *
   * @default - none: the gateway shares the account's concurrency
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * Environments that are started ahead of their first call and are paid for whether they serve or not; `docs/cost.md` has the arithmetic. Calls beyond them
   * start new ones as usual. The API then leads to an alias, `live`, whose version changes with the code and the configuration.
   *
   * @default - none: idle, the gateway costs nothing
   * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
   */
  readonly provisionedConcurrentExecutions?: number;
}

/** What runs the data plane. Plugs into a gateway through `bind`. */
export abstract class ComputePlane {
  /** AWS Lambda: a function that streams its answers, one call at a time in each environment. Idle, it costs nothing. */
  static lambda(props: LambdaComputePlaneProps = {}): ComputePlane {
    return new LambdaComputePlane(props);
  }

  /**
   * Makes what runs the data plane.
   *
   * @param scope where its resources are made
   * @param options what it is told about the gateway
   */
  abstract bind(scope: Construct, options: ComputePlaneBindOptions): ComputePlaneBinding;
}

class LambdaComputePlane extends ComputePlane {
  private readonly memoryMebibytes: number;

  constructor(private readonly props: LambdaComputePlaneProps) {
    super();
    this.memoryMebibytes = (props.memorySize ?? Size.mebibytes(512)).toMebibytes();
    if (this.memoryMebibytes < 256 || this.memoryMebibytes > 3_008) {
      throw new Error(
        `"memorySize" is ${this.memoryMebibytes} MiB; give 256 to 3008 MiB, because a new account's functions cannot have more`,
      );
    }
    const { reservedConcurrentExecutions: reserved, provisionedConcurrentExecutions: provisioned } = props;
    checkConcurrency('reservedConcurrentExecutions', reserved);
    checkConcurrency('provisionedConcurrentExecutions', provisioned);
    if (reserved !== undefined && provisioned !== undefined && !Token.isUnresolved(reserved) && provisioned > reserved) {
      throw new Error(
        `"provisionedConcurrentExecutions" is ${provisioned}, more than the ${reserved} of "reservedConcurrentExecutions"; raise the latter or leave it out`,
      );
    }
  }

  override bind(scope: Construct, options: ComputePlaneBindOptions): ComputePlaneBinding {
    const { network } = options;
    const { function: handler, role } = new BundledFunction(scope, 'Proxy', {
      bundle: 'proxy',
      description: 'Data plane of an LLM gateway',
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      memorySize: this.memoryMebibytes,
      environment: options.environment,
      configuration: options.configuration,
      activeTracing: options.activeTracing,
      logRetention: options.logRetention,
      logRemovalPolicy: options.logRemovalPolicy,
      vpc: network?.virtualNetwork,
      vpcSubnets: network?.subnets,
      securityGroups: network?.securityGroups,
      reservedConcurrentExecutions: this.props.reservedConcurrentExecutions,
    });
    return {
      integration: new apigateway.LambdaIntegration(this.invoked(scope, handler, options.document), {
        responseTransferMode: apigateway.ResponseTransferMode.STREAM,
        timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
        allowTestInvoke: false,
      }),
      metrics: {
        title: 'Proxy function',
        calls: handler.metricInvocations(),
        errors: handler.metricErrors(),
        refused: handler.metricThrottles(),
        refusedMeaning: 'Lambda refused calls to the proxy because no concurrency was left',
        concurrency: handler.metric('ConcurrentExecutions', { statistic: cloudwatch.Stats.MAXIMUM }),
      },
      logGroup: handler.logGroup,
      role,
    };
  }

  /** What the API calls: the function, or an alias of the version that has environments of its own. */
  private invoked(scope: Construct, handler: lambda.Function, document: string): lambda.IFunction {
    const { provisionedConcurrentExecutions } = this.props;
    if (provisionedConcurrentExecutions === undefined) return handler;
    // A layer's content is no part of what tells one version from the next.
    handler.invalidateVersionBasedOn(document);
    return new lambda.Alias(scope, 'Live', { aliasName: 'live', version: handler.currentVersion, provisionedConcurrentExecutions });
  }
}

function checkConcurrency(what: string, executions: number | undefined): void {
  if (executions === undefined || Token.isUnresolved(executions)) return;
  if (!Number.isSafeInteger(executions) || executions < 1) {
    throw new Error(`"${what}" is ${executions}; give a whole number of at least 1, or leave it out`);
  }
}
