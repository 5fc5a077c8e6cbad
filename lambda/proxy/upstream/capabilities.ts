import { createMemo } from '../../platform/runtime';
import type { LiveConfiguration, Target } from '../../routing';
import type { Capabilities, WireFormat } from '../../wire/models';

type Said = Pick<LiveConfiguration, 'capabilitiesSaid'>;

const MOST_REMEMBERED = 2_000;

/** Kept, because an import goes through the loader each time that it is asked for. */
let catalogue: typeof import('../../wire/models') | undefined;
const withLongest = createMemo<Capabilities>(MOST_REMEMBERED);

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
  catalogue ??= await import('../../wire/models');
  const { kind } = provider.config;
  const listed = catalogue.capabilitiesOf(kind, model);
  const said = configuration.capabilitiesSaid(name);
  if (said !== undefined) return merged({ ...listed, ...catalogue.readCapabilities(said) }, mostOutputTokens);
  return mostOutputTokens === undefined
    ? listed
    : withLongest(`${kind}\u0000${model}\u0000${mostOutputTokens}`, () => merged(listed, mostOutputTokens));
}

function merged(known: Capabilities, maxOutputTokens: number | undefined): Capabilities {
  return maxOutputTokens === undefined ? known : { ...known, maxOutputTokens };
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
  catalogue ??= await import('../../wire/models');
  return catalogue.wireFormatsFor(await capabilitiesAt(configuration, target, undefined), effortWithTools);
}
