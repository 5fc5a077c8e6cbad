/** Kinds of characters that tokenizers part words at. */
const LOWER = 0;
const UPPER = 1;
const DIGIT = 2;
const SPACE = 3;
const MARK = 4;
const LINE = 5;
const OTHER = 6;
const NOTHING = 7;

/**
 * Ten-thousandths of a token for a character of the kind of the column after one of the kind of the row. No less than `o200k` and `cl100k`
 * count on prose of any language, code, digits and base64; tokenizers that take each digit alone are covered.
 */
// biome-ignore format: a table
const WEIGHTS = Uint16Array.from([
  /* lower   */ 3_333, 9_500, 10_000, 1_000, 11_000, 6_000,
  /* upper   */ 3_333, 5_000, 10_000, 1_000, 8_000, 6_000,
  /* digit   */ 8_000, 8_000, 10_000, 1_000, 10_000, 6_000,
  /* space   */ 5_500, 9_500, 11_000, 2_000, 9_500, 6_000,
  /* mark    */ 8_000, 8_500, 10_000, 1_000, 6_500, 6_000,
  /* line    */ 8_000, 8_500, 10_000, 3_000, 9_500, 5_000,
  /* other   */ 8_000, 8_500, 10_000, 1_000, 8_000, 6_000,
  /* nothing */ 3_333, 8_000, 10_000, 1_000, 8_000, 6_000,
]);
const WHOLE = 10_000;

/** Beyond ASCII, by script: the first character of the next one, and ten-thousandths of a token for each of its UTF-16 units. */
const SCRIPTS: readonly (readonly [before: number, weight: number])[] = [
  [0x250, 18_000], // Latin with marks
  [0x370, 13_000],
  [0x400, 11_000], // Greek
  [0x530, 7_500], // Cyrillic
  [0x590, 23_000], // Armenian
  [0x600, 14_000], // Hebrew
  [0x700, 10_000], // Arabic
  [0xe00, 15_500], // of India
  [0xe80, 13_000], // Thai
  [0x10a0, 25_000], // Lao, Tibetan, Burmese
  [0x1100, 23_000], // Georgian
  [0x1200, 15_000],
  [0x1e00, 30_000], // Ethiopic, Khmer, ...
  [0x2000, 12_000],
  [0x2e80, 20_000], // signs
  [0x3040, 12_000],
  [0x3100, 11_000], // Japanese syllables
  [0xac00, 16_000], // Chinese characters
  [0xd7b0, 14_500], // Korean syllables
  [0xe000, 16_000], // pairs: emoji, rare characters
  [0x10000, 20_000],
];

const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => {
  if (code >= 0x61 && code <= 0x7a) return LOWER;
  if (code >= 0x41 && code <= 0x5a) return UPPER;
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  if (code === 0x20) return SPACE;
  return code < 0x20 ? LINE : MARK;
});

const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const ESCAPED_LINES = new Set(['n', 't', 'r', 'b', 'f']);

/**
 * How much text a model wrote, kept up piece by piece: for answers that end without a report. An estimate that is seldom too small and at
 * times twice too large, since a provider must not bill more than what is charged.
 */
export class WrittenText {
  /** UTF-16 units; in frames that are not parsed, as escaped there. */
  public characters = 0;
  #weight = 0;
  #last = NOTHING;

  public get tokens(): number {
    return Math.ceil(this.#weight / WHOLE);
  }

  public add(text: string): void {
    this.characters += text.length;
    let last = this.#last;
    let weight = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      weight += weightOf(last, code);
      last = kindOf(code);
    }
    this.#last = last;
    this.#weight += weight;
  }

  /** Adds a part of a JSON text that lies inside of one of its strings. */
  public addEscaped(json: string, from: number, to: number): void {
    this.characters += to - from;
    let last = this.#last;
    let weight = 0;
    for (let at = from; at < to; at++) {
      let code = json.charCodeAt(at);
      if (code === BACKSLASH) {
        code = escapedCode(json, at);
        at += json.charCodeAt(at + 1) === SMALL_U ? 5 : 1;
      }
      weight += weightOf(last, code);
      last = kindOf(code);
    }
    this.#last = last;
    this.#weight += weight;
  }
}

function kindOf(code: number): number {
  return code < 0x80 ? (KINDS[code] as number) : OTHER;
}

function weightOf(last: number, code: number): number {
  return code < 0x80 ? (WEIGHTS[last * OTHER + (KINDS[code] as number)] as number) : scriptWeight(code);
}

/** What the escape at a backslash stands for. */
function escapedCode(json: string, at: number): number {
  // A frame that is no JSON may hold a sign where digits belong.
  if (json.charCodeAt(at + 1) === SMALL_U) return Math.max(0, Number.parseInt(json.slice(at + 2, at + 6), 16) || 0);
  return ESCAPED_LINES.has(json[at + 1] ?? '') ? 0x0a : json.charCodeAt(at + 1);
}

function scriptWeight(code: number): number {
  for (const [before, weight] of SCRIPTS) if (code < before) return weight;
  return SCRIPTS[SCRIPTS.length - 1]?.[1] ?? 0;
}

/** The same of a whole text. */
export function mostTokens(text: string): number {
  const written = new WrittenText();
  written.add(text);
  return written.tokens;
}
