import type { CapabilitiesConfig, ModelConfig, PriceAdjustmentConfig } from '../../lib/private/contract';
import type { PriceFields, PriceOverride } from '../money/pricing';
import { matchesModel } from '../platform/runtime';
import type { ModelOverride } from './overrides';

/** What an administrator says of models, beside where aliases lead: at run time or, before that, at deployment. */
export interface ModelFacts {
  /** `provider/model` or a glob of such names. */
  readonly id: string;
  readonly capabilities?: CapabilitiesConfig;
  readonly usdPerMillionTokens?: PriceFields;
  readonly free?: boolean;
  /** 0: from the document. */
  readonly generation: number;
  readonly updatedAt: string;
}

/** What was said of models, run-time changes first. */
export function modelFacts(deployed: readonly ModelConfig[], changed: readonly ModelOverride[]): readonly ModelFacts[] {
  return [
    ...changed.filter(saysFacts),
    ...deployed.map(({ usd_per_million_tokens: prices, ...rest }) => ({
      ...rest,
      ...(prices === undefined ? {} : { usdPerMillionTokens: prices }),
      generation: 0,
      updatedAt: '',
    })),
  ];
}

/**
 * What was said of a model, undefined when nothing was. Facts of its own name go before those of a glob, and of two the one that was said
 * first in the list.
 *
 * @param name `provider/model`
 */
export function capabilitiesSaid(facts: readonly ModelFacts[], name: string): CapabilitiesConfig | undefined {
  const said = facts.filter(({ id, capabilities }) => capabilities !== undefined && matchesModel(id, name));
  if (said.length === 0) return undefined;
  const isExact = ({ id }: ModelFacts): boolean => id.toLowerCase() === name.toLowerCase();
  const inOrder = [...said.filter(isExact), ...said.filter((one) => !isExact(one))];
  return Object.assign({}, ...inOrder.reverse().map(({ capabilities }) => capabilities));
}

/**
 * The same as prices: a price goes before, then what is charged on top of it by the document, then what was said of models with their window
 * and their longest answer.
 */
export function withModelFacts(
  prices: readonly PriceOverride[],
  facts: readonly ModelFacts[],
  adjustments: readonly PriceAdjustmentConfig[] = [],
): readonly PriceOverride[] {
  if (facts.length === 0 && adjustments.length === 0) return prices;
  return [...prices, ...adjustments.map(asAdjustment), ...facts.flatMap(asPrice)];
}

function asAdjustment({ id, percent, team_percent: teamPercent }: PriceAdjustmentConfig): PriceOverride {
  return {
    id,
    ...(percent === undefined ? {} : { percent }),
    ...(teamPercent === undefined ? {} : { teamPercent }),
    generation: 0,
    updatedAt: '',
  };
}

function saysFacts({ capabilities, usdPerMillionTokens, free }: ModelOverride): boolean {
  return capabilities !== undefined || usdPerMillionTokens !== undefined || free !== undefined;
}

function asPrice({ id, capabilities = {}, usdPerMillionTokens, free, generation, updatedAt }: ModelFacts): PriceOverride[] {
  const [contextWindow, maxOutputTokens] = [capabilities['context_window'], capabilities['max_output_tokens']];
  const said = {
    ...(usdPerMillionTokens === undefined ? {} : { usdPerMillionTokens }),
    ...(free === undefined ? {} : { free }),
    ...(typeof contextWindow === 'number' ? { contextWindow } : {}),
    ...(typeof maxOutputTokens === 'number' ? { maxOutputTokens } : {}),
  };
  return Object.keys(said).length === 0 ? [] : [{ id, generation, updatedAt, ...said }];
}
