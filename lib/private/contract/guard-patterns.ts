/** Most characters that a pattern can match, its repetitions counted: what streams hold back for it at most. */
export const MOST_PATTERN_POSITIONS = 128;
const LAST_UNIT = 0xffff;
const MOST_DEPTH = 16;

/** UTF-16 units, from one to another, both included. */
export type UnitRange = readonly [first: number, last: number];

/** What a pattern says. */
export type PatternNode =
  | { readonly kind: 'set'; readonly ranges: readonly UnitRange[] }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number };

/** A pattern, and whether a word must begin or end where it does. */
export interface GuardPattern {
  readonly node: PatternNode;
  readonly startsAtWord: boolean;
  readonly endsAtWord: boolean;
}

/** Why a pattern cannot be had. */
class PatternProblem extends Error {}

/** What is wrong with a pattern, as it follows the field's name in a sentence; undefined where nothing is. */
export function guardPatternProblem(pattern: string): string | undefined {
  try {
    parseGuardPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternProblem) return error.message;
    throw error;
  }
}

/**
 * Reads a pattern: characters, `.`, classes, `\d \w \s`, groups, `|`, `?`, `{n}`, `{n,m}`, `\b` at both ends, `(?i)` in front.
 *
 * @throws what `guardPatternProblem` tells, where it is no such pattern
 */
export function parseGuardPattern(pattern: string): GuardPattern {
  return new Parser(pattern).pattern();
}

const CLASSES: Readonly<Record<string, readonly UnitRange[]>> = {
  d: [[0x30, 0x39]],
  w: [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]],
  s: [[0x09, 0x0d], [0x20, 0x20]],
}; // biome-ignore format: a table
const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, r: 0x0d, f: 0x0c, v: 0x0b };
const NOT_A_LINE_END: readonly UnitRange[] = [
  [0x00, 0x09],
  [0x0b, 0x0c],
  [0x0e, LAST_UNIT],
];

class Parser {
  private index = 0;
  private depth = 0;
  private ignoresCase = false;

  constructor(private readonly text: string) {}

  pattern(): GuardPattern {
    if (this.takes('(?i)')) this.ignoresCase = true;
    const startsAtWord = this.takes('\\b');
    const node = this.choice();
    if (this.index < this.text.length) throw this.problem(this.index, 'closes no group');
    const endsAtWord = this.endedAtWord;
    if (least(node) === 0) throw new PatternProblem('matches the empty text: at least one character must stand in it');
    if (positions(node) > MOST_PATTERN_POSITIONS)
      throw new PatternProblem(
        `is too long: it has ${positions(node)} characters with its repetitions counted, ${MOST_PATTERN_POSITIONS} at most`,
      );
    return { node, startsAtWord, endsAtWord };
  }

  private endedAtWord = false;

