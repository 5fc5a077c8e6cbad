/** What conditions and filters know of a call, whatever its dialect. What takes work to find out is found when it is asked for. */
export interface Asked {
  /** That the caller sent with it; never for policy or money. */
  readonly labels: Readonly<Record<string, string>>;
  readonly keyId: string;
  readonly teamId: string | undefined;
  readonly bringsTools: boolean;
  readonly holdsPictures: boolean;
  readonly nowMs: number;
  /** That administrators bound to the key and the levels above it. */
  tags(): Readonly<Record<string, string>>;
  /** More than `inputTokens` can be. */
  readonly mostInputTokens: number;
  /** Of the prompt, as the gateway estimates it. */
  inputTokens(): number;
}
