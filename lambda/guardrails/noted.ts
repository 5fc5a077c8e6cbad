import type { GuardAction } from '../../lib/private/contract';
import type { Way } from './managed';

/** What becomes of a call by a rule, or that its check came to no end. */
export type Verdict = GuardAction | 'failed';

/** Something that a rule of a policy found, or could not look for. */
export interface Noted {
  readonly policy: string;
  readonly version: string;
  readonly rule: string;
  readonly direction: Way;
  readonly verdict: Verdict;
  readonly types: readonly string[];
  readonly findings: number;
}
