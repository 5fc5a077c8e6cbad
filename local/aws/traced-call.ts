import type { Consumption } from '../dynamodb/units';
import type { RunningInvocation } from './callers';
import type { DisturbableCall, Disturbance } from './disturbance';
import { AnswerLost } from './disturbance';
import { AwsError } from './service';

/** One call of AWS, when it is over. */
export interface TracedCall extends DisturbableCall {
  /** Undefined outside of an invocation, such as while a function loads. */
  readonly invocation?: RunningInvocation;
  /** Epoch ms, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  readonly consumption: Consumption;
  /** The code of the error that was answered; `AnswerLost` when nothing was. */
  readonly error?: string;
  readonly disturbance?: Disturbance;
}

/** The name under which a trace knows what went wrong. The class's own will not do: bundles shorten it. */
export function errorCode(error: unknown): string {
  if (error instanceof AwsError) return error.code;
  return error instanceof AnswerLost ? 'AnswerLost' : 'InternalServerError';
}
