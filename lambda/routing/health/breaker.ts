import type { Clock } from '../../platform/runtime';
import type { PlaceRecord } from './place-record';
import type { Admittance, Verdict } from './verdict';

export const FAILURES_UNTIL_OPEN = 3;
export const LONGEST_REST_MS = 300_000;
/** A place that does not answer gets one call in this time, of all processes together, until it does. */
export const PROBE_EVERY_MS = 1_000;
/** A claim that was not used for so long is nobody's. */
const CLAIM_MS = 2_000;

/** It failed too often to be believed before it answers again. */
export function isOnTrial({ failures, limited }: PlaceRecord): boolean {
  return failures >= FAILURES_UNTIL_OPEN && !limited;
}

/** Looks without changing anything. */
export function look(record: PlaceRecord | undefined, nowMs: number): Admittance {
  if (record === undefined) return OPEN;
  const probeMs = isOnTrial(record) ? record.probedMs + PROBE_EVERY_MS : 0;
  const leftMs = Math.max(record.restUntilMs, probeMs) - nowMs;
  return leftMs <= 0 ? OPEN : { open: false, retryAfterMs: leftMs, limited: record.limited };
}

export const OPEN: Admittance = { open: true };

/** Whether somebody has to find out before everybody comes. */
export function needsProbe(record: PlaceRecord | undefined, nowMs: number): boolean {
  return record !== undefined && isOnTrial(record) && look(record, nowMs).open;
}

/** Whether a call may go there now. One that failed too often gets one call a second until one succeeds. */
export function enter(record: PlaceRecord | undefined, nowMs: number): Admittance {
  const admittance = look(record, nowMs);
  if (!admittance.open || record === undefined || !isOnTrial(record)) return admittance;
  return takeProbe(record, nowMs);
}

/** The same, but lets one caller a second through to a place that rests, so that it is not shut out for ever. */
export function probe(record: PlaceRecord | undefined, nowMs: number): Admittance {
  if (record === undefined || (look(record, nowMs).open && !isOnTrial(record))) return OPEN;
  const waitMs = record.probedMs + PROBE_EVERY_MS - nowMs;
  if (waitMs > 0) return { open: false, retryAfterMs: waitMs, limited: record.limited };
  return takeProbe(record, nowMs);
}

/**
 * Only who has asked the table may find out, for another process may be the one. Where the table did not answer, each process goes by its
 * own watch.
 */
function takeProbe(record: PlaceRecord, nowMs: number): Admittance {
  const { claim } = record;
  if (claim === undefined || !isFresh(record, nowMs)) return { open: false, retryAfterMs: PROBE_EVERY_MS, limited: record.limited };
  claim.used = true;
  record.probedMs = nowMs;
  return claim.granted === false ? { open: false, retryAfterMs: PROBE_EVERY_MS, limited: record.limited } : OPEN;
}

function isFresh({ claim }: PlaceRecord, nowMs: number): boolean {
  return claim !== undefined && !claim.used && nowMs - claim.askedMs <= CLAIM_MS;
}

/** Whether the table has to be asked before somebody finds out: what was granted and not used holds for a while. */
export function needsClaim(record: PlaceRecord, nowMs: number): boolean {
  return !isFresh(record, nowMs) || record.claim?.granted !== true;
}

/** A call that had come told nothing: the next one may find out in its place. */
export function giveBack(record: PlaceRecord, enteredMs: number): void {
  // Whoever came later has a place of its own.
  if (record.probedMs > enteredMs) return;
  record.probedMs = Number.NEGATIVE_INFINITY;
  if (record.claim !== undefined) record.claim.used = false;
}

/** It began to answer: whoever waits for that may come, and the next failure lets it rest again. */
export function believe(record: PlaceRecord): void {
  if (record.failures >= FAILURES_UNTIL_OPEN) record.failures = FAILURES_UNTIL_OPEN - 1;
  record.restUntilMs = 0;
}

/** Its next failure lets it rest. */
export function doubt(record: PlaceRecord): void {
  record.failures = Math.max(record.failures, FAILURES_UNTIL_OPEN - 1);
}

/** It answered. */
export function forgive(record: PlaceRecord): void {
  record.failures = 0;
  record.restUntilMs = 0;
  record.limited = false;
  record.because = undefined;
  record.trippedAt = 0;
}

/**
 * It failed.
 *
 * @returns for how long it rests now; undefined: it does not, or has longer to rest
 */
export function fail(record: PlaceRecord, verdict: Exclude<Verdict, { kind: 'good' }>, clock: Clock): number | undefined {
  record.failures += 1;
  record.because = verdict.because;
  if (verdict.kind === 'failed' && record.failures < FAILURES_UNTIL_OPEN) return undefined;
  const limited = verdict.kind === 'limited';
  return rest(record, limited ? verdict.forMs : verdict.restMs, limited, clock);
}

/** Of two rests the longer one counts. */
export function rest(record: PlaceRecord, forMs: number, limited: boolean, clock: Clock): number | undefined {
  const nowMs = clock.monotonic();
  const heldMs = Math.min(forMs, LONGEST_REST_MS);
  // The next probe is due a while after what has just been seen.
  record.probedMs = nowMs;
  record.trippedAt = clock.now();
  if (nowMs + heldMs <= record.restUntilMs) return undefined;
  record.restUntilMs = nowMs + heldMs;
  record.limited = limited;
  return heldMs;
}
