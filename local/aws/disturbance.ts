import { setTimeout as delay } from 'node:timers/promises';
import type { Access } from './authorizer';
import { type AwsAnswer, AwsError } from './service';

/** A call that is about to be made: its caller is known and allowed to. */
export interface DisturbableCall {
  /** As signatures name it, such as `dynamodb`. */
  readonly service: string;
  /** As the API names it, such as `TransactWriteItems`. */
  readonly action: string;
  /** The caller's short name. */
  readonly principal: string;
  readonly accesses: readonly Access[];
}

/** What goes wrong with a call. For game days and for tests of what a caller does when AWS fails. */
export interface Disturbance {
  /** The call is made so much later, also when its caller is gone by then. */
  readonly delayMs?: number;
  /** Nothing is wrong: it only takes as long as there. */
  readonly asInAws?: true;
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
 * @param gone aborted when the caller goes away
 * @param closing aborted when the stand-ins close: what is delayed until then is not made
 * @throws AwsError, AnswerLost
 */
export async function disturbed(
  { delayMs = 0, error, lost, manner }: Disturbance,
  run: () => Promise<AwsAnswer>,
  gone: AbortSignal,
  closing: AbortSignal,
): Promise<AwsAnswer> {
  if (delayMs > 0) await delay(delayMs, undefined, { signal: closing, ref: false }).catch(() => undefined);
  if (closing.aborted) throw new AnswerLost();
  if (error !== undefined) throw error;
  if (lost === undefined) return run();
  if (lost === 'after') await run().catch(ignoreRefusal);
  if (manner === 'hang') await aborted(gone);
  throw new AnswerLost();
}

/** A refusal is an answer too. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AwsError)) throw error;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
