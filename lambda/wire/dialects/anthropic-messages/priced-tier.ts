import type { JsonObject } from '../../../platform/json';

/**
 * What prices a call or a report as a whole: `speed: "fast"` and `inference_geo: "us"` stand beside the service tier and multiply its price,
 * so they take its place: `fast`, `us`, `fast-us`.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/fast-mode
 * @see https://docs.claude.com/en/docs/build-with-claude/data-residency
 */
export function pricedTier(fields: JsonObject, serviceTier: string | undefined): string | undefined {
  const parts = [...(fields['speed'] === 'fast' ? ['fast'] : []), ...(fields['inference_geo'] === 'us' ? ['us'] : [])];
  return parts.length === 0 ? serviceTier : parts.join('-');
}
