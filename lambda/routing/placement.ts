/** Where a call may go at all, by how sensitive it is and where it has to stay: before any strategy, and for every fallback. */
import { type PlacementConfig, SENSITIVITIES, type SensitiveTargets, type SensitivityLabel } from '../../lib/private/contract';
import { fitsModel } from '../wire/model';
import { atLocations } from './providers';
import { type Fence, isWithin } from './residency';
import type { Target } from './target';

/** What a call's placement is held to. */
export interface Placement {
  readonly label: SensitivityLabel;
  /** It stays within each of them. */
  readonly fences: readonly Fence[];
}

const ANYWHERE: Placement = { label: 'public', fences: [] };

/** What all who have a say ask for together: the most sensitive label, and every fence. */
export function placementOf(asked: readonly (PlacementConfig | undefined)[]): Placement {
  let label = 0;
  let fences: Fence[] | undefined;
  for (const one of asked) {
    if (one?.sensitivity !== undefined) label = Math.max(label, SENSITIVITIES.indexOf(one.sensitivity));
    if (one?.residency !== undefined) {
      fences ??= [];
      fences.push(one.residency);
    }
  }
  return label === 0 && fences === undefined ? ANYWHERE : { label: SENSITIVITIES[label] as SensitivityLabel, fences: fences ?? [] };
}

/** Those targets that a call may go to, each with those of its locations alone that the call may be processed at. */
export function permitted(targets: readonly Target[], placement: Placement, sensitive: SensitiveTargets = {}): readonly Target[] {
  if (placement === ANYWHERE && sensitive.public === undefined) return targets;
  const { label, fences } = placement;
  const patterns = sensitive[label] ?? (label === 'public' ? undefined : []);
  const allowed = patterns === undefined ? targets : targets.filter(({ name }) => patterns.some((pattern) => fitsModel(pattern, name)));
  return fences.length === 0 ? allowed : allowed.flatMap((target) => within(target, fences) ?? []);
}

function within(target: Target, fences: readonly Fence[]): Target | undefined {
  const { provider, model } = target;
  const kept = provider.locations.filter((location) => isWithin(provider.areasOf(model, location), fences));
  if (kept.length === provider.locations.length) return target;
  return kept.length === 0 ? undefined : { ...target, provider: atLocations(provider, kept) };
}
