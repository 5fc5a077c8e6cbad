import { type GuardrailConfig, guardrailProblem, MANAGED_SEARCHES } from '../../lib/private/contract';
import { CallGuard } from './call-guard';
import type { Way } from './managed';
import { applied } from './policy';
import { checkPrompt } from './prompt';

/** What a policy makes of a text. */
export interface TriedPolicy {
  /** The gravest that a rule does about it; `pass` where none finds anything. */
  readonly action: string;
  /** In UTF-16 units of the text as given. */
  readonly findings: readonly { readonly type: string; readonly start: number; readonly end: number }[];
  /** As it would go on. */
  readonly text: string;
}

/**
 * Tries a policy on a text, without a gateway. What asks a service is not asked.
 *
 * @throws Error that names the field, for what is no policy
 */
export function tryPolicy(policy: unknown, text: string, direction: Way): TriedPolicy {
  const problem = guardrailProblem(policy);
  if (problem !== undefined) throw new Error(`${problem.field || 'the policy'} ${problem.problem}`);
  const guard = new CallGuard(applied([{ config: policy as GuardrailConfig }]));
  const { scanner } = guard.applied.ways[direction];
  const found = scanner?.scan(text) ?? [];
  const findings = found.map(({ type, start, end }) => ({ type, start, end }));
  if (direction === 'output') {
    guard.found(found, direction);
    return { action: guard.verdict, findings, text: guard.masked(text, found, direction) };
  }
  const whole = { place: 'message', path: 'text', text, form: 'text' } as const;
  const changed = checkPrompt(guard, [whole]).get(whole);
  return { action: guard.verdict, findings, text: changed ?? text };
}

/** Names of the rules of a policy that ask a service. */
export function rulesThatAsk({ rules }: Pick<GuardrailConfig, 'rules'>): readonly string[] {
  return rules.filter((rule) => MANAGED_SEARCHES.some((search) => rule[search] !== undefined)).map(({ name }) => name);
}
