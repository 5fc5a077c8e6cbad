/** Waits, in milliseconds. */
export type Pause = (ms: number) => Promise<void>;

/** By a timer that keeps the process alive. */
export const pause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
