/** Microseconds between two requests of a steady stream at this limit. Rounded up: never faster than allowed. */
export function stepOf(limit: number, windowMs: number): number {
  return Math.ceil((windowMs * 1_000) / limit);
}
