import type { SensitiveTargets, Sensitivity } from '../placement';
import { GEOGRAPHIES, type PlacementConfig, REGION_NAME, SENSITIVITIES, type SensitiveTargets as SensitiveTargetsConfig } from './contract';
import { checkGlob } from './validation';

/** The document's form of what calls are held to. Throws on an area that nothing could be in. `what` names whose it is. */
export function placementConfig(
  what: string,
  sensitivity: Sensitivity | undefined,
  residency: readonly string[] | undefined,
): PlacementConfig {
  if (residency?.length === 0)
    throw new Error(`"residency" of ${what} is empty, so no call could go anywhere; name an area, or leave it out`);
  for (const area of residency ?? []) checkArea(`"residency" of ${what}`, area);
  return {
    ...(sensitivity === undefined ? {} : { sensitivity }),
    ...(residency === undefined ? {} : { residency: [...residency] }),
  };
}

/** Throws unless it is a geography or looks like a Region. */
export function checkArea(what: string, area: string): string {
  if (Object.hasOwn(GEOGRAPHIES, area) || REGION_NAME.test(area)) return area;
  throw new Error(`${what} names "${area}"; give a Region, such as "eu-central-1", or one of ${Object.keys(GEOGRAPHIES).join(', ')}`);
}

/** Patterns of targets by label. Throws on one that could fit no target. */
export function sensitiveTargetsConfig(targets: SensitiveTargets): SensitiveTargetsConfig {
  const patterns: Record<string, readonly string[]> = {};
  for (const label of SENSITIVITIES) {
    for (const pattern of targets[label] ?? []) {
      checkGlob(`"sensitiveTargets.${label}"`, pattern);
      if (pattern !== '*' && !pattern.includes('/'))
        throw new Error(`"sensitiveTargets.${label}" names "${pattern}"; give patterns of "<provider id>/<model>", such as "vllm/*"`);
    }
    if (targets[label] !== undefined) patterns[label] = [...targets[label]];
  }
  return patterns;
}
