import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { LlmGatewayGrants } from './llm-gateway-grants';

/** An LLM gateway. */
export interface ILlmGateway extends IConstruct {
  /** Where callers reach the gateway, stage included, without a trailing slash. They append `/v1/...`. */
  readonly url: string;

  /** Where administrators reach the admin plane, stage included, without a trailing slash. They append `/admin/v1/...`. */
  readonly adminUrl: string;

  /** Name of the gateway in its metrics and events. */
  readonly gatewayName: string;

  /** What AWS principals may be allowed to do with the gateway. */
  readonly grants: LlmGatewayGrants;

  /**
   * One of the gateway's metrics.
   *
   * @param metricName such as `llm_gateway.requests`; `docs/observability.md` lists all, and what each is counted by
   * @param props overrides; the default is the sum over 5 minutes
   */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
