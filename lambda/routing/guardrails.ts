import type { GuardrailConfig } from '../../lib/private/contract';
import type { GuardrailOverride } from './overrides';

/** A policy as it stands now. */
export interface GuardrailInForce {
  readonly config: GuardrailConfig;
  /** Of one that was made or changed at run time; raised with each change. */
  readonly generation?: number;
}

/** Policies by id. */
export type Guardrails = ReadonlyMap<string, GuardrailInForce>;

export function createGuardrails(deployed: readonly GuardrailConfig[] = [], changed: readonly GuardrailOverride[]): Guardrails {
  return new Map<string, GuardrailInForce>([
    ...deployed.map((config) => [config.id, { config }] as const),
    ...changed.map(({ generation, updatedAt: _updatedAt, ...config }) => [config.id, { config, generation }] as const),
  ]);
}
