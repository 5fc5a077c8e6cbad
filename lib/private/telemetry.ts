import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Metrics } from '../metrics';
import type { OtlpDestination } from '../otlp-destination';
import { ProviderNetwork } from '../provider-network';
import { checkBaseUrl } from './base-url';
import type { NetworkConfig, OtlpConfig } from './contract';
import type { DeployValues } from './deploy-values';

/** Where signals go, and what the proxy needs for it. */
export interface BoundTelemetry {
  readonly config: { readonly metrics?: OtlpConfig; readonly spans?: OtlpConfig };
  readonly secrets: ISecret[];
  readonly statements: iam.PolicyStatement[];
}

/** What CloudWatch wants to allow of each. */
const ACTIONS = { metrics: 'cloudwatch:PutMetricData', spans: 'xray:PutTraceSegments' } as const;

export function bindTelemetry(
  props: { readonly metrics?: Metrics; readonly spans?: OtlpDestination },
  values: DeployValues,
): BoundTelemetry | undefined {
  const destinations = { metrics: props.metrics?.destination, spans: props.spans };
  const named = Object.entries(destinations).flatMap(([signal, destination]) =>
    destination === undefined ? [] : [{ signal: signal as keyof typeof ACTIONS, destination }],
  );
  if (named.length === 0) return undefined;
  const headers = named.flatMap(({ destination }) => destination.collectorProps?.headers ?? []);
  return {
    config: Object.fromEntries(named.map(({ signal, destination }) => [signal, configOf(signal, destination, values)])),
    secrets: [...new Set(headers)],
    statements: named.flatMap(({ signal, destination }) => destination.statements(ACTIONS[signal])),
  };
}

function configOf(signal: string, { collectorProps: collector }: OtlpDestination, values: DeployValues): OtlpConfig {
  if (collector === undefined) return { kind: 'cloudwatch' };
  const network = (collector.network ?? ProviderNetwork.public()).kind as NetworkConfig;
  const url = Token.isUnresolved(collector.url) ? collector.url : checkBaseUrl(`the collector of ${signal}`, collector.url, network);
  return {
    kind: 'collector',
    url: values.add(url),
    ...(collector.headers === undefined ? {} : { headersSecretArn: values.add(collector.headers.secretArn) }),
    network,
  };
}
