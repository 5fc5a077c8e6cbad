import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../contract';
import { QUERIES } from './queries';
import type { Widgets } from './sources';

/** How well models answer. */
export function modelWidgets(widgets: Widgets): cloudwatch.IWidget[][] {
  const { graph } = { graph: widgets.graph.bind(widgets) };
  const ratio = (label: string, expression: string, usingMetrics: Record<string, cloudwatch.IMetric>): cloudwatch.MathExpression =>
    new cloudwatch.MathExpression({ expression, usingMetrics, label });
  const detailed = widgets.has(METRICS.DURATION, ['provider', 'model']);
  return [
    [
      graph('Time to first token in s', widgets.percentiles(METRICS.TIME_TO_FIRST_TOKEN, 'p50', 'p90')),
      graph('Output tokens per second', widgets.percentiles(METRICS.TOKENS_PER_SECOND, 'p10', 'p50')),
      graph('Duration in s', widgets.percentiles(METRICS.DURATION, 'p50', 'p90')),
    ],
    [
      graph('Cost of a call in US dollars', [
        ratio('US dollars a call', 'cost / requests', { cost: widgets.sum(METRICS.COST), requests: widgets.sum(METRICS.REQUESTS) }),
      ]),
      graph('Share of the input from caches', [
        ratio('percent', '100 * cached / input', {
          cached: widgets.sum(METRICS.CACHE_READ_TOKENS),
          input: widgets.sum(METRICS.INPUT_TOKENS),
        }),
      ]),
      graph('Calls with a cached prompt', [widgets.sum(METRICS.CACHE_HITS)]),
    ],
    widgets.table('Models compared', QUERIES['Models compared']),
    ...(detailed
      ? [
          [
            graph('Calls of each model', [widgets.each(METRICS.REQUESTS, ['provider', 'model'])]),
            graph('Time to first token of each model in s, p90', [widgets.each(METRICS.TIME_TO_FIRST_TOKEN, ['provider', 'model'], 'p90')]),
            graph('Output tokens per second of each model, p50', [widgets.each(METRICS.TOKENS_PER_SECOND, ['provider', 'model'], 'p50')]),
          ],
          [
            graph('Duration of each model in s, p90', [widgets.each(METRICS.DURATION, ['provider', 'model'], 'p90')]),
            graph('Cached input tokens of each model', [
              widgets.each(METRICS.CACHE_READ_TOKENS, ['provider', 'model']),
              widgets.each(METRICS.CACHE_CREATION_TOKENS, ['provider', 'model']),
            ]),
            graph('Reasoning tokens of each model', [widgets.each(METRICS.REASONING_TOKENS, ['provider', 'model'])]),
          ],
        ]
      : []),
  ].filter((row) => row.length > 0);
}
