import type { Capabilities, ProviderKind } from '../../../lib/private/contract';
import { createMemo, matchesAnyGlob } from '../../platform/runtime';
import handWritten from './families.json';
import list from './listed.json';
import { factsOfLine, namesOfLine } from './listed-facts';
import { makersName } from './model-id';

/** Models of one maker that have much in common, as `families.json` holds them. */
interface Family {
  readonly family: string;
  /** Globs of maker's names. */
  readonly models: readonly string[];
  /** Holds for all of them, those of tomorrow too. */
  readonly shared: Capabilities;
  /** Later ones go before earlier ones. */
  readonly versions?: readonly Version[];
  /** Where a host departs from the maker. */
  readonly hosts?: Readonly<Partial<Record<ProviderKind, readonly Version[]>>>;
}

/** What no model can be asked for at a kind of host, since its API has no words for it. */
interface Host {
  readonly host: ProviderKind;
  readonly limits: Capabilities;
}

interface Version {
  readonly models: readonly string[];
  readonly facts: Capabilities;
}

const FAMILIES = handWritten.families as unknown as readonly Family[];
const HOSTS = handWritten.hosts as unknown as readonly Host[];
const LISTS: Readonly<Partial<Record<string, readonly string[]>>> = list.lists;
const MOST_REMEMBERED = 2_000;
const UNKNOWN: Capabilities = {};

const indexes = createMemo<ReadonlyMap<string, string>>(Number.POSITIVE_INFINITY);
const remembered = createMemo<Capabilities>(MOST_REMEMBERED);

/**
 * What is known of a model at a kind of host. A model that is not listed has what all of its family share; one of no family has nothing, so
 * nothing is limited but what the host's API has no words for.
 *
 * What stands first goes before: the host's departures, the list of the host, the family's facts by version, the list of the maker, what
 * the family shares.
 */
export function capabilitiesOf(kind: ProviderKind, model: string): Capabilities {
  return remembered(`${kind}\u0000${model}`, () => find(kind, makersName(model)));
}

/** The family that a model's name tells. */
export function familyOf(model: string): string | undefined {
  return familyNamed(makersName(model))?.family;
}

function find(kind: ProviderKind, name: string): Capabilities {
  const family = familyNamed(name);
  const versions = (family?.versions ?? []).filter(({ models }) => matchesAnyGlob(models, name));
  const departures = (family?.hosts?.[kind] ?? []).filter(({ models }) => matchesAnyGlob(models, name));
  const rows = [
    listed('makers', name),
    ...versions.map((version) => version.facts),
    listed(kind, name),
    ...departures.map((one) => one.facts),
  ];
  const known = rows.filter((one) => one !== undefined);
  const facts = family === undefined && known.length === 0 ? UNKNOWN : Object.assign({}, family?.shared, ...known);
  const limits = HOSTS.find(({ host }) => host === kind)?.limits;
  return limits === undefined ? facts : within(facts, limits);
}

/** Whose words a model knows is written with the model; where nobody does, it is asked for those of the host. */
function within(facts: Capabilities, { efforts, ...limits }: Capabilities): Capabilities {
  return { ...facts, ...limits, ...(efforts === undefined || facts.efforts !== undefined ? {} : { efforts }) };
}

function familyNamed(name: string): Family | undefined {
  return FAMILIES.find(({ models }) => matchesAnyGlob(models, name));
}

function listed(which: string, name: string): Capabilities | undefined {
  const lines = indexes(which, () => new Map((LISTS[which] ?? []).flatMap((line) => namesOfLine(line).map((one) => [one, line] as const))));
  const line = lines.get(name);
  return line === undefined ? undefined : factsOfLine(line);
}
