/** Settings of a call that a model takes. What is left out stays as the gateway's catalogue knows it; what nobody knows limits nothing. */
export interface ModelSettings {
  /**
   * Whether it takes `temperature`.
   *
   * @default - as the catalogue knows it
   */
  readonly temperature?: boolean;

  /**
   * The highest `temperature` that it takes.
   *
   * @default - as the catalogue knows it
   */
  readonly maxTemperature?: number;

  /**
   * Whether it takes `top_p`.
   *
   * @default - as the catalogue knows it
   */
  readonly topP?: boolean;

  /**
   * Whether it takes `top_k`.
   *
   * @default - as the catalogue knows it
   */
  readonly topK?: boolean;

  /**
   * Whether it takes `temperature` and `top_p` in one call.
   *
   * @default - as the catalogue knows it
   */
  readonly temperatureWithTopP?: boolean;

  /**
   * Whether it takes `temperature`, `top_p` and their like in a call that asks for an effort.
   *
   * @default - as the catalogue knows it
   */
  readonly samplingWithEffort?: boolean;

  /**
   * Whether it takes stop sequences.
   *
   * @default - as the catalogue knows it
   */
  readonly stop?: boolean;

  /**
   * Most stop sequences that a call may name.
   *
   * @default - as the catalogue knows it
   */
  readonly maxStop?: number;

  /**
   * Whether it takes `seed`.
   *
   * @default - as the catalogue knows it
   */
  readonly seed?: boolean;

  /**
   * Whether it gives log probabilities.
   *
   * @default - as the catalogue knows it
   */
  readonly logprobs?: boolean;

  /**
   * Whether it gives more than one answer a call.
   *
   * @default - as the catalogue knows it
   */
  readonly choices?: boolean;

  /**
   * Whether it takes `frequency_penalty` and `presence_penalty`.
   *
   * @default - as the catalogue knows it
   */
  readonly penalties?: boolean;

  /**
   * Whether it takes `logit_bias`.
   *
   * @default - as the catalogue knows it
   */
  readonly logitBias?: boolean;

  /**
   * Whether it takes `verbosity`.
   *
   * @default - as the catalogue knows it
   */
  readonly verbosity?: boolean;

  /**
   * Efforts that it can be asked for by name, of `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`. Empty: it takes none.
   *
   * @default - as the catalogue knows it
   */
  readonly efforts?: string[];

  /**
   * How thinking is asked for: `adaptive`, `budget`, `level`. Empty: it does not think.
   *
   * @default - as the catalogue knows it
   */
  readonly thinking?: string[];

  /**
   * The smallest budget of thinking, in tokens.
   *
   * @default - as the catalogue knows it
   */
  readonly minThinkingBudget?: number;

  /**
   * The largest budget of thinking, in tokens.
   *
   * @default - as the catalogue knows it
   */
  readonly maxThinkingBudget?: number;

  /**
   * Whether thinking can be switched off.
   *
   * @default - as the catalogue knows it
   */
  readonly thinkingOff?: boolean;

  /**
   * Whether what it thought goes back with its calls of tools, without which the next turn is refused.
   *
   * @default - as the catalogue knows it
   */
  readonly thinkingReturns?: boolean;

  /**
   * Whether it thinks where no effort is asked for.
   *
   * @default - as the catalogue knows it
   */
  readonly thinkingUnasked?: boolean;

  /**
   * Whether it takes an output cap of fewer than 16 tokens, as probes have; where not, such a cap is raised.
   *
   * @default - as the catalogue knows it
   */
  readonly tinyCaps?: boolean;
}
