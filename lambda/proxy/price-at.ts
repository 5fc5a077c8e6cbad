import type { Price } from '../money/pricing';
import type { Target } from '../routing';
import type { Gateway } from './gateway';

/** What a model costs where it is called, and how long its prompts and answers are. Undefined: nobody knows. */
export function priceAt(gateway: Gateway, { provider, model }: Target): Price | undefined {
  const { id, config, regions } = provider;
  const priced = { provider: id, kind: config.kind, model, regions, ...(config.free === undefined ? {} : { free: config.free }) };
  return gateway.prices().lookup(priced, gateway.clock.now());
}
