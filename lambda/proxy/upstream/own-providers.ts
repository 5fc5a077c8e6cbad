import type { ProviderConfig } from '../../../lib/private/contract';
import type { Log } from '../../platform/runtime';
import { providerDefinition } from '../../wire/providers';

/** What they charge a token, in nano-USD; see the price book. */
const INPUT_NANO_USD = 1_000n;
const OUTPUT_NANO_USD = 2_000n;

/**
 * Starts the providers that live in this process. What they bill is written to the log, so that it can be held against the ledger.
 *
 * @returns their base URLs by provider id
 */
export async function startOwnProviders(providers: readonly ProviderConfig[], log: Log): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const { id, kind, settings } of providers) {
    if (providerDefinition(kind).startsInProcess !== true) continue;
    const { startSimulatedProvider } = await import('../../simulated');
    const provider = await startSimulatedProvider(settings, undefined, ({ model, inputTokens, outputTokens }) => {
      const costNanoUsd = String(BigInt(inputTokens) * INPUT_NANO_USD + BigInt(outputTokens) * OUTPUT_NANO_USD);
      log.write('info', 'simulated-bill', { provider: id, model, costNanoUsd });
    });
    urls.set(id, provider.origin);
  }
  return urls;
}
