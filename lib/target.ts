import type { RouteCondition } from './route-condition';

/** What is written into a call that leaves it open. What the caller says stays as it is. */
export interface TargetParameters {
  /**
   * Sampling temperature.
   *
   * @default - as the caller or the model has it
   */
  readonly temperature?: number;

  /**
   * Nucleus sampling.
   *
   * @default - as the caller or the model has it
   */
  readonly topP?: number;

  /**
   * How much the model is to think: `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`.
   *
   * @default - as the caller or the model has it
   */
  readonly effort?: string;

  /**
   * Tier at which the provider is to serve the call, such as `flex` or `priority`, where it has that. The call is bounded and charged by its price.
   *
   * @default - as the caller or the provider has it
   */
  readonly serviceTier?: string;

  /**
   * Tokens that the answer may have at most.
   *
   * @default - as the caller or the model has it
   */
  readonly maxOutputTokens?: number;
}

/** What a route says of one of its targets. */
export interface TargetOptions {
  /**
   * Share of the calls beside the other targets' weights, for strategies that share. 0 makes it a standby, in any strategy: it is asked once
   * the others cannot answer. A canary is a target with a small weight.
   *
   * @default 1
   */
  readonly weight?: number;

  /**
   * Requests a minute that the provider takes of this gateway, all callers together. A target whose quota is used up stands behind the others.
   *
   * @default - as far as the provider's answers tell
   */
  readonly requestsPerMinute?: number;

  /**
   * Tokens a minute that the provider takes of this gateway, all callers together.
   *
   * @default - as far as the provider's answers tell
   */
  readonly tokensPerMinute?: number;

  /**
   * When it may be asked: all that is given must hold. Name a target twice for alternatives; of one that fits more than once the first counts.
   *
   * @default - always
   */
  readonly when?: RouteCondition;

  /**
   * What is written into calls that leave it open.
   *
   * @default - nothing
   */
  readonly parameters?: TargetParameters;
}

/** One place to which a route may send a call: a model at a provider. */
export class Target {
  /**
   * A model at a configured provider.
   *
   * @param model the provider's id, a slash, and the model's name at that provider, such as `anthropic/claude-sonnet-5-5`;
   * `anthropic/*` passes on the name that the caller asked for
   * @param options its share, its quotas, and when it may be asked
   */
  static model(model: string, options: TargetOptions = {}): Target {
    const slash = model.indexOf('/');
    if (slash <= 0 || slash === model.length - 1) {
      throw new Error(
        `target "${model}" is not "<provider id>/<model>"; write the provider's id first, for example "anthropic/claude-sonnet-5-5"`,
      );
    }
    return new Target(model.slice(0, slash), model.slice(slash + 1), options);
  }

  /**
   * One model at several keys or accounts of a provider, each a provider with an id of its own: a target for each of them.
   *
   * @param model the model's name at all of them
   * @param providers ids of the providers
   * @param options hold for each of them
   */
  static pool(model: string, providers: string[], options: TargetOptions = {}): Target[] {
    return providers.map((provider) => Target.model(`${provider}/${model}`, options));
  }

  private constructor(
    /** Id of the provider. */
    readonly provider: string,
    /** The model's name at that provider. */
    readonly modelName: string,
    /** What the route says of it. */
    readonly options: TargetOptions,
  ) {}
}
