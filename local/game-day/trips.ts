/** When a call was under way, in ms of one clock. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** How often somebody waited, one time after the other: a call that begins when another has ended may have waited for it. */
export function tripsOf(calls: readonly Span[]): number {
  let trips = 0;
  let firstEndMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of [...calls].sort((one, other) => one.startMs - other.startMs)) {
    if (startMs >= firstEndMs) {
      trips += 1;
      firstEndMs = endMs;
    } else firstEndMs = Math.min(firstEndMs, endMs);
  }
  return trips;
}
