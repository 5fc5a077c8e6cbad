/** A time of day, in whole minutes. */
export interface DailyHours {
  /** First minute, such as `22:00`. */
  readonly from: string;

  /** The minute that it ends with, not included; earlier than `from` where it ends on the next day. */
  readonly to: string;

  /**
   * IANA name of the zone that the clock stands in, such as `Europe/Berlin`.
   *
   * @default UTC
   */
  readonly timeZone?: string;

  /**
   * Days on which it begins: `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
   *
   * @default - every day
   */
  readonly days?: string[];
}

/** Which calls a target is for: every field that is given must hold. Values may be patterns, with `*` for any characters. */
export interface RouteCondition {
  /**
   * Labels that the caller sends with the call, in `x-gateway-metadata` or `x-gateway-tags`, by name.
   *
   * @default - any
   */
  readonly metadata?: { [label: string]: string };

  /**
   * Tags that administrators bound to the key, its user, project or team, by name.
   *
   * @default - any
   */
  readonly tags?: { [tag: string]: string };

  /**
   * Ids of the keys.
   *
   * @default - any
   */
  readonly keys?: string[];

  /**
   * Ids of the teams.
   *
   * @default - any
   */
  readonly teams?: string[];

  /**
   * Tokens that the prompt has at least, as the gateway estimates them.
   *
   * @default 0
   */
  readonly minInputTokens?: number;

  /**
   * Tokens that the prompt has at most, as the gateway estimates them.
   *
   * @default - no limit
   */
  readonly maxInputTokens?: number;

  /**
   * `true`: calls that bring tools; `false`: those that bring none.
   *
   * @default - both
   */
  readonly tools?: boolean;

  /**
   * `true`: calls that hold pictures; `false`: those that hold none.
   *
   * @default - both
   */
  readonly pictures?: boolean;

  /**
   * When the call comes.
   *
   * @default - at any time
   */
  readonly hours?: DailyHours;
}
