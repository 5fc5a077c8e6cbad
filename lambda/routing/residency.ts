import { GEOGRAPHIES, type Geography } from '../../lib/private/contract';

/** Geographies and Regions that calls have to stay within. */
export type Fence = readonly string[];

/**
 * Whether all areas that may process a call lie within all fences.
 *
 * @param areas Regions and geographies; undefined where nobody says, which is within no fence
 */
export function isWithin(areas: readonly string[] | undefined, fences: readonly Fence[]): boolean {
  return fences.every((fence) => areas !== undefined && areas.length > 0 && areas.every((area) => lies(area, fence)));
}

/** Whether whatever lies within a fence lies within a wider one. */
export function isNarrower(fence: Fence, wide: Fence): boolean {
  return fence.every((area) => lies(area, wide));
}

function lies(area: string, fence: Fence): boolean {
  return fence.some((allowed) => allowed === area || (Object.hasOwn(GEOGRAPHIES, allowed) && GEOGRAPHIES[allowed as Geography].test(area)));
}
