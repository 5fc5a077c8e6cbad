import type { GatewayError } from '../../platform/error';
import type { Clock } from '../../platform/runtime';

/** What an attempt told about its target; with the reason where waiting does not cure it. */
export type Verdict =
  | { readonly kind: 'good' }
  /** It failed in a way that says nothing about the next call. */
  | { readonly kind: 'failed'; readonly because?: GatewayError }
  /** It asked to be left alone. */
  | { readonly kind: 'limited'; readonly forMs: number; readonly because?: GatewayError };

/** Whether a target may be tried now. */
export type Admittance = { readonly open: true } | { readonly open: false; readonly retryAfterMs: number; readonly limited: boolean };

/** What this process lately learnt about each target. Keyed by provider, model and Region; bounded. */
export interface Cooldowns {
  /** Looks without changing anything. */
  look(target: string): Admittance;
  /** Whether a call may go there now. A target that rested because it failed gets one call a second until one succeeds. */
  enter(target: string): Admittance;
  /** The same, but lets one caller a second through to a target that is cooling down, so that it is not shut out for ever. */
  probe(target: string): Admittance;
  note(target: string, verdict: Verdict): void;
  /**
   * A call that had entered or probed told nothing: the next one may find out in its place.
   *
   * @param enteredMs monotonic
   */
  giveBack(target: string, enteredMs: number): void;
  /** Why a target that is left alone will not answer, where waiting does not cure it. */
  reasonOf(target: string): GatewayError | undefined;
}

const FAILURES_UNTIL_OPEN = 3;
const OPEN_MS = 10_000;
const LONGEST_MS = 300_000;
const PROBE_EVERY_MS = 1_000;
const MAX_TARGETS = 2_000;

interface State {
  failures: number;
  untilMs: number;
  probedMs: number;
  limited: boolean;
  because: GatewayError | undefined;
}

/** It failed too often to be believed before it answers again. */
function isOnTrial({ failures, limited }: State): boolean {
  return failures >= FAILURES_UNTIL_OPEN && !limited;
}

export function createCooldowns(clock: Clock): Cooldowns {
  const states = new Map<string, State>();

  const look = (target: string): Admittance => {
    const state = states.get(target);
    if (state === undefined) return { open: true };
    const now = clock.monotonic();
    const left = Math.max(state.untilMs, isOnTrial(state) ? state.probedMs + PROBE_EVERY_MS : 0) - now;
    return left <= 0 ? { open: true } : { open: false, retryAfterMs: left, limited: state.limited };
  };

  return {
    look,
    enter(target) {
      const admittance = look(target);
      const state = states.get(target);
      if (admittance.open && state !== undefined && isOnTrial(state)) state.probedMs = clock.monotonic();
      return admittance;
    },
    probe(target) {
      const admittance = look(target);
      const state = states.get(target);
      if (admittance.open || state === undefined) return admittance;
      const now = clock.monotonic();
      if (now - state.probedMs < PROBE_EVERY_MS) return admittance;
      state.probedMs = now;
      return { open: true };
    },
    giveBack(target, enteredMs) {
      const state = states.get(target);
      // Whoever came later has a place of its own.
      if (state !== undefined && state.probedMs <= enteredMs) state.probedMs = Number.NEGATIVE_INFINITY;
    },
    reasonOf: (target) => (look(target).open ? undefined : states.get(target)?.because),
    note(target, verdict) {
      if (verdict.kind === 'good') {
        states.delete(target);
        return;
      }
      let state = states.get(target);
      if (state === undefined) {
        if (states.size >= MAX_TARGETS) states.clear();
        state = { failures: 0, untilMs: 0, probedMs: 0, limited: false, because: undefined };
        states.set(target, state);
      }
      state.failures += 1;
      state.because = verdict.because;
      const now = clock.monotonic();
      const cool = (forMs: number, limited: boolean): void => {
        const untilMs = now + Math.min(forMs, LONGEST_MS);
        // The next probe is due a while after what has just been seen.
        state.probedMs = now;
        if (untilMs <= state.untilMs) return;
        state.untilMs = untilMs;
        state.limited = limited;
      };
      if (verdict.kind === 'limited') cool(verdict.forMs, true);
      else if (state.failures >= FAILURES_UNTIL_OPEN) cool(OPEN_MS, false);
    },
  };
}
