import type { GuardAction, GuardRuleConfig } from '../../lib/private/contract';
import type { CancellationToken } from '../platform/runtime';

/** Which way texts go: to a model, or to the caller. */
export type Way = 'input' | 'output';

/** A rule that asks a service, of a policy that holds for a call. */
export interface ManagedRule {
  readonly policy: string;
  readonly version: string;
  readonly name: string;
  readonly action: GuardAction;
  /** What becomes of the call where no verdict comes: `block` refuses it. */
  readonly onFailure: 'block' | 'allow';
  readonly rule: GuardRuleConfig;
}

/** What of a prompt an answer is held against. */
export interface Grounding {
  readonly source: string;
  readonly query: string;
}

/** What a check belongs to. */
export interface GuardedCall {
  readonly direction: Way;
  readonly requestId: string;
  /** Monotonic ms: no verdict is waited for beyond it. */
  readonly deadlineMs: number;
  readonly wanted: CancellationToken;
  /** Of an answer that a rule wants to be held against it. */
  readonly grounding?: Grounding | undefined;
  /** What is found in one text does not end the search in the others. */
  readonly ofEach?: boolean;
}

/** What a service says of one text. */
export interface TextVerdict {
  readonly types: readonly string[];
  readonly scores: ReadonlyMap<string, number>;
}

/** What a service says of texts. */
export interface GuardVerdict {
  readonly blocked: boolean;
  /** The texts as they may go on, one for each that was asked of. Absent: as they are. */
  readonly masked?: readonly string[];
  /** What was found, as the service names it; never the text. */
  readonly types: readonly string[];
  /** How sure the service is of each of its categories, 0 to 1, where it says so. */
  readonly scores?: ReadonlyMap<string, number>;
  /** The same of each text, where it tells them apart. */
  readonly each?: readonly TextVerdict[];
  readonly costNanoUsd: bigint;
  readonly checkedCharacters: number;
}

/** What one managed rule asks. */
export interface ManagedGuard {
  /**
   * Never rejects for what was found.
   *
   * @throws GatewayError 503 `guardrail_unavailable` where no verdict came in time
   */
  check(texts: readonly string[], around: GuardedCall): Promise<GuardVerdict>;
  /** The most that checks of so many characters cost, as one or in windows over a stream, each held against so many others. */
  mostCostNanoUsd(characters: number, windows: 'whole' | 'stream', against: number): bigint;
}

/** Guards by their rules; each is made once. */
export interface ManagedGuards {
  of(rule: ManagedRule): ManagedGuard;
}
