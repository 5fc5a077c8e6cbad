import type { Clock } from '../../platform/runtime';
import { providerRefusal } from '../../wire/protocols';
import { FAILURES_UNTIL_OPEN, forgive, LONGEST_REST_MS, rest } from './breaker';
import { hearSent } from './minute-count';
import type { PlaceBook, PlaceRecord } from './place-record';
import type { SharedHealth, SharedPlace, SharedRest } from './ports';
import { learn } from './speed';

/** One process may have trouble of its own, such as a network that is broken; two that agree have seen the place fail. */
const ENOUGH_TELLERS = 2;
/** Nobody is believed for longer. */
const OLDEST_MS = 600_000;
/** How far another process's clock may be ahead. */
const SKEW_MS = 10_000;

/**
 * Takes over what other processes told, as far as this one does not know better.
 *
 * @returns what this process bears witness of, because its own call has just failed where only one other tells of it
 */
export function takeOver(book: PlaceBook, shared: SharedHealth, clock: Clock): readonly (readonly [place: string, rest: SharedRest])[] {
  const witnessed: [string, SharedRest][] = [];
  const now = clock.now();
  const nowMs = clock.monotonic();
  for (const [place, told] of shared) {
    if (told.sent !== undefined) hearSent(book.of(place).quota.count, told.sent);
    if (told.speed !== undefined) learn(book.of(place).speed, told.speed, now, nowMs);
    const known = book.find(place);
    const rests = told.rests.filter(({ at }) => at > Math.max(told.answeredAt, known?.answeredAt ?? 0) && isBelieved(at, now));
    if (known !== undefined && known.trippedAt > 0 && rests.length === 0 && told.answeredAt > known.trippedAt) {
      forgive(known);
      book.troubled.delete(place);
    }
    const latest = latestOf(rests);
    if (latest === undefined || !isEnough(rests, latest, known)) continue;
    const record = known ?? book.of(place);
    book.troubled.add(place);
    const forMs = Math.max(...rests.map(({ until }) => until)) - now;
    if (record.trippedAt < latest.at) {
      if (!latest.limited && rests.length < ENOUGH_TELLERS) witnessed.push([place, latest]);
      trip(record, latest, forMs, clock);
    } else if (forMs <= LONGEST_REST_MS) record.restUntilMs = Math.max(record.restUntilMs, nowMs + forMs);
    noteProbe(record, told, now, nowMs);
  }
  return witnessed;
}

function isBelieved(at: number, now: number): boolean {
  return at > now - OLDEST_MS && at < now + SKEW_MS;
}

function latestOf(rests: readonly SharedRest[]): SharedRest | undefined {
  return rests.reduce<SharedRest | undefined>((latest, one) => (latest === undefined || one.at > latest.at ? one : latest), undefined);
}

/** What a place asked for itself needs no second witness, and a failure of our own is one. */
function isEnough(rests: readonly SharedRest[], latest: SharedRest, known: PlaceRecord | undefined): boolean {
  return latest.limited || rests.length >= ENOUGH_TELLERS || (known?.failures ?? 0) > 0;
}

function trip(record: PlaceRecord, { at, limited, code }: SharedRest, forMs: number, clock: Clock): void {
  if (!limited) record.failures = Math.max(record.failures, FAILURES_UNTIL_OPEN);
  if (forMs > 0) rest(record, forMs, limited, clock);
  record.because = code === undefined ? undefined : providerRefusal(code);
  record.trippedAt = at;
}

/** Whoever set out to find out has a while to tell. */
function noteProbe(record: PlaceRecord, { probedAt }: SharedPlace, now: number, nowMs: number): void {
  if (probedAt > now + SKEW_MS || probedAt === record.claim?.askedAt) return;
  record.probedMs = Math.max(record.probedMs, nowMs - Math.max(0, now - probedAt));
}
