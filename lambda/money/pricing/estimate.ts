/** Models whose tokenizers count alike. */
export type TokenFamily = 'openai' | 'anthropic' | 'google' | 'other';

/**
 * How many more tokens a family counts than OpenAI's `o200k` for the same text: Latin script and code, the scripts of East Asia, all others.
 * Measured on prose, code and chat; for streams that end without usage, never for a bound.
 */
const FACTORS: Readonly<Record<TokenFamily, readonly [number, number, number]>> = {
  openai: [1, 1, 1],
  anthropic: [1.2, 1.35, 2],
  google: [1.05, 1, 1.1],
  other: [1.1, 1.2, 1.4],
};

/** Names of models by family, first match wins. */
const FAMILIES: readonly (readonly [RegExp, TokenFamily])[] = [
  [/claude/i, 'anthropic'],
  [/gemini|gemma/i, 'google'],
  [/(^|[/.])(gpt|o\d|chatgpt|codex|text-embedding)/i, 'openai'],
];

export function familyOf(model: string): TokenFamily {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? 'other';
}

/**
 * Estimates the tokens of a text in one pass over its characters. About 10 % off on average against the real tokenizer;
 * base64 and rare scripts are worse.
 */
export function estimateTokens(text: string, family: TokenFamily = 'openai'): number {
  let latin = 0;
  let east = 0;
  let other = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    const start = index;
    if (isLetter(code)) {
      while (index < text.length && isLetter(text.charCodeAt(index))) index++;
      latin += wordTokens(index - start);
    } else if (code >= 0x30 && code <= 0x39) {
      while (index < text.length && text.charCodeAt(index) >= 0x30 && text.charCodeAt(index) <= 0x39) index++;
      latin += Math.ceil((index - start) / 3);
    } else if (code <= 0x20) {
      while (index < text.length && text.charCodeAt(index) <= 0x20) index++;
      // One space belongs to the word that follows it.
      if (index - start > 1 || code !== 0x20) latin += 0.9;
    } else if (code < 0x80) {
      while (index < text.length && isPunctuation(text.charCodeAt(index))) index++;
      latin += 0.35 + 0.5 * (index - start);
    } else {
      index++;
      if (code >= 0xd800 && code <= 0xdfff) other += 0.9;
      else if (code >= 0x3040 && code <= 0x30ff) east += 0.75;
      else if (code >= 0x2e80 && code <= 0x9fff) east += 0.78;
      else if (code >= 0xac00 && code <= 0xd7a3) east += 0.6;
      else if (code < 0x250) latin += 0.4;
      else if (code < 0x530) other += 0.27;
      else if (code < 0x700) other += 0.3;
      else if (code >= 0x2000 && code < 0x2e80) other += 0.8;
      else other += 0.42;
    }
  }
  const [latinFactor, eastFactor, otherFactor] = FACTORS[family];
  return Math.ceil(latin * latinFactor + east * eastFactor + other * otherFactor);
}

/** Common words are one token; long ones fall apart. */
function wordTokens(length: number): number {
  return length <= 6 ? 1 : 1 + (length - 6) * 0.13;
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isPunctuation(code: number): boolean {
  return code > 0x20 && code < 0x80 && !isLetter(code) && !(code >= 0x30 && code <= 0x39);
}
