import type { ParametersConfig, TargetConfig } from '../../lib/private/contract';
import { type Condition, conditionOf } from './conditions';
import type { ConfiguredProvider } from './providers';

/** One place a call may go to. */
export interface Target {
  readonly provider: ConfiguredProvider;
  /** The model's name at the provider. */
  readonly model: string;
  /** `provider/model`. */
  readonly name: string;
  /** Tells it from the others of its route, and names it where its health is kept: its name, with the tier that calls are asked for there. */
  readonly key: string;
  /** Share of the calls beside the others' weights; 0: a standby. Default: 1. */
  readonly weight?: number;
  /** What the provider takes of this gateway, all callers together, as an administrator knows it. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Which calls it is for. Default: all. */
  readonly when?: Condition;
  /** What is written into calls that leave it open. */
  readonly parameters?: ParametersConfig;
}

/** A target without anything that a route says of it. */
export function plainTarget(provider: ConfiguredProvider, model: string): Target {
  const name = `${provider.id}/${model}`;
  return { provider, model, name, key: name };
}

export function targetOf(provider: ConfiguredProvider, model: string, config: TargetConfig): Target {
  const { weight, requests_per_minute, tokens_per_minute, when, parameters } = config;
  const plain = plainTarget(provider, model);
  const tier = parameters?.service_tier;
  return {
    ...plain,
    ...(tier === undefined ? {} : { key: `${plain.name}#${tier}` }),
    ...(weight === undefined ? {} : { weight }),
    ...(requests_per_minute === undefined ? {} : { requestsPerMinute: requests_per_minute }),
    ...(tokens_per_minute === undefined ? {} : { tokensPerMinute: tokens_per_minute }),
    ...(when === undefined ? {} : { when: conditionOf(when) }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** Whether it is asked only once the others cannot answer. */
export function isStandby({ weight }: Target): boolean {
  return weight === 0;
}
