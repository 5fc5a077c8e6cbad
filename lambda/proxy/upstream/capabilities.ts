import type { Target } from '../../routing';
import type { Capabilities } from '../../wire/models';

/**
 * What is known of a model where it is called. Only translated calls ask, so only they load the catalogue.
 *
 * @param mostOutputTokens what the price book or an override says of its longest answer
 */
export async function capabilitiesAt({ provider, model }: Target, mostOutputTokens: number | undefined): Promise<Capabilities> {
  const { capabilitiesOf } = await import('../../wire/models');
  const known = capabilitiesOf(provider.config.kind, model);
  return mostOutputTokens === undefined ? known : { ...known, maxOutputTokens: mostOutputTokens };
}
