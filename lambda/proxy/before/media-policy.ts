import { invalidRequest } from '../../platform/error';
import type { Target } from '../../routing';
import { mediaUrlIn } from '../../wire/protocols';
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
  return definition.startsInProcess === true || (definition.selfHosted !== true && config.network === 'public');
}
