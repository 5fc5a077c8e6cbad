import type { RoutedCall } from '../before/call';

/** Holds how many calls are also sent to what routes try out, behind their answers. */
export interface Shadows {
  /** Whether a call that was answered gets a shadow, which then counts as open. */
  take(call: RoutedCall, random: () => number, nowMs: number): boolean;
  giveBack(): void;
}

/** So many run in a process at once; each holds a call's body. */
const MOST_OPEN = 20;
/** With less of the process's time left no answer can be expected. */
const LEAST_MS = 5_000;

export function createShadows(): Shadows {
  let open = 0;
  return {
    take({ resolution: { shadow }, exchange }, random, nowMs) {
      if (shadow === undefined || random() >= shadow.share) return false;
      if (open >= MOST_OPEN || exchange.deadlineMs - nowMs < LEAST_MS) return false;
      open += 1;
      return true;
    },
    giveBack() {
      open -= 1;
    },
  };
}
