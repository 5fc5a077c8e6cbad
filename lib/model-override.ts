import type { ModelCapabilities } from './model-capabilities';

/** US dollars per million tokens, as decimals with at most nine places; a class without a price costs what its nearest dearer relative does. */
export interface TokenPrices {
  /**
   * Of input that no cache had.
   *
   * @default - as `output`
   */
  readonly input?: string;

  /**
   * Of what is written.
   *
   * @default - as `input`
   */
  readonly output?: string;

  /**
   * Of input that was read from a cache.
   *
   * @default - as `input`
   */
  readonly cacheRead?: string;

  /**
   * Of input that was written to a cache for five minutes.
   *
   * @default - as `input`
   */
  readonly cacheWrite5m?: string;

  /**
   * Of input that was written to a cache for an hour.
   *
   * @default - as `cacheWrite5m`
   */
  readonly cacheWrite1h?: string;

  /**
   * Of reasoning.
   *
   * @default - as `output`
   */
  readonly reasoning?: string;
}

/** What is said of a model. */
export interface ModelOverrideProps {
  /**
   * What it takes and gives, its context window and longest answer among it. What is left out stays as the catalogue knows it.
   *
   * @default - as the catalogue knows it
   */
  readonly capabilities?: ModelCapabilities;

  /**
   * What its tokens cost.
   *
   * @default - as the price book has it
   */
  readonly price?: TokenPrices;

  /**
   * It costs nothing, so no budget is touched.
   *
   * @default false
   */
  readonly free?: boolean;
}

/**
 * What a model can do and what it costs, in place of what the gateway's own catalogue and price book say: a model that is newer than the
 * release, or one of your own.
 *
 * The same can be changed without a deployment by `llm-gateway models set`, which goes before.
 */
export class ModelOverride {
  /**
   * Says something of a model.
   *
   * @param model `provider id/model`, such as `newco/x-9`, or a glob of such names, `newco/*`
   * @param props at least one of them
   */
  static of(model: string, props: ModelOverrideProps): ModelOverride {
    return new ModelOverride(model, props);
  }

  private constructor(
    /** The model, or the glob of models, as `provider id/model`. */
    readonly model: string,
    /** What is said of it. */
    readonly props: ModelOverrideProps,
  ) {}
}