  private choice(): PatternNode {
    if (++this.depth > MOST_DEPTH) throw this.problem(this.index, `is nested deeper than ${MOST_DEPTH}`);
    const parts = [this.sequence()];
    while (this.takes('|')) parts.push(this.sequence());
    this.depth--;
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'choice', parts };
  }

  private sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.index < this.text.length && this.text[this.index] !== '|' && this.text[this.index] !== ')') {
      if (this.text.startsWith('\\b', this.index)) this.wordEnd();
      else parts.push(this.repeated(this.atom()));
    }
    return { kind: 'sequence', parts };
  }

  /** `\b` behind everything. */
  private wordEnd(): void {
    if (this.index + 2 < this.text.length || this.depth > 1)
      throw this.problem(this.index, 'stands at the beginning or at the end of the pattern alone');
    this.index += 2;
    this.endedAtWord = true;
  }

  private atom(): PatternNode {
    const at = this.index;
    const character = this.next();
    if (character === '(') return this.group();
    if (character === '[') return { kind: 'set', ranges: this.inAnyCase(this.setOf(at)) };
    if (character === '.') return { kind: 'set', ranges: NOT_A_LINE_END };
    if (character === '\\') return { kind: 'set', ranges: this.inAnyCase(this.escaped(at)) };
    if (character === '^' || character === '$')
      throw this.problem(at, 'has no place: texts are read in pieces and have no beginning; \\b stands where a word begins or ends');
    if ('*+?{'.includes(character)) throw this.problem(at, 'repeats nothing');
    const unit = character.charCodeAt(0);
    return { kind: 'set', ranges: this.inAnyCase([[unit, unit]]) };
  }

  private group(): PatternNode {
    const at = this.index - 1;
    if (this.text[this.index] === '?' && !this.takes('?:'))
      throw this.problem(at, 'is neither (...) nor (?:...): nothing looks around, and groups have no names');
    const node = this.choice();
    if (!this.takes(')')) throw this.problem(at, 'is not closed');
    return node;
  }

  private repeated(part: PatternNode): PatternNode {
    const at = this.index;
    const character = this.text[at];
    if (character === '*' || character === '+')
      throw this.problem(
        at,
        `has no end, and a stream is held back for as long as a pattern can go on: write {${character === '*' ? 0 : 1},20}, or another most`,
      );
    let [fewest, most] = [1, 1];
    if (this.takes('?')) [fewest, most] = [0, 1];
    else if (this.takes('{')) [fewest, most] = this.counts(at);
    else return part;
    this.takes('?'); // It asks for the shortest match: what is found is all that matches.
    if ('*+?{'.includes(this.text[this.index] ?? ' ')) throw this.problem(this.index, 'repeats a repetition: put it into a group');
    return { kind: 'repeat', part, least: fewest, most };
  }

  private counts(at: number): [number, number] {
    const end = this.text.indexOf('}', at);
    const [, fewest, comma, most] = /^(\d{1,3})(,?)(\d{0,3})$/.exec(this.text.slice(at + 1, Math.max(at, end))) ?? [];
    if (fewest === undefined) throw this.problem(at, 'is no repetition: write {3} or {1,20}; a brace itself is written \\{');
    if (comma !== '' && most === '') throw this.problem(at, `has no end: write {${fewest},20}, or another most`);
    this.index = end + 1;
    const counts: [number, number] = [Number(fewest), Number(comma === '' ? fewest : most)];
    if (counts[1] < counts[0] || counts[1] === 0) throw this.problem(at, 'repeats at least more than at most');
    return counts;
  }

  private setOf(at: number): readonly UnitRange[] {
    const isNegated = this.takes('^');
    const ranges: UnitRange[] = [];
    while (!this.takes(']')) {
      if (this.index >= this.text.length) throw this.problem(at, 'is not closed');
      const from = this.index;
      const first = this.member(from);
      if (first.length > 1 || !this.text.startsWith('-', this.index) || this.text[this.index + 1] === ']') ranges.push(...first);
      else ranges.push(this.span(from, first));
    }
    if (ranges.length === 0) throw this.problem(at, 'holds no character');
    return isNegated ? without(ranges) : ranges;
  }

  private span(from: number, first: readonly UnitRange[]): UnitRange {
    this.index++;
    const last = this.member(this.index);
    const range: UnitRange = [first[0]?.[0] as number, last[0]?.[1] as number];
    if (first[0]?.[0] !== first[0]?.[1] || last.length > 1 || last[0]?.[0] !== last[0]?.[1] || range[1] < range[0])
      throw this.problem(from, 'is no range: it goes from one character to a later one');
    return range;
  }

  private member(at: number): readonly UnitRange[] {
    const character = this.next();
    if (character === '\\') return this.escaped(at);
    const unit = character.charCodeAt(0);
    if (unit >= 0xd800 && unit <= 0xdfff) throw this.problem(at, 'is a character that no class can hold: write it as one of (?:...|...)');
    return [[unit, unit]];
  }

  private escaped(at: number): readonly UnitRange[] {
    const character = this.next();
    const known = CLASSES[character.toLowerCase()];
    if (known !== undefined) return character === character.toLowerCase() ? known : without(known);
    const code = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))/.exec(this.text.slice(this.index - 1));
    if (code !== null) this.index += code[0].length - 1;
    else if (/[1-9]/.test(character)) throw this.problem(at, 'refers back: what a group matched is not kept');
    else if (CONTROLS[character] === undefined && /[0-9A-Za-z]/.test(character)) throw this.problem(at, 'is no escape that is known');
    const unit = code === null ? (CONTROLS[character] ?? character.charCodeAt(0)) : Number.parseInt(code[1] ?? (code[2] as string), 16);
    return [[unit, unit]];
  }

  /** With the other case of each letter, where case does not matter. */
  private inAnyCase(ranges: readonly UnitRange[]): readonly UnitRange[] {
    if (!this.ignoresCase) return ranges;
    const others = ranges.flatMap(([first, last]): UnitRange[] => [
      ...moved(first, last, 0x41, 0x5a, 0x20),
      ...moved(first, last, 0x61, 0x7a, -0x20),
      ...(first === last ? otherCases(first) : []),
    ]);
    return [...ranges, ...others];
  }

  private takes(text: string): boolean {
    const isThere = this.text.startsWith(text, this.index);
    if (isThere) this.index += text.length;
    return isThere;
  }

  private next(): string {
    const character = this.text[this.index++];
    if (character === undefined) throw new PatternProblem('ends with a backslash');
    return character;
  }

  private problem(at: number, what: string): PatternProblem {
    return new PatternProblem(`is no pattern of guards: "${this.text.slice(at, at + 8)}" at character ${at + 1} ${what}`);
  }
}

function moved(first: number, last: number, from: number, to: number, by: number): UnitRange[] {
  const [least, most] = [Math.max(first, from), Math.min(last, to)];
  return least <= most ? [[least + by, most + by]] : [];
}

function otherCases(unit: number): UnitRange[] {
  const character = String.fromCharCode(unit);
  return [character.toLowerCase(), character.toUpperCase()]
    .filter((other) => other.length === 1 && other !== character)
    .map((other): UnitRange => [other.charCodeAt(0), other.charCodeAt(0)]);
}

/** All units that are in none of the ranges. */
function without(ranges: readonly UnitRange[]): readonly UnitRange[] {
  const rest: UnitRange[] = [];
  let from = 0;
  for (const [first, last] of [...ranges].sort((one, other) => one[0] - other[0])) {
    if (first > from) rest.push([from, first - 1]);
    from = Math.max(from, last + 1);
  }
  if (from <= LAST_UNIT) rest.push([from, LAST_UNIT]);
  return rest;
}

/** The fewest units that match. */
function least(node: PatternNode): number {
  if (node.kind === 'set') return 1;
  if (node.kind === 'repeat') return node.least * least(node.part);
  const parts = node.parts.map(least);
  return node.kind === 'sequence' ? sum(parts) : Math.min(...parts);
}

/** How many sets stand in it, each as often as it can be repeated. */
function positions(node: PatternNode): number {
  if (node.kind === 'set') return 1;
  return node.kind === 'repeat' ? node.most * positions(node.part) : sum(node.parts.map(positions));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
