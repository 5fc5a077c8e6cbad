import type { CancellationToken } from '../../platform/runtime';
import type { Grounding, GuardVerdict, Way } from '../managed';

/** One question to a service. */
export interface Question {
  readonly texts: readonly string[];
  readonly direction: Way;
  readonly requestId: string;
  /** No answer is waited for longer. */
  readonly timeoutMs: number;
  readonly wanted: CancellationToken;
  readonly grounding?: Grounding | undefined;
}

/** What a service says of the texts of one question. */
export type ServiceVerdict = Omit<GuardVerdict, 'checkedCharacters'>;

/** A service that looks at texts. */
export interface GuardService {
  /** What one question may hold. */
  readonly mostTexts: number;
  readonly mostCharacters: number;
  /** Longest that an answer is waited for. */
  readonly timeoutMs: number;
  /** Rejects where there is no verdict; the error's `cause` says why in a word for the log. */
  ask(question: Question): Promise<ServiceVerdict>;
}

/** There is no verdict. The message is ours and names nothing of what was sent or answered. */
export class NoVerdict extends Error {
  public constructor(
    public readonly why: NoVerdictReason,
    cause?: unknown,
  ) {
    super(`no verdict: ${why}`, { cause });
    this.name = 'NoVerdict';
  }
}

/** `refused`: the service answered, with an error. `malformed`: with what is no verdict. */
export type NoVerdictReason = 'unreachable' | 'timeout' | 'refused' | 'malformed' | 'resting';
