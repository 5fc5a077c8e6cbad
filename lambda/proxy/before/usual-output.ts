/** What calls of a key and model usually write: what token limits set aside for the next one. In memory, bounded. */
export interface UsualOutput {
  /** In tokens, over all choices. */
  of(keyId: string, model: string): number;
  note(keyId: string, model: string, tokens: number): void;
}

const AT_FIRST_TOKENS = 1_024;
/** Each call moves the figure by one part in so many. */
const PARTS = 8;
const MOST_KNOWN = 10_000;

export function createUsualOutput(): UsualOutput {
  const known = new Map<string, number>();
  const nameOf = (keyId: string, model: string): string => `${keyId}\u0000${model}`;
  const usual = (name: string): number => known.get(name) ?? AT_FIRST_TOKENS;

  return {
    of: (keyId, model) => Math.ceil(usual(nameOf(keyId, model))),
    note(keyId, model, tokens) {
      const name = nameOf(keyId, model);
      const before = usual(name);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(name, before + (tokens - before) / PARTS);
    },
  };
}
