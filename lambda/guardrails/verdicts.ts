import type { GuardVerdict, ManagedRule, Way } from './managed';
import type { Noted } from './noted';

/** Who keeps what was found in a call, and what finding it cost. */
export interface Noting {
  note(noted: Noted): void;
  charge(nanoUsd: bigint): void;
}

/** Keeps what a service said. */
export function noteVerdict(noting: Noting, rule: ManagedRule, { blocked, masked, types, costNanoUsd }: GuardVerdict, way: Way): void {
  noting.charge(costNanoUsd);
  if (!blocked && masked === undefined && types.length === 0) return;
  const does = blocked ? (rule.action === 'mask' ? 'block' : rule.action) : masked === undefined ? 'flag' : 'mask';
  const verdict = rule.action === 'flag' ? 'flag' : rule.action === 'route' && does === 'mask' ? 'route' : does;
  noting.note({ ...of(rule, way), verdict, types, findings: Math.max(1, types.length) });
}

/** Keeps that a service said nothing. What it billed until then is charged all the same. */
export function noteFailed(noting: Noting, rule: ManagedRule, error: unknown, way: Way): void {
  const { costNanoUsd } = error as { readonly costNanoUsd?: unknown };
  if (typeof costNanoUsd === 'bigint') noting.charge(costNanoUsd);
  noting.note({ ...of(rule, way), verdict: 'failed', types: [], findings: 0 });
}

function of({ policy, version, name }: ManagedRule, direction: Way): Pick<Noted, 'policy' | 'version' | 'rule' | 'direction'> {
  return { policy, version, rule: name, direction };
}
