import type { Clock } from '../../platform/runtime';

/** What was sent to a place in the minute that runs, by all processes as far as this one knows. Minutes are those of the wall clock, which all share. */
export interface MinuteCount {
  minute: number;
  readonly own: Sent;
  /** Of `own`, what others were told. */
  readonly told: Sent;
  /** What they sent, as last heard. */
  readonly others: Sent;
  /** A limit is configured for it, so that others should know. */
  isLimited: boolean;
}

export interface Sent {
  requests: number;
  tokens: number;
}

/** As processes tell each other: what is to be added, or what stands there. */
export interface SharedSent extends Readonly<Sent> {
  /** Of the wall clock, since 1970. */
  readonly minute: number;
}

const MINUTE_MS = 60_000;

export function minuteOf(clock: Pick<Clock, 'now'>): number {
  return Math.floor(clock.now() / MINUTE_MS);
}

export function createMinuteCount(): MinuteCount {
  return { minute: 0, own: nothing(), told: nothing(), others: nothing(), isLimited: false };
}

function nothing(): Sent {
  return { requests: 0, tokens: 0 };
}

function roll(count: MinuteCount, minute: number): void {
  if (count.minute === minute) return;
  count.minute = minute;
  for (const sent of [count.own, count.told, count.others]) sent.requests = sent.tokens = 0;
}

export function countSent(count: MinuteCount, tokens: number, minute: number): void {
  roll(count, minute);
  count.own.requests += 1;
  count.own.tokens += tokens;
}

/** How much all together sent in this minute. */
export function sentIn({ minute: counted, own, others }: MinuteCount, of: keyof Sent, minute: number): number {
  return counted === minute ? own[of] + others[of] : 0;
}

/** What others do not know yet; they do once it is told. */
export function tellSent(count: MinuteCount): SharedSent | undefined {
  const { minute, own, told } = count;
  const requests = own.requests - told.requests;
  const tokens = own.tokens - told.tokens;
  if (requests <= 0) return undefined;
  told.requests = own.requests;
  told.tokens = own.tokens;
  return { minute, requests, tokens };
}

/** What stands there holds our own part too, as far as it was told. */
export function hearSent(count: MinuteCount, { minute, requests, tokens }: SharedSent): void {
  if (minute < count.minute) return;
  roll(count, minute);
  count.others.requests = Math.max(0, requests - count.told.requests);
  count.others.tokens = Math.max(0, tokens - count.told.tokens);
}
