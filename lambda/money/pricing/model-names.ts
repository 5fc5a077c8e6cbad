import type { ProviderKind } from '../../../lib/private/contract';
import { withoutProfile } from '../../wire/model';

/** How a snapshot is dated: `-20250929`, `-2025-09-29`, `@20250929`. */
const DATE = /[-@](20\d\d)(-?)(\d\d)\2(\d\d)$/;
/** The first version of a model on Bedrock, which some names say and some do not. */
const FIRST_VERSION = /(?:-v1)?(?::0)?$/;
/** How a name says which state of a model it means: a day, a month, a number of three digits, the latest. */
const SNAPSHOT = /[-@](?:20\d\d(-?)\d\d\1\d\d|\d{4}|00\d|latest|default)$/;
/** A fine-tuned model is priced by what it was made of: `ft:gpt-4o-2024-08-06:org::id`. */
const FINE_TUNED = /^(ft:([^:]+))(?::|$)/;
const GEOGRAPHIES: readonly (readonly [RegExp, string])[] = [
  [/^us-gov-/, 'us-gov.'],
  [/^us-/, ''],
  [/^eu-/, 'eu.'],
  [/^ca-/, 'ca.'],
];

/**
 * The names under which a book may list a model, the best first. Each is looked up as a whole: a name that only begins like one of the
 * book's is another model, whatever it costs.
 *
 * @param region where a model of Bedrock without a profile is called
 * @param knownUntilMs a snapshot of a later day is not known to the book
 */
export function spellings(kind: ProviderKind, model: string, region: string | undefined, knownUntilMs: number): readonly string[] {
  const name = model.toLowerCase();
  const given = kind === 'bedrock' ? bedrockNames(name, region) : [name, withoutPath(kind, name)];
  return given.flatMap((one) => {
    const undated = withoutDate(one, knownUntilMs);
    return undated === undefined ? [one] : [one, undated];
  });
}

/**
 * What a model is called without where it is called, what wraps its name and which state of it is meant: for budgets and limits, which bind
 * a model by any of its names. A fine-tuned model counts for what it was made of.
 */
export function plainNames(kind: ProviderKind, model: string): readonly string[] {
  const name = model.toLowerCase();
  const whole = kind === 'bedrock' ? name.slice(name.lastIndexOf('/') + 1) : name;
  const id = kind === 'bedrock' ? withoutProfile(whole) : withoutPath(kind, name);
  const base = FINE_TUNED.exec(id)?.[2];
  return [whole, id, ...(base === undefined ? [] : [base])].flatMap((one) => {
    const version = kind === 'bedrock' ? one.replace(FIRST_VERSION, '') : one;
    return [one, version, version.replace(SNAPSHOT, '')];
  });
}

/** The name without what its provider lets callers put around it. */
function withoutPath(kind: ProviderKind, name: string): string {
  switch (kind) {
    case 'google-ai-studio':
      return name.replace(/^models\//, '');
    case 'vertex-ai':
      return name.replace(/^publishers\/[^/]+\/models\//, '').replace(/^(?:google|anthropic)\//, '');
    case 'openai':
      return FINE_TUNED.exec(name)?.[1] ?? name;
    default:
      return name;
  }
}

/** A profile or a model may be named by its ARN. */
function bedrockNames(name: string, region: string | undefined): readonly string[] {
  const isArn = name.startsWith('arn:');
  const id = isArn ? name.slice(name.lastIndexOf('/') + 1) : name;
  const versions = versionsOf(id);
  const place = isArn && region === undefined ? name.split(':')[3] : region;
  if (place === undefined || place === '' || withoutProfile(id) !== id) return versions;
  const geography = GEOGRAPHIES.find(([pattern]) => pattern.test(place))?.[1] ?? 'apac.';
  return [...versions.map((version) => `${place}/${version}`), ...versions.map((version) => `${geography}${version}`), ...versions];
}

function versionsOf(id: string): readonly string[] {
  const bare = id.replace(FIRST_VERSION, '');
  return [id, ...['-v1:0', '-v1', ':0', ''].map((version) => bare + version).filter((version) => version !== id)];
}

function withoutDate(name: string, knownUntilMs: number): string | undefined {
  const dated = DATE.exec(name);
  if (dated === null) return undefined;
  const [whole, year, , month, day] = dated;
  const ms = Date.parse(`${year}-${month}-${day}`);
  const isDay = !Number.isNaN(ms) && new Date(ms).getUTCDate() === Number(day);
  return isDay && ms <= knownUntilMs ? name.slice(0, -whole.length) : undefined;
}
