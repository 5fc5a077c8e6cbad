import type { PriceUnit } from '../../wire/model';

/** Prices in US dollars per million tokens as decimal strings; an absent class is priced as its nearest dearer relative. */
export interface PriceFields {
  readonly input?: string;
  readonly output?: string;
  readonly cache_read?: string;
  readonly cache_write_5m?: string;
  readonly cache_write_1h?: string;
  readonly reasoning?: string;
  readonly audio_input?: string;
  readonly audio_output?: string;
  readonly audio_cache_read?: string;
  readonly image_input?: string;
  readonly image_output?: string;
}

/** A price changed at run time. */
export interface PriceOverride {
  /** `provider/model` or a glob of such names. */
  readonly id: string;
  /** The model costs nothing: no budget is touched. */
  readonly free?: boolean;
  readonly usdPerMillionTokens?: PriceFields;
  /** US dollars of one of what is billed beside tokens, as decimal strings. */
  readonly usdPerUnit?: Readonly<Partial<Record<PriceUnit, string>>>;
  /** US dollars a call of a server-side tool costs, as decimal strings by tool name. */
  readonly usdPerToolCall?: Readonly<Record<string, string>>;
  /** Percent on top of what the model costs, below zero for a discount: `-12.5`. */
  readonly percent?: string;
  /** Percent on top of that for calls of a team, by its id. */
  readonly teamPercent?: Readonly<Record<string, string>>;
  /** Tokens of input and output together that the model takes at most. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly generation: number;
  readonly updatedAt: string;
}
