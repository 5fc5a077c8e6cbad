import type { Target } from '../../routing';
import type { Capabilities, WireFormat } from '../../wire/models';

/** Kept, because an import goes through the loader each time that it is asked for. */
let catalogue: Promise<typeof import('../../wire/models')> | undefined;

/**
 * What is known of a model where it is called. Only translated calls ask, so only they load the catalogue.
 *
 * @param mostOutputTokens what the price book or an override says of its longest answer
 */
export async function capabilitiesAt({ provider, model }: Target, mostOutputTokens: number | undefined): Promise<Capabilities> {
  catalogue ??= import('../../wire/models');
  const { capabilitiesOf } = await catalogue;
  const known = capabilitiesOf(provider.config.kind, model);
  return mostOutputTokens === undefined ? known : { ...known, maxOutputTokens: mostOutputTokens };
}

/**
 * The wire formats in which a model takes a call; undefined where it takes all that its host speaks.
 *
 * @param effortWithTools the call asks for an effort beside tools
 */
export async function wireFormatsAt(target: Target, effortWithTools: boolean): Promise<readonly WireFormat[] | undefined> {
  const { wireFormatsFor } = await import('../../wire/models');
  return wireFormatsFor(await capabilitiesAt(target, undefined), effortWithTools);
}
