import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../contract';
import { QUERIES } from './queries';
import type { Widgets } from './sources';

const TABLE_METRICS = ['ReadThrottleEvents', 'WriteThrottleEvents'] as const;

/** Whether it works, and who fails. */
export function operatorWidgets(widgets: Widgets, alarms: cloudwatch.IAlarm[]): cloudwatch.IWidget[][] {
  const { graph, sources } = { graph: widgets.graph.bind(widgets), sources: widgets.sources };
  const { proxy } = sources;
  return [
    [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 })],
    [
      graph('Calls', [widgets.sum(METRICS.REQUESTS), widgets.sum(METRICS.ERRORS), widgets.sum(METRICS.REJECTED)]),
      graph('Latency in s', widgets.percentiles(METRICS.DURATION, 'p50', 'p90', 'p99')),
      graph('Time to first token in s', widgets.percentiles(METRICS.TIME_TO_FIRST_TOKEN, 'p50', 'p90', 'p99')),
    ],
    [
      graph('Attempts by provider', widgets.byProvider(METRICS.ATTEMPTS)),
      graph('Failed attempts by provider', widgets.byProvider(METRICS.ATTEMPT_FAILURES)),
      graph('How attempts failed', [widgets.each(METRICS.ATTEMPT_FAILURES, ['provider', 'region', 'error_type'])]),
    ],
    [
      graph('Failovers', [widgets.sum(METRICS.FAILOVERS)]),
      graph('Places left alone by provider', widgets.byProvider(METRICS.BREAKER_OPEN, cloudwatch.Stats.MAXIMUM)),
      graph('Attempt duration in s by provider, p90', widgets.byProvider(METRICS.ATTEMPT_DURATION, 'p90')),
    ],
    [
      graph('Credentials refused by provider', widgets.byProvider(METRICS.PROVIDER_KEY_BAD)),
      graph('Calls that providers do not take', widgets.byProvider(METRICS.ATTEMPT_REFUSALS)),
      graph('Refusals', [widgets.sum(METRICS.AUTH_FAILURES), widgets.sum(METRICS.RATE_LIMITED), widgets.sum(METRICS.BUDGET_REFUSED)]),
    ],
    [
      graph('Gateway overhead in s', widgets.percentiles(METRICS.OVERHEAD, 'p50', 'p99')),
      graph('Guardrails', [
        widgets.sum(METRICS.GUARD_CHECKED),
        widgets.sum(METRICS.GUARD_BLOCKED),
        widgets.sum(METRICS.GUARD_MASKED),
        widgets.sum(METRICS.GUARD_FLAGGED),
        widgets.sum(METRICS.GUARD_UNAVAILABLE),
      ]),
      graph('Guardrails in s', widgets.percentiles(METRICS.GUARD_DURATION, 'p50', 'p99')),
    ],
    [
      graph('Ledger', [
        widgets.sum(METRICS.STORE_DOWN),
        widgets.sum(METRICS.SETTLE_DEFERRED),
        widgets.sum(METRICS.SETTLEMENT_LOST),
        widgets.sum(METRICS.BOUND_EXCEEDED),
        widgets.sum(METRICS.SWEPT),
      ]),
      graph('Reservations open', [widgets.most(METRICS.RESERVATIONS_OPEN)]),
      graph('To be corrected', [
        widgets.sum(METRICS.MISCONFIGURED),
        widgets.sum(METRICS.PRICE_UNKNOWN),
        widgets.sum(METRICS.USAGE_ANOMALY),
        widgets.most(METRICS.DELETIONS_OVERDUE),
      ]),
    ],
    [
      graph(proxy.title, [proxy.calls, proxy.errors, proxy.refused]),
      graph('Proxy concurrency', [proxy.concurrency]),
      graph(
        'Tables throttled',
        sources.tables.flatMap(({ name, table }) =>
          TABLE_METRICS.map((metricName) => table.metric(metricName, { statistic: cloudwatch.Stats.SUM, label: `${name} ${metricName}` })),
        ),
      ),
    ],
    Object.entries(sources.others).map(([title, metrics]) => graph(title, metrics)),
    [
      ...widgets.table('Attempts that failed', QUERIES['Failed attempts by provider']),
      ...widgets.table('Requests that failed', QUERIES['Failed requests']),
    ],
    ...(widgets.has(METRICS.ATTEMPTS, ['provider', 'region'])
      ? [
          [
            graph('Attempts by Region', [widgets.each(METRICS.ATTEMPTS, ['provider', 'region'])]),
            graph('Places left alone by Region', [widgets.each(METRICS.BREAKER_OPEN, ['provider', 'region'], cloudwatch.Stats.MAXIMUM)]),
            graph('Attempt duration in s by Region, p90', [widgets.each(METRICS.ATTEMPT_DURATION, ['provider', 'region'], 'p90')]),
          ],
        ]
      : []),
  ].filter((row) => row.length > 0);
}
