/** Most characters that a token stands for in any text a model writes in earnest, and what wraps a short answer. */
const CHARACTERS_PER_TOKEN = 16;
const CHARACTERS_BESIDE = 4_096;

/** Characters of an answer that keeps to its cap, at most. */
export function mostCharacters(maxOutputTokens: number): number {
  return maxOutputTokens * CHARACTERS_PER_TOKEN + CHARACTERS_BESIDE;
}
