/** Waits, in milliseconds. */
export type Pause = (ms: number) => Promise<void>;

/** By a timer that keeps the process alive. */
export const pause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets everything go first that has come in by now. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
