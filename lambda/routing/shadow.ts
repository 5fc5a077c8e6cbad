import type { BudgetConfig, ShadowConfig } from '../../lib/private/contract';
import type { ConfiguredProvider } from './providers';
import { type Target, targetOf } from './target';

/** What a route tries out beside its targets: it gets a share of the calls too, and nobody waits for its answers. */
export interface Shadow {
  readonly target: Target;
  /** Of the calls that were answered, 0 to 1. */
  readonly share: number;
  readonly budget: BudgetConfig;
  /** Names whose money it is in pages and records; no key can have that id. */
  readonly keyId: string;
}

export function shadowOf(provider: ConfiguredProvider, alias: string, config: ShadowConfig): Shadow {
  const { share, budget, ...target } = config;
  return { target: targetOf(provider, config.model, target), share, budget, keyId: `shadow:${alias}` };
}
