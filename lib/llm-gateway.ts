import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GatewayAdmin } from './admin-api';
import { GatewayApi } from './api';
import { ComputePlane } from './compute-plane';
import { GatewayArchive } from './gateway-archive';
import { GatewayContentLog } from './gateway-content-log';
import { GatewayReconciliation } from './gateway-reconciliation';
import { GatewaySpendExport } from './gateway-spend-export';
import type { ILlmGateway } from './i-llm-gateway';
import { GatewayLedger } from './ledger';
import { LlmGatewayGrants } from './llm-gateway-grants';
import type { LlmGatewayProps } from './llm-gateway-props';
import { GatewayMonitoring } from './monitoring';
import { configurationLayer } from './private/configuration-layer';
import { METRICS, type ProviderConfig, type ProviderKind } from './private/contract';
import { DeployValues } from './private/deploy-values';
import { bindDocument } from './private/document';
import { addInvariants } from './private/invariants';
import { gatewayMetric } from './private/metrics';
import { checkThrottle } from './private/validation';
import { PrivateAdminApi } from './private-admin-api';
import { Provider } from './provider';
import { GatewayProxy } from './proxy';
import { GatewaySecrets } from './secrets';
import { GatewayTables } from './tables';
import { GatewayUsage } from './usage';

/**
 * An LLM gateway in your own account: one endpoint for OpenAI's and Anthropic's dialects over every provider, with keys, budgets and usage.
 *
 * Without props it serves Bedrock in the stack's Region.
 *
 * @example
 *
 * declare const secret: secretsmanager.ISecret;
 *
 * new LlmGateway(this, 'Gateway', {
 *   providers: [Provider.bedrock(), Provider.anthropic({ apiKey: secret })],
 *   routes: [Route.to('smart', [Target.model('anthropic/claude-sonnet-5-5')])],
 * });
 */
export class LlmGateway extends Construct implements ILlmGateway {
  /** Where callers reach the gateway, stage included, without a trailing slash. They append `/v1/...`. */
  readonly url: string;

  /** Where administrators reach the admin plane, stage included, without a trailing slash. They append `/admin/v1/...`. */
  readonly adminUrl: string;

  /** Name of the gateway in its metrics and events: the construct's path. */
  readonly gatewayName: string;

  /** What AWS principals may be allowed to do with the gateway. */
  readonly grants: LlmGatewayGrants;

  /** The REST API. */
  readonly api: GatewayApi;

  /** The admin plane's own REST API; absent when it is a part of the gateway's. */
  readonly adminApi?: PrivateAdminApi;

  /** The data plane. */
  readonly proxy: GatewayProxy;

  /** The admin plane. */
  readonly admin: GatewayAdmin;

  /** Rollups, alerts and governance events. */
  readonly usage: GatewayUsage;

  /** The audit trail in a bucket; absent without `archive`. */
  readonly archive?: GatewayArchive;

  /** What was spent, by day; absent without `spendExport`. */
  readonly spendExport?: GatewaySpendExport;

  /** What holds bills against the records; absent without `bills`. */
  readonly reconciliation?: GatewayReconciliation;

  /** Contents of requests; absent without `contentLog`. */
  readonly contentLog?: GatewayContentLog;

  /** The sweeper and its queues. */
  readonly ledger: GatewayLedger;

  /** The tables. */
  readonly tables: GatewayTables;

  /** The secrets that the gateway makes for itself. */
  readonly secrets: GatewaySecrets;

  /** Dashboards, saved queries and alarms. */
  readonly monitoring: GatewayMonitoring;

