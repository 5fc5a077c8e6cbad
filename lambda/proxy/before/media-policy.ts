import { invalidRequest } from '../../platform/error';
import type { JsonValue } from '../../platform/json';
import type { Target } from '../../routing';
import { locationOf, mediaUrlIn } from '../../wire/protocols';
import { capabilitiesAt } from '../upstream/fitting';
import type { ModelCall } from './call';

/**
 * Of the places that a call may go to those that may be told a URL to fetch, where it has one. A server of one's own stands where callers
 * may not reach, so it fetches for them only where it is configured to.
 *
 * @throws GatewayError 400 that names the URL's field, when no place is left
 */
export function withoutForeignFetches(call: ModelCall, targets: readonly Target[]): readonly Target[] {
  if (targets.every(mayFetch)) return targets;
  const path = mediaUrlIn(call.document.value, call.operation.mediaInTexts);
  if (path === undefined) return targets;
  const left = targets.filter(mayFetch);
  if (left.length > 0) return left;
  throw invalidRequest(
    path,
    `${path.slice(0, 200)} names a place, and the server that answers '${call.facts.model}' may not be sent there: send the content itself, as base64.`,
    'media_url_not_allowed',
  );
}

function mayFetch({ provider: { config, definition } }: Target): boolean {
  if (config.mediaUrls !== undefined) return config.mediaUrls;
  // A cloud fetches from where it stands, whichever way it is reached.
  if (definition.startsInProcess === true || definition.readsBuckets !== undefined) return true;
  return definition.selfHosted !== true && config.network === 'public';
}

/**
 * Of the places that a call may go to those that may read the objects in buckets which it names. Bedrock and Vertex AI read them with the
 * gateway's own credential, so only where an administrator lets callers point; others read with theirs, where they are let fetch at all.
 *
 * @throws GatewayError 400 that names the object's field, when no place is left
 */
export async function thatReadLocations(call: ModelCall, targets: readonly Target[]): Promise<readonly Target[]> {
  const named = call.facts.media.flatMap(({ location }) => (location === undefined ? [] : [location]));
  const read = targets.filter((target) => named.every((location) => mayRead(target, location)));
  const able: Target[] = [];
  for (const target of read) {
    const { mediaLocations } = await capabilitiesAt(call.configuration, target, undefined);
    if (mediaLocations !== false) able.push(target);
  }
  if (able.length > 0) return able;
  const path = (fieldOf(call.document.value, named[0] ?? '') ?? '').replace(/^\./, '').slice(0, 200);
  const fix = 'send the content itself, as base64';
  throw invalidRequest(
    path,
    read.length > 0
      ? `${path} names an object in a bucket, which the host of '${call.facts.model}' does not read for this model: ${fix}.`
      : `${path} names an object in a bucket that '${call.facts.model}' may not read for callers: ${fix}, or ask an administrator for a place in mediaLocations.`,
    'media_url_not_allowed',
  );
}

function mayRead({ provider: { config, definition } }: Target, location: string): boolean {
  const scheme = definition.readsBuckets;
  if (scheme === undefined) return config.mediaUrls ?? definition.startsInProcess === true;
  return location.startsWith(`${scheme}:`) && locationOf(location, config.mediaLocations) !== undefined;
}

/** Where a text stands in a body, as a path that begins with a point. */
function fieldOf(value: JsonValue | undefined, text: string): string | undefined {
  if (typeof value === 'string') return value === text ? '' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    const found = fieldOf(inner, text);
    if (found !== undefined) return (isList ? `[${name}]` : `.${name}`) + found;
  }
  return undefined;
}
