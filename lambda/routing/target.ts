import type { ConfiguredProvider } from './providers';

/** One place a call may go to. */
export interface Target {
  readonly provider: ConfiguredProvider;
  /** The model's name at the provider. */
  readonly model: string;
  /** `provider/model`. */
  readonly name: string;
}
