/** A request's money and limits are taken for dead this long after it began: the longest life of a function, and a minute. */
export const LIFETIME_MS = 16 * 60_000;
