import { createMemo, type Soon } from '../../../platform/runtime';
import type { LiveConfiguration, Target } from '../../../routing';
import type { Capabilities, FormatNeeds } from '../../../wire/models';
import type { ModelNeeds } from '../../../wire/protocols';
import type { WaysToCall } from '../../../wire/providers';
import type { RoutedCall } from '../../before/call';

type Said = Pick<LiveConfiguration, 'capabilitiesSaid'>;

const MOST_REMEMBERED = 2_000;

/** Kept, because an import goes through the loader each time that it is asked for. */
let catalogue: typeof import('../../../wire/models') | undefined;
const withLongest = createMemo<Capabilities>(MOST_REMEMBERED);

/**
 * What is known of a model where it is called: what an administrator said of it goes before the catalogue. Only calls that are translated, or
 * that may have to be, ask, so only they load the catalogue.
 *
 * @param mostOutputTokens what the price book or an override says of its longest answer
 */
export async function capabilitiesAt(configuration: Said, target: Target, mostOutputTokens: number | undefined): Promise<Capabilities> {
  const known = (await capabilityReader(configuration))(target);
  if (mostOutputTokens === undefined) return known;
  if (configuration.capabilitiesSaid(target.name) !== undefined) return { ...known, maxOutputTokens: mostOutputTokens };
  const { provider, model } = target;
  return withLongest(`${provider.config.kind}\u0000${model}\u0000${mostOutputTokens}`, () => ({
    ...known,
    maxOutputTokens: mostOutputTokens,
  }));
}

/** The same for one target after the other. */
export async function capabilityReader(configuration: Said): Promise<(target: Target) => Capabilities> {
  catalogue ??= await import('../../../wire/models');
  const { capabilitiesOf, readCapabilities } = catalogue;
  return ({ provider, model, name }) => {
    const listed = capabilitiesOf(provider.config.kind, model);
    const said = configuration.capabilitiesSaid(name);
    return said === undefined ? listed : { ...listed, ...readCapabilities(said) };
  };
}

/** How a model takes a call where it is called, as far as that is known. */
export async function waysToCall(configuration: Said, target: Target, call: FormatNeeds): Promise<WaysToCall> {
  catalogue ??= await import('../../../wire/models');
  const can = await capabilitiesAt(configuration, target, undefined);
  const taken = catalogue.wireFormatsFor(can, call);
  return {
    ...(taken === undefined ? {} : { taken }),
    ...(can.countTokens === undefined ? {} : { countsTokens: can.countTokens }),
  };
}

/** Whether a body in its provider's own dialect names its cap as models that think do not take it. */
export function capsByOlderName({ facts }: RoutedCall, { provider }: Target): boolean {
  return facts.maxOutputTokens !== undefined && facts.maxOutputField === provider.definition.thinkers?.noCapIn;
}

/** By targets of which nobody said anything: those are kept, and so is what the catalogue says of them. */
const listedQuirks = new WeakMap<Target, readonly string[]>();

/** How such a body is reshaped. */
export function quirksForModel({ configuration }: RoutedCall, target: Target): Soon<readonly string[]> {
  const { quirks, thinkers } = target.provider.definition;
  if (thinkers === undefined) return quirks;
  const isListed = configuration.capabilitiesSaid(target.name) === undefined;
  const known = isListed ? listedQuirks.get(target) : undefined;
  if (known !== undefined) return known;
  return capabilitiesAt(configuration, target, undefined).then(({ thinking = [] }) => {
    const found = thinking.length === 0 ? quirks : [...quirks, thinkers.quirk];
    if (isListed) listedQuirks.set(target, found);
    return found;
  });
}

/** Whether a call asks what not every model takes, and its caller could not know: it named an alias. A call for tools that a provider runs stays as it is. */
export function mayBeBeyond({ facts, resolution }: RoutedCall): boolean {
  const { asks, serverTools, spareServerTools = [] } = facts;
  return asks !== undefined && resolution.reason === 'alias' && serverTools.length <= spareServerTools.length;
}

/** Whether such a call asks what its model does not take. Then it is written anew in its own dialect too. */
export async function isBeyond({ facts: { asks }, configuration }: RoutedCall, target: Target): Promise<boolean> {
  const can = await capabilitiesAt(configuration, target, undefined);
  const { efforts, thinking, systemBetweenTurns } = can;
  return (
    hasSettingsBeyond(asks, can) ||
    (asks?.systemBetweenTurns === true && systemBetweenTurns === false) ||
    (asks?.adaptiveThinking === true && thinking !== undefined && !thinking.includes('adaptive')) ||
    (asks?.effort !== undefined && efforts !== undefined && !efforts.some((effort) => effort === asks.effort))
  );
}

function hasSettingsBeyond(asks: ModelNeeds | undefined, can: Capabilities): boolean {
  const settings = asks?.settings ?? [];
  if (settings.some((setting) => can[setting] === false)) return true;
  if (can.temperatureWithTopP === false && settings.includes('temperature') && settings.includes('topP')) return true;
  const thinks = (asks?.effort ?? (can.thinkingUnasked === true ? 'unasked' : 'none')) !== 'none';
  return can.samplingWithEffort === false && thinks && settings.some((setting) => setting !== 'stop');
}
