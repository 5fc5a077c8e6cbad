/** What levels have spent, by request's arrival; where a budget starts from whose counter is younger than its period. Seconds behind. */
export interface SpendStore {
  /**
   * Nano-USD that a level spent from one moment to another, quarter hours whole. Few reads, whatever the span.
   *
   * @param level `key#k1`; a tag's is `tag#name=value`
   * @param endMs may be infinite
   * @param model only what a budget that is narrowed to this pattern counts, and what may be that
   */
  between(level: string, startMs: number, endMs: number, nowMs: number, model?: string): Promise<bigint>;
}
