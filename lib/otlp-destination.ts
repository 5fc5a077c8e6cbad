import * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ProviderNetwork } from './provider-network';

/** A collector of OpenTelemetry's. */
export interface OtlpCollectorProps {
  /** What `/v1/metrics` and `/v1/traces` are appended to, such as `https://cloud.langfuse.com/api/public/otel`. */
  readonly url: string;

  /**
   * Secret that holds a JSON object of the headers that the collector wants, such as `{"authorization":"Basic ..."}`.
   *
   * @default - no headers
   */
  readonly headers?: ISecret;

  /**
   * Where it is. One at a private address is reached where a provider has put the proxy into its VPC.
   *
   * @default - at a public address, over `https://`
   */
  readonly network?: ProviderNetwork;
}

/** Where OpenTelemetry's metrics or spans are sent, by OTLP over HTTP. What cannot be sent is dropped. */
export class OtlpDestination {
  /** CloudWatch in the gateway's Region, by the proxy's role. Spans need its Transaction Search to be on. */
  static cloudWatch(): OtlpDestination {
    return new OtlpDestination('cloudwatch');
  }

  /** A collector, or a service that is one: Grafana, Langfuse, Phoenix, an OpenTelemetry Collector. */
  static collector(props: OtlpCollectorProps): OtlpDestination {
    return new OtlpDestination('collector', props);
  }

  private constructor(
    /** `cloudwatch` or `collector`. */
    readonly kind: string,
    /** The collector, where it is one. */
    readonly collectorProps?: OtlpCollectorProps,
  ) {}

  /**
   * What the proxy's role is allowed for it.
   *
   * @param action that CloudWatch wants for the signal
   */
  statements(action: string): iam.PolicyStatement[] {
    // Neither metrics nor spans are resources of their own.
    return this.kind === 'cloudwatch' ? [new iam.PolicyStatement({ actions: [action], resources: ['*'] })] : [];
  }
}
