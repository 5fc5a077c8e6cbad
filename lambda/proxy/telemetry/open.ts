import type { OtlpConfig } from '../../../lib/private/contract';
import type { AwsJsonOptions } from '../../aws/aws-json';
import type { FetchSecret } from '../../aws/secrets';
import { deployedValue } from '../../platform/document';
import { parseJson } from '../../platform/json';
import { type Clock, type Environment, type Log, withoutTrailingSlash } from '../../platform/runtime';
import type { Destination } from './export';
import { createTelemetry } from './index';
import type { Telemetry } from './telemetry';

export interface TelemetrySettings {
  readonly metrics?: OtlpConfig | undefined;
  readonly spans?: OtlpConfig | undefined;
}

/** What the destinations are reached by. */
export interface TelemetryHost {
  readonly environment: Pick<Environment, 'gateway' | 'deployValue' | 'awsEndpoint'>;
  readonly session: AwsJsonOptions;
  readonly fetchSecret: FetchSecret;
  readonly clock: Clock;
  readonly log: Log;
}

/** CloudWatch takes metrics and spans under two names. */
const SIGNALS = {
  metrics: { path: '/v1/metrics', service: 'monitoring', variable: 'CLOUDWATCH' },
  spans: { path: '/v1/traces', service: 'xray', variable: 'XRAY' },
} as const;

type Signal = (typeof SIGNALS)[keyof typeof SIGNALS];

/** Opens the destinations that the document names. */
export function openTelemetry(settings: TelemetrySettings, host: TelemetryHost): Telemetry {
  const { environment, session, clock, log } = host;
  const open = (config: OtlpConfig | undefined, signal: Signal): Destination | undefined => {
    if (config === undefined) return undefined;
    return config.kind === 'cloudwatch' ? cloudWatch(host, signal) : collector(config, host, signal);
  };
  return createTelemetry({
    gateway: environment.gateway,
    metrics: open(settings.metrics, SIGNALS.metrics),
    spans: open(settings.spans, SIGNALS.spans),
    transport: session.transport,
    clock,
    log,
  });
}

function cloudWatch({ environment, session }: TelemetryHost, { path, service, variable }: Signal): Destination {
  const { region, signer, credentials } = session;
  const own = `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const { origin } = new URL(environment.awsEndpoint(variable) ?? own);
  return {
    origin,
    path,
    network: origin.startsWith('http:') ? 'loopback' : 'vpc',
    headers: async (request) => {
      const headers = { 'content-type': 'application/x-protobuf' };
      return signer.sign({ ...request, method: 'POST', headers }, await credentials(), service, region);
    },
  };
}

function collector(
  { url, headersSecretArn, network }: Extract<OtlpConfig, { readonly kind: 'collector' }>,
  { environment, fetchSecret }: TelemetryHost,
  { path }: Signal,
): Destination {
  const base = new URL(deployedValue(url, environment.deployValue) ?? '');
  const arn = deployedValue(headersSecretArn, environment.deployValue);
  let read: Promise<Readonly<Record<string, string>>> | undefined;
  return {
    origin: base.origin,
    path: `${withoutTrailingSlash(base.pathname)}${path}`,
    network,
    headers: () => {
      if (arn === undefined) return NONE;
      read ??= fetchSecret(arn)
        .then(headersIn)
        .catch((error: unknown) => {
          read = undefined;
          throw error;
        });
      return read;
    },
  };
}

const NONE = Promise.resolve({});

function headersIn(text: string): Readonly<Record<string, string>> {
  const value = parseJson(text);
  const entries = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.flatMap(([name, held]) => (typeof held === 'string' ? [[name.toLowerCase(), held]] : [])));
}