  constructor(scope: Construct, id: string, props: LlmGatewayProps = {}) {
    super(scope, id);
    this.gatewayName = this.node.path;
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const stored = { removalPolicy, encryptionKey: props.encryptionKey };

    const values = new DeployValues(this);
    const { document, secrets, statements, network } = bindDocument(
      this,
      { ...props, providers: props.providers ?? [Provider.bedrock()], routes: props.routes ?? [], gateway: props },
      values,
    );
    const { archive, bills, contentLog, spendExport } = props;
    this.contentLog = contentLog && new GatewayContentLog(this, 'ContentLog', { contentLog, removalPolicy });
    const common = {
      contentLog: this.contentLog,
      gatewayName: this.gatewayName,
      configuration: configurationLayer(this, 'Configuration', document),
      activeTracing: props.activeTracing,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      logRemovalPolicy: removalPolicy,
    };

    this.tables = new GatewayTables(this, 'Tables', stored);
    this.secrets = new GatewaySecrets(this, 'Secrets', stored);
    this.ledger = new GatewayLedger(this, 'Ledger', { ...common, tables: this.tables });
    this.proxy = new GatewayProxy(this, 'Proxy', {
      ...common,
      tables: this.tables,
      pepper: this.secrets.pepper,
      settlements: this.ledger.settlements,
      credentials: secrets,
      statements,
      deployValues: values.environment,
      network,
      callsBedrock: callsKind(document.providers, 'bedrock'),
      callsSageMaker: callsKind(document.providers, 'sagemaker'),
      probesSageMaker: document.providers.some(({ kind, probe }) => kind === 'sagemaker' && probe !== undefined),
      compute: props.compute ?? ComputePlane.lambda(),
      document: JSON.stringify(document),
    });
    const { pepper, bootstrap } = this.secrets;
    this.admin = new GatewayAdmin(this, 'Admin', { ...common, tables: this.tables, pepper, bootstrap });
    this.usage = new GatewayUsage(this, 'Usage', { ...common, tables: this.tables });
    const { tables, usage, admin } = this;
    this.archive = archive && new GatewayArchive(this, 'Archive', { ...common, ...stored, archive, tables, usage, admin });
    this.spendExport = spendExport && new GatewaySpendExport(this, 'SpendExport', { ...common, ...stored, spendExport, tables });
    const providers = document.providers.map((provider) => provider.id);
    this.reconciliation =
      bills && bills.length > 0 ? new GatewayReconciliation(this, 'Reconciliation', { ...common, bills, providers, tables }) : undefined;
    const edge = {
      tlsPolicy: props.tlsPolicy,
      accessLogRetention: props.accessLogRetention ?? RetentionDays.ONE_MONTH,
      logRemovalPolicy: removalPolicy,
      cloudWatchRole: props.cloudWatchRole,
      manageAccountLogging: props.manageAccountLogging,
      activeTracing: props.activeTracing,
    };
    const [rate, burst] = [props.throttlingRateLimit ?? 1_000, props.throttlingBurstLimit ?? 2_000];
    const [adminRate, adminBurst] = [props.adminThrottlingRateLimit ?? 50, props.adminThrottlingBurstLimit ?? 100];
    checkThrottle({ rate: 'throttlingRateLimit', burst: 'throttlingBurstLimit' }, rate, burst);
    checkThrottle({ rate: 'adminThrottlingRateLimit', burst: 'adminThrottlingBurstLimit' }, adminRate, adminBurst);
    this.api = new GatewayApi(this, 'Api', {
      ...edge,
      proxy: this.proxy.integration,
      admin: props.adminEndpoint === undefined ? this.admin.handler : undefined,
      endpoint: props.endpoint,
      throttlingRateLimit: rate,
      throttlingBurstLimit: burst,
      adminThrottlingRateLimit: adminRate,
      adminThrottlingBurstLimit: adminBurst,
    });
    if (props.adminEndpoint !== undefined) {
      this.adminApi = new PrivateAdminApi(this, 'AdminApi', {
        ...edge,
        admin: this.admin.handler,
        endpoint: props.adminEndpoint,
        throttlingRateLimit: adminRate,
        throttlingBurstLimit: adminBurst,
      });
    }
    this.monitoring = new GatewayMonitoring(this, 'Monitoring', {
      gatewayName: this.gatewayName,
      api: this.api,
      adminApi: this.adminApi,
      proxy: this.proxy,
      providers,
      usage: this.usage,
      ledger: this.ledger,
      tables: this.tables,
      archive: this.archive,
      reconciles: this.reconciliation !== undefined,
      metrics: props.metrics,
      alerts: props.alerts,
    });
    this.url = this.api.url;
    this.adminUrl = (this.adminApi ?? this.api).url;
    this.grants = new LlmGatewayGrants({ api: this.api, adminApi: this.adminApi, secrets: this.secrets, tables: this.tables });
    addInvariants(this, removalPolicy);
    this.addOutputs();
  }

