import type { LiveConfiguration, Target } from '../../routing';
import type { Capabilities, WireFormat } from '../../wire/models';

type Said = Pick<LiveConfiguration, 'capabilitiesSaid'>;

/** Kept, because an import goes through the loader each time that it is asked for. */
let catalogue: Promise<typeof import('../../wire/models')> | undefined;

/**
 * What is known of a model where it is called: what an administrator said of it goes before the catalogue. Only translated calls ask, so
 * only they load the catalogue.
 *
 * @param mostOutputTokens what the price book or an override says of its longest answer
 */
export async function capabilitiesAt(
  configuration: Said,
  { provider, model, name }: Target,
  mostOutputTokens: number | undefined,
): Promise<Capabilities> {
  catalogue ??= import('../../wire/models');
  const { capabilitiesOf, readCapabilities } = await catalogue;
  const known = capabilitiesOf(provider.config.kind, model);
  const said = configuration.capabilitiesSaid(name);
  if (said === undefined && mostOutputTokens === undefined) return known;
  return {
    ...known,
    ...(said === undefined ? {} : readCapabilities(said)),
    ...(mostOutputTokens === undefined ? {} : { maxOutputTokens: mostOutputTokens }),
  };
}

/**
 * The wire formats in which a model takes a call; undefined where it takes all that its host speaks.
 *
 * @param effortWithTools the call asks for an effort beside tools
 */
export async function wireFormatsAt(
  configuration: Said,
  target: Target,
  effortWithTools: boolean,
): Promise<readonly WireFormat[] | undefined> {
  const { wireFormatsFor } = await import('../../wire/models');
  return wireFormatsFor(await capabilitiesAt(configuration, target, undefined), effortWithTools);
}
