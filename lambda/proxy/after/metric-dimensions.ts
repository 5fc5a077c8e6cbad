import type { MetricDimensions } from '../../platform/runtime';
import type { Gateway } from '../gateway';
import type { Trace } from './trace';

/** All models that nobody configured and no price book lists, together. */
const OTHER = 'other';

/**
 * What a request's metrics are counted by. CloudWatch bills for each combination of dimensions, so a caller's text is none: a model is
 * named as the configuration names it, else as the price book does.
 */
export function metricDimensions(gateway: Gateway, { provider, requestModel: model }: Trace): MetricDimensions {
  if (provider === undefined || model === undefined) return {};
  const { configuration } = gateway;
  if (configuration.modelNames().has(`${provider}/${model}`)) return { provider, model };
  const kind = configuration.providers.find(({ id }) => id === provider)?.config.kind;
  return { provider, model: (kind === undefined ? undefined : gateway.prices().nameOf(kind, model)) ?? OTHER };
}
