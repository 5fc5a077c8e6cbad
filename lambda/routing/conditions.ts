import type { ConditionConfig } from '../../lib/private/contract';
import { matchesAnyGlob, matchesGlob } from '../platform/runtime';
import type { Asked } from './asked';
import { hoursOf } from './hours';

/** The field of the condition that a call does not meet; undefined where it meets all. */
export type Condition = (asked: Asked) => string | undefined;

interface Check {
  readonly field: string;
  isMet(asked: Asked): boolean;
}

/** A condition as calls are held against it. What costs least is asked first. */
export function conditionOf(config: ConditionConfig): Condition {
  const checks = checksOf(config);
  return (asked) => {
    for (const check of checks) if (!check.isMet(asked)) return check.field;
    return undefined;
  };
}

function checksOf(config: ConditionConfig): readonly Check[] {
  const { tools, pictures, keys, teams, metadata, tags, hours } = config;
  const { min_input_tokens: least, max_input_tokens: most } = config;
  const checks: Check[] = [];
  const add = (field: string, isMet: Check['isMet']): void => void checks.push({ field, isMet });
  if (tools !== undefined) add('tools', ({ bringsTools }) => bringsTools === tools);
  if (pictures !== undefined) add('pictures', ({ holdsPictures }) => holdsPictures === pictures);
  if (keys !== undefined) add('keys', ({ keyId }) => matchesAnyGlob(keys, keyId));
  if (teams !== undefined) add('teams', ({ teamId }) => teamId !== undefined && matchesAnyGlob(teams, teamId));
  if (metadata !== undefined) add('metadata', ({ labels }) => suit(metadata, labels));
  if (tags !== undefined) add('tags', (asked) => suit(tags, asked.tags()));
  if (hours !== undefined) {
    const isWithin = hoursOf(hours);
    add('hours', ({ nowMs }) => isWithin(nowMs));
  }
  if (least !== undefined) add('min_input_tokens', (asked) => asked.mostInputTokens >= least && asked.inputTokens() >= least);
  if (most !== undefined) add('max_input_tokens', (asked) => asked.mostInputTokens <= most || asked.inputTokens() <= most);
  return checks;
}

/** Every pattern has a value that suits it. Names are callers' own words. */
function suit(patterns: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>): boolean {
  for (const name in patterns) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || !matchesGlob(patterns[name] as string, value)) return false;
  }
  return true;
}