  /**
   * One of the gateway's metrics.
   *
   * @param metricName such as `llm_gateway.requests`; `docs/observability.md` lists all, and what each is counted by
   * @param props overrides; the default is the sum over 5 minutes
   */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return gatewayMetric(this.gatewayName, metricName, props);
  }

  /** Calls to the data plane that reached the proxy function, whatever came of them. */
  metricRequests(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.REQUESTS, props);
  }

  /** Calls answered 5xx, and streams that ended in an error event. A deadline that the caller set itself is no error. */
  metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.ERRORS, props);
  }

  /** Calls answered 4xx. */
  metricRejected(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.REJECTED, props);
  }

  /** Calls refused because a budget is spent. */
  metricBudgetRefused(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.BUDGET_REFUSED, props);
  }

  /** Calls refused by a limit that waiting cures. */
  metricRateLimited(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.RATE_LIMITED, props);
  }

  /** Attempts at a provider that moved on to another target. */
  metricFailovers(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.FAILOVERS, props);
  }

  /** US dollars that settled calls cost. */
  metricCost(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.COST, props);
  }

  /** Input tokens, cached ones included. */
  metricInputTokens(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.INPUT_TOKENS, props);
  }

  /** Output tokens, reasoning included. */
  metricOutputTokens(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.OUTPUT_TOKENS, props);
  }

  /** Seconds from a call's arrival at the proxy function to its last byte; 99th percentile by default. */
  metricLatency(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.DURATION, { statistic: 'p99', ...props });
  }

  /** Seconds from a call's arrival at the proxy function to the first byte sent to the caller; 99th percentile by default. */
  metricTimeToFirstToken(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.TIME_TO_FIRST_TOKEN, { statistic: 'p99', ...props });
  }

  /** Seconds from a call's arrival at the proxy function to the first call of a provider; 99th percentile by default. */
  metricOverhead(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(METRICS.OVERHEAD, { statistic: 'p99', ...props });
  }

  private addOutputs(): void {
    const { bootstrap } = this.secrets;
    new CfnOutput(this, 'Url', { value: this.url, description: 'Where callers reach the gateway; append /v1 for OpenAI clients' });
    if (this.adminApi !== undefined) {
      new CfnOutput(this, 'AdminUrl', {
        value: this.adminUrl,
        description: 'Where administrators reach the admin plane, from its VPCs only',
      });
    }
    new CfnOutput(this, 'AdminKeyCommand', {
      value:
        `aws secretsmanager get-secret-value --region ${Stack.of(this).region} --secret-id ${bootstrap.secretArn} ` +
        `--query SecretString --output text | sed -E 's/.*"secret": *"([^"]+)".*/sk-gw-root-\\1/'`,
      description: 'Shows the bootstrap admin key, for /admin/v1 only',
    });
    new CfnOutput(this, 'Dashboard', { value: this.monitoring.dashboardUrl, description: 'Dashboard of the gateway' });
  }
}

/** Whether a service of AWS is called by its own address. */
function callsKind(providers: readonly ProviderConfig[], kind: ProviderKind): boolean {
  return providers.some((provider) => provider.kind === kind && provider.baseUrl === undefined);
}
