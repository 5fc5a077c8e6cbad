/** What servers that are paid by the hour cost, and what they do in that time: together the price of a token. */
export interface CapacityPrice {
  /** US dollars an hour of all the servers behind the provider together, as a decimal string: `12.50`. */
  readonly usdPerHour: string;

  /** Tokens a second that they usually write, all calls together. */
  readonly tokensPerSecond: number;

  /**
   * Tokens a second of prompts that they usually read, all calls together.
   *
   * @default - as many as they write
   */
  readonly inputTokensPerSecond?: number;

  /**
   * Whether calls are charged by it, and set aside for. Otherwise it only says how dear the provider is beside others, for `Strategy.lowestCost()`.
   *
   * @default false
   */
  readonly charged?: boolean;
}
