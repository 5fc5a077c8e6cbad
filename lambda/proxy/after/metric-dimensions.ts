import { NO_REGION, OTHER_MODEL } from '../../../lib/private/contract';
import type { AttemptRecord } from '../../money/record';
import type { MetricDimensions } from '../../platform/runtime';
import type { Gateway } from '../gateway';
import type { PlaceNames } from '../telemetry/telemetry';

/**
 * What the metrics of an attempt are counted by. CloudWatch bills for each combination of dimensions, so a caller's text is none: a model is
 * named as the configuration names it, else as the price book does.
 */
export function metricDimensions(
  gateway: Gateway,
  { provider, model, region }: Pick<AttemptRecord, 'provider' | 'model' | 'region'>,
): MetricDimensions {
  return { provider, model: countedModel(gateway, provider, model), region: region ?? NO_REGION };
}

/** The same for what is sent elsewhere. */
export function placeNames(gateway: Gateway): PlaceNames {
  return {
    of: (place) => metricDimensions(gateway, place),
    vendorOf: (provider) => gateway.configuration.providers.find(({ id }) => id === provider)?.definition.telemetryName,
  };
}

function countedModel(gateway: Gateway, provider: string, model: string): string {
  const { configuration } = gateway;
  if (configuration.modelNames().has(`${provider}/${model}`)) return model;
  const kind = configuration.providers.find(({ id }) => id === provider)?.config.kind;
  return (kind === undefined ? undefined : gateway.prices().nameOf(kind, model)) ?? OTHER_MODEL;
}
