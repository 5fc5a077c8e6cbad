/** How fast a place answers, as calls of late measured it. */
export interface Speed {
  timeToFirstTokenMs: number | undefined;
  /** Mean deviation of it. */
  deviationMs: number;
  /** The longest of late, whether a token came in the end or not; it is forgotten slowly. */
  longestMs: number;
  tokensPerSecond: number | undefined;
  /** Calls that were measured here. */
  samples: number;
  /** Monotonic, of the last. */
  measuredMs: number;
  /** Somebody chooses by it, so that it is worth telling. */
  wanted: boolean;
  /** What was told last, by whomever: epoch ms, and the time to the first token. */
  told: SharedSpeed | undefined;
}

/** As processes tell each other. */
export interface SharedSpeed {
  readonly timeToFirstTokenMs: number;
  readonly tokensPerSecond: number | undefined;
  /** Epoch ms. */
  readonly at: number;
}

/** Each measurement moves the figures by so much; one that comes after a while of silence by more, for it is nearly all that is known. */
const LEAST_WEIGHT = 0.25;
const HALF_LIFE_MS = 10_000;
/** Of the longest silence, with each answer. */
const FORGETS = 0.02;
/** So many measurements are worth more than what others say. */
const ENOUGH_SAMPLES = 3;
/** What was told is told again after so long, or when it is off by so much. */
const TELL_AGAIN_MS = 60_000;
const OFF_BY = 0.25;
/** Nobody's figures are believed for longer. */
const OLDEST_MS = 600_000;

export function createSpeed(): Speed {
  return {
    timeToFirstTokenMs: undefined,
    deviationMs: 0,
    longestMs: 0,
    tokensPerSecond: undefined,
    samples: 0,
    measuredMs: 0,
    wanted: false,
    told: undefined,
  };
}

export function noteFirstToken(speed: Speed, afterMs: number, nowMs: number): void {
  const mean = speed.timeToFirstTokenMs;
  if (mean === undefined) {
    speed.timeToFirstTokenMs = afterMs;
    speed.deviationMs = afterMs / 2;
  } else {
    const weight = weightAt(speed, nowMs);
    speed.deviationMs += (Math.abs(afterMs - mean) - speed.deviationMs) * weight;
    speed.timeToFirstTokenMs = mean + (afterMs - mean) * weight;
  }
  speed.longestMs = Math.max(afterMs, speed.longestMs - (speed.longestMs - afterMs) * FORGETS);
  speed.samples += 1;
  speed.measuredMs = nowMs;
}

/** It was left before it said anything: the next one has more patience, for it may only be slow. */
export function noteSilence(speed: Speed, forMs: number): void {
  speed.longestMs = Math.max(speed.longestMs, forMs);
}

function weightAt({ measuredMs }: Speed, nowMs: number): number {
  return Math.max(LEAST_WEIGHT, 1 - 2 ** (-(nowMs - measuredMs) / HALF_LIFE_MS));
}

export function noteRate(speed: Speed, tokens: number, inMs: number, nowMs: number): void {
  const rate = (tokens * 1_000) / Math.max(1, inMs);
  const before = speed.tokensPerSecond;
  speed.tokensPerSecond = before === undefined ? rate : before + (rate - before) * weightAt(speed, nowMs);
}

/** What is worth telling others now. @param now epoch ms @param random 0 to 1, so that not all tell at once */
export function worthTelling(speed: Speed, now: number, random: number): SharedSpeed | undefined {
  const { timeToFirstTokenMs: mine, tokensPerSecond, told, samples, wanted } = speed;
  if (!wanted || mine === undefined || samples < ENOUGH_SAMPLES) return undefined;
  const isOld = told === undefined || now - told.at > TELL_AGAIN_MS * (1 + random);
  if (!isOld && Math.abs(told.timeToFirstTokenMs - mine) <= OFF_BY * told.timeToFirstTokenMs) return undefined;
  return { timeToFirstTokenMs: Math.round(mine), tokensPerSecond, at: now };
}

/** What others measured, for whoever has measured little. @param now epoch ms @param nowMs monotonic */
export function learn(speed: Speed, shared: SharedSpeed, now: number, nowMs: number): void {
  if (now - shared.at > OLDEST_MS) return;
  speed.told = shared;
  if (speed.samples >= ENOUGH_SAMPLES) return;
  speed.timeToFirstTokenMs = shared.timeToFirstTokenMs;
  speed.deviationMs = shared.timeToFirstTokenMs / 2;
  speed.tokensPerSecond = shared.tokensPerSecond ?? speed.tokensPerSecond;
  speed.measuredMs = nowMs - Math.max(0, now - shared.at);
}
