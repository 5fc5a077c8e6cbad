import type { Price } from '../money/pricing';
import type { Target } from '../routing';
import type { ModelCall } from './before/call';
import type { Gateway } from './gateway';

/** What a model costs where it is called, for a team where that is named, and how long its prompts and answers are. Undefined: nobody knows. */
export function priceAt(gateway: Gateway, { provider, model }: Target, team?: string): Price | undefined {
  const { id, config, regions } = provider;
  const priced = {
    provider: id,
    kind: config.kind,
    model,
    regions,
    ...(config.free === undefined ? {} : { free: config.free }),
    ...(team === undefined ? {} : { team }),
  };
  return gateway.prices().lookup(priced, gateway.clock.now());
}

/** How long an administrator says that prompts and answers of a model are, which holds whether or not anybody prices it. */
export function lengthsSaid({ configuration }: Pick<ModelCall, 'configuration'>, { name }: Target): Partial<Price> {
  const { context_window: contextWindow, max_output_tokens: maxOutputTokens } = configuration.capabilitiesSaid(name) ?? {};
  return {
    ...(typeof contextWindow === 'number' ? { contextWindow } : {}),
    ...(typeof maxOutputTokens === 'number' ? { maxOutputTokens } : {}),
  };
}
