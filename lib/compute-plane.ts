import { Duration, Size } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
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

  constructor(props: LambdaComputePlaneProps) {
    super();
    this.memoryMebibytes = (props.memorySize ?? Size.mebibytes(512)).toMebibytes();
    if (this.memoryMebibytes < 256 || this.memoryMebibytes > 3_008) {
      throw new Error(
        `"memorySize" is ${this.memoryMebibytes} MiB; give 256 to 3008 MiB, because a new account's functions cannot have more`,
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
      logRetention: options.logRetention,
      logRemovalPolicy: options.logRemovalPolicy,
      vpc: network?.virtualNetwork,
      vpcSubnets: network?.subnets,
      securityGroups: network?.securityGroups,
    });
    return {
      integration: new apigateway.LambdaIntegration(handler, {
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
      role,
    };
  }
}
