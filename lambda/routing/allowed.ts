import { allowedPlaces } from '../wire/model';
import type { Resolution } from './models';
import type { Target } from './target';

/** The targets of a name that every list of model patterns allows. */
export function allowedTargets(
  resolution: Pick<Resolution, 'originalModel' | 'targets'>,
  policy: readonly (readonly string[])[],
): readonly Target[] {
  return policy.reduce<readonly Target[]>(
    (targets, patterns) => allowedPlaces(patterns, resolution.originalModel, targets),
    resolution.targets,
  );
}
