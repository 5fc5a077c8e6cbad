import type { Clock } from '../../platform/runtime';
import type { AttemptReplies, AttemptStores } from './attempt';
import type { Plan } from './plan';
import { createSweeper } from './sweep';

/** Looked into after one refusal; the next refusal sees what is left. */
const MOST_HEALED = 4;

/**
 * Resolves requests that died and still hold money on a counter that has just refused: the refusal shows its map of entries. Done after the
 * answer, so that the next request need not wait for a sweep. Never rejects.
 */
export function createHealing(
  stores: AttemptStores & { readonly clock: Clock },
): (plan: Plan, replies: AttemptReplies) => Promise<void> | undefined {
  const sweeper = createSweeper(stores);
  return (plan, replies) => {
    const now = stores.clock.now();
    const dead = plan.counters.flatMap(({ spec }, index) => {
      const reply = replies.counters[index];
      if (reply?.ok !== true || reply.value.kind !== 'insufficient') return [];
      const entries = [...reply.value.state.open].filter(([, { expiresAtMs }]) => expiresAtMs < now);
      return entries.map(([id, { nanoUsd }]) => ({ id, entry: { counter: spec.key, nanoUsd } }));
    });
    if (dead.length === 0) return undefined;
    const healed = dead.slice(0, MOST_HEALED).map(({ id, entry }) => sweeper.sweepRequest(id, entry));
    return Promise.allSettled(healed).then(() => undefined);
  };
}
