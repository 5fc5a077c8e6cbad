import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../contract';
import { QUERIES } from './queries';
import type { Widgets } from './sources';

const DAYS_A_MONTH = 30;
/** Each budget that has reached a threshold within the time shown, and how far it was then; once a threshold, so there are few lines. */
const NEAR_BUDGETS = [
  'filter event = "budget-threshold"',
  'stats max(count) as percent, max(costNanoUsd) / 1000000000 as usd, latest(@timestamp) as at by budget',
  'sort percent desc',
  'limit 20',
];

/** What it costs, and whose it is. */
export function financeWidgets(widgets: Widgets): cloudwatch.IWidget[][] {
  const daily = widgets.sum(METRICS.COST).with({ period: Duration.days(1), label: 'US dollars a day' });
  return [
    [
      widgets.number('Spend in US dollars', [widgets.sum(METRICS.COST)]),
      widgets.number('Calls', [widgets.sum(METRICS.REQUESTS)]),
      new cloudwatch.SingleValueWidget({
        title: 'A month at this pace, in US dollars',
        metrics: [
          new cloudwatch.MathExpression({
            expression: `${DAYS_A_MONTH} * AVG(cost)`,
            usingMetrics: { cost: daily },
            label: `${DAYS_A_MONTH} days`,
            period: Duration.days(1),
          }),
        ],
        width: 8,
        height: 3,
      }),
    ],
    [
      widgets.graph('Spend by hour in US dollars', [widgets.sum(METRICS.COST).with({ period: Duration.hours(1) })]),
      widgets.graph('Spend by day in US dollars', [daily], { view: cloudwatch.GraphWidgetView.BAR }),
      widgets.graph('Calls refused for a spent budget', [widgets.sum(METRICS.BUDGET_REFUSED)]),
    ],
    [
      widgets.graph('Tokens', [widgets.sum(METRICS.INPUT_TOKENS), widgets.sum(METRICS.OUTPUT_TOKENS)]),
      widgets.graph('Tokens from caches', [widgets.sum(METRICS.CACHE_READ_TOKENS)]),
      new cloudwatch.LogQueryWidget({
        title: 'Budgets near their limit',
        logGroupNames: [widgets.sources.usageLog.logGroupName],
        queryLines: NEAR_BUDGETS,
        width: 8,
        height: 6,
      }),
    ],
    [widgets.graph('Bills apart from the records, in percent', [widgets.most(METRICS.RECONCILIATION_DRIFT)])],
    [...widgets.table('Spend by team', QUERIES['Spend by team']), ...widgets.table('Spend by key', QUERIES['Spend by key'])],
    [...widgets.table('Spend by provider', QUERIES['Spend by provider']), ...widgets.table('Spend by model', QUERIES['Spend by model'])],
    ...(widgets.has(METRICS.COST, ['provider', 'model'])
      ? [
          [
            widgets.graph('Spend of each model in US dollars', [widgets.each(METRICS.COST, ['provider', 'model'])]),
            widgets.graph('Input tokens of each model', [widgets.each(METRICS.INPUT_TOKENS, ['provider', 'model'])]),
            widgets.graph('Output tokens of each model', [widgets.each(METRICS.OUTPUT_TOKENS, ['provider', 'model'])]),
          ],
        ]
      : []),
  ].filter((row) => row.length > 0);
}
