import { setTimeout as delay } from 'node:timers/promises';
import type { Access } from './authorizer';
import type { AwsAnswer, AwsError } from './service';

/** A call that is about to be made: its caller is known and allowed to. */
export interface DisturbableCall {
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
  /** The caller's short name. */
  readonly principal: string;
  readonly accesses: readonly Access[];
}

/** What goes wrong with a call. For game days and for tests of what a caller does when AWS fails. */
export interface Disturbance {
  /** Waits this long before the call. */
  readonly delayMs?: number;
  /** Answered in place of the call, which is not made. */
  readonly error?: AwsError;
  /** The caller gets no answer: the call was not made (`before`) or was made (`after`). */
  readonly lost?: 'before' | 'after';
  /** How an answer is lost: the connection is cut, or nothing comes. Default: `cut`. */
  readonly manner?: 'cut' | 'hang';
}

/** Asked before each call; undefined lets it pass. */
export type Disturb = (call: DisturbableCall) => Disturbance | undefined;

/** Thrown when the connection has to be cut. */
export class AnswerLost extends Error {}

/**
 * Makes a call as disturbed.
 *
 * @param signal aborted when the caller goes away
 * @throws AwsError, AnswerLost
 */
export async function disturbed(
  { delayMs = 0, error, lost, manner }: Disturbance,
  run: () => AwsAnswer | Promise<AwsAnswer>,
  signal: AbortSignal,
): Promise<AwsAnswer> {
  if (delayMs > 0) await delay(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
  if (error !== undefined) throw error;
  if (lost === undefined) return run();
  if (lost === 'after') await run();
  if (manner === 'hang')
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));
  throw new AnswerLost();
}
