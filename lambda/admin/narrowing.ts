import { type BudgetConfig, type LimitsConfig, SENSITIVITIES, type SensitivityLabel } from '../../lib/private/contract';
import type { LevelRecord } from '../identity';
import type { LevelKind } from '../money/ledger';
import { formatUsd, usd } from '../money/pricing';
import { invalidRequest } from '../platform/error';
import { matchesGlob } from '../platform/runtime';
import { isNarrower } from '../routing';
import { coversModels } from '../wire/model';

/** What a level allows, as far as its children are concerned. */
export interface Allowance {
  readonly budgets?: readonly BudgetConfig[];
  readonly limits?: LimitsConfig;
  readonly models?: readonly string[];
  readonly serverTools?: readonly string[];
  readonly mayStore?: boolean;
  readonly sensitivity?: SensitivityLabel;
  readonly residency?: readonly string[];
}

export interface Parent extends Allowance {
  readonly kind: LevelKind;
  /** Its row, where it has one. */
  readonly record?: LevelRecord;
  readonly allowedTags?: readonly string[];
  readonly pinned?: readonly string[];
  /** As the message names it: `team "research"`. */
  readonly label: string;
}

const PERIODS: readonly BudgetConfig['period'][] = ['hour', 'day', 'week', 'month', 'lifetime'];
const PLAIN_LIMITS = ['requests_per_minute', 'requests_per_day', 'tokens_per_minute', 'tokens_per_day', 'concurrent_requests'] as const;

/**
 * A child may only narrow what its parents allow. Absent fields inherit, so they are always fine.
 *
 * @param now epoch ms; a parent's temporary increase counts until it expires
 * @throws GatewayError 400 that names the field, the parent and what it allows
 */
export function checkNarrows(child: Allowance, parents: readonly Parent[], now: number): void {
  for (const parent of parents) {
    for (const [index, glob] of (child.models ?? []).entries()) checkModel(glob, `models[${index}]`, parent);
    for (const [index, glob] of (child.serverTools ?? []).entries()) checkServerTool(glob, `server_tools[${index}]`, parent);
    if (child.mayStore === true && parent.mayStore === false) throw refuse('may_store', 'true', parent, 'no provider to keep calls');
    checkSensitivity(child.sensitivity, parent);
    checkResidency(child.residency, parent);
    for (const [index, budget] of (child.budgets ?? []).entries()) checkBudget(budget, `budgets[${index}]`, parent, now);
    if (child.limits !== undefined) checkLimits(child.limits, 'limits', parent, parent.limits);
  }
}

function refuse(field: string, value: string, parent: Parent, allowed: string) {
  return invalidRequest(
    field,
    `${field} is ${value}, but ${parent.label} allows ${allowed}: a child can only narrow its parent.`,
    'exceeds_parent',
  );
}

function checkModel(glob: string, field: string, parent: Parent): void {
  if (parent.models === undefined || parent.models.some((wide) => coversModels(wide, glob))) return;
  throw refuse(field, JSON.stringify(glob), parent, parent.models.length === 0 ? 'no model' : `only ${parent.models.join(', ')}`);
}

function checkServerTool(glob: string, field: string, parent: Parent): void {
  const allowed = parent.serverTools;
  if (allowed === undefined || allowed.some((wide) => matchesGlob(wide, glob))) return;
  throw refuse(field, JSON.stringify(glob), parent, allowed.length === 0 ? 'no server-side tool' : `only ${allowed.join(', ')}`);
}

function checkSensitivity(label: SensitivityLabel | undefined, parent: Parent): void {
  const least = parent.sensitivity;
  if (label === undefined || least === undefined || SENSITIVITIES.indexOf(label) >= SENSITIVITIES.indexOf(least)) return;
  throw refuse('sensitivity', label, parent, `nothing below ${least}`);
}

function checkResidency(fence: readonly string[] | undefined, parent: Parent): void {
  const wide = parent.residency;
  if (fence === undefined || wide === undefined) return;
  const index = fence.findIndex((area) => !isNarrower([area], wide));
  if (index >= 0) throw refuse(`residency[${index}]`, JSON.stringify(fence[index]), parent, `only ${wide.join(', ')}`);
}

/** Whether all that a budget's or limit's pattern counts is counted by a wider one as well; they count in any case of letters. */
function counts(wide: string, narrow: string): boolean {
  return coversModels(wide.toLowerCase(), narrow.toLowerCase());
}

function checkBudget(budget: BudgetConfig, field: string, parent: Parent, now: number): void {
  if (budget.soft === true) return;
  for (const bound of parent.budgets ?? []) {
    if (bound.soft === true || PERIODS.indexOf(bound.period) < PERIODS.indexOf(budget.period)) continue;
    // A budget of one model is only comparable with a budget that covers at least that model.
    if (bound.model !== undefined && (budget.model === undefined || !counts(bound.model, budget.model))) continue;
    const allowed = amountOf(bound, now);
    const wanted = amountOf(budget, now);
    if (wanted <= allowed) continue;
    const increased = usd(budget.limit_usd) <= allowed;
    const name = `${field}.${increased ? 'increase.limit_usd' : 'limit_usd'}`;
    throw refuse(name, `${formatUsd(wanted)} USD${increased ? ' in all' : ''}`, parent, `${formatUsd(allowed)} USD per ${bound.period}`);
  }
}

/** The limit with its temporary increase, in nano-USD. */
function amountOf(budget: BudgetConfig, now: number): bigint {
  const increase = budget.increase;
  const extra = increase === undefined || Date.parse(increase.expires_at) <= now ? 0n : usd(increase.limit_usd);
  return usd(budget.limit_usd) + extra;
}

function checkLimits(child: LimitsConfig, field: string, parent: Parent, bound: LimitsConfig | undefined): void {
  if (bound === undefined) return;
  checkPlain(child, field, parent, bound);
  for (const [glob, limits] of Object.entries(child.per_model ?? {})) {
    checkPlain(limits, `${field}.per_model.${glob}`, parent, bound);
    for (const [wide, allowed] of Object.entries(bound.per_model ?? {})) {
      if (counts(wide, glob)) checkPlain(limits, `${field}.per_model.${glob}`, parent, allowed);
    }
  }
}

function checkPlain(child: LimitsConfig, field: string, parent: Parent, bound: LimitsConfig): void {
  for (const name of PLAIN_LIMITS) {
    const value = child[name];
    const allowed = bound[name];
    if (value !== undefined && allowed !== undefined && value > allowed)
      throw refuse(`${field}.${name}`, String(value), parent, String(allowed));
  }
}
