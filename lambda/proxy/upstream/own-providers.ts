import type { ProviderConfig } from '../../../lib/private/contract';
import { providerDefinition } from '../../wire/providers';

/**
 * Starts the providers that live in this process.
 *
 * @returns their base URLs by provider id
 */
export async function startOwnProviders(providers: readonly ProviderConfig[]): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const { id, kind, settings } of providers) {
    if (providerDefinition(kind).startsInProcess !== true) continue;
    const { startSimulatedProvider } = await import('../../simulated');
    urls.set(id, (await startSimulatedProvider(settings)).origin);
  }
  return urls;
}
