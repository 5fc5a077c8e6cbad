import { type GuardPattern, type PatternNode, parseGuardPattern, type UnitRange } from '../../../lib/private/contract';
import { foldedUnits } from '../text';

const WORD_BITS = 32;
/** Ranges of more foreign characters than this are not read one by one: of those, who looks like another is not told. */
const MOST_FOLDED = 2_000;

/** From every one of these positions a match can go on to every one of those. */
interface Jump {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * A pattern as the positions of its characters, each a bit: where a match can be within the pattern is a set of bits, and one character
 * takes a set to the next one with the same few steps, whatever the text is (Glushkov's automaton, in parallel).
 */
export interface Automaton {
  /** 32 positions each. */
  readonly words: number;
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Positions that the next one follows. */
  readonly shift: Int32Array;
  /** All other ways on. */
  readonly jumps: readonly Jump[];
  readonly startsAtWord: boolean;
  readonly endsAtWord: boolean;
  /** The positions that a unit fits. */
  fitting(unit: number): Int32Array;
}

export function automatonOf(pattern: string): Automaton {
  return new Builder(parseGuardPattern(pattern)).build();
}

/** What stands in a part of a pattern: where it begins and ends, and whether it may be empty. */
interface Part {
  readonly first: bigint;
  readonly last: bigint;
  readonly canBeEmpty: boolean;
}

const EMPTY: Part = { first: 0n, last: 0n, canBeEmpty: true };

class Builder {
  private readonly sets: (readonly UnitRange[])[] = [];
  private readonly follow: bigint[] = [];

  constructor(private readonly pattern: GuardPattern) {}

  build(): Automaton {
    const { first, last } = this.part(this.pattern.node);
    const words = Math.ceil(this.sets.length / WORD_BITS);
    const sets = this.sets.map(foldedRanges);
    const known = new Map<number, Int32Array>();
    const shift = this.follow.reduce((bits, to, from) => bits | (((to >> BigInt(from + 1)) & 1n) << BigInt(from)), 0n);
    const fitting = (unit: number): Int32Array => {
      const fits = known.get(unit) ?? inWords(fittingBits(sets, unit), words);
      known.set(unit, fits);
      return fits;
    };
    return {
      words,
      first: inWords(first, words),
      last: inWords(last, words),
      shift: inWords(shift, words),
      jumps: this.jumps(words),
      startsAtWord: this.pattern.startsAtWord,
      endsAtWord: this.pattern.endsAtWord,
      fitting,
    };
  }

  private part(node: PatternNode): Part {
    if (node.kind === 'set') return this.position(node.ranges);
    if (node.kind === 'choice') return node.parts.map((each) => this.part(each)).reduce(either);
    if (node.kind === 'repeat') return this.repeated(node.part, node.least, node.most);
    return node.parts.map((each) => this.part(each)).reduce((one, next) => this.joined(one, next), EMPTY);
  }

  private position(ranges: readonly UnitRange[]): Part {
    const bit = 1n << BigInt(this.sets.length);
    this.sets.push(ranges);
    this.follow.push(0n);
    return { first: bit, last: bit, canBeEmpty: false };
  }

  /** `(a(a(a)?)?)?`: whoever may be left out is left out from the end. */
  private repeated(part: PatternNode, least: number, most: number): Part {
    let joined = EMPTY;
    let ends = 0n;
    for (let count = 0; count < most; count++) {
      if (count >= least) ends |= joined.last;
      joined = this.joined(joined, this.part(part));
    }
    return { first: joined.first, last: joined.last | ends, canBeEmpty: least === 0 || joined.canBeEmpty };
  }

  private joined(one: Part, next: Part): Part {
    for (let position = 0; position < this.follow.length; position++) {
      if ((one.last >> BigInt(position)) & 1n) this.follow[position] = (this.follow[position] as bigint) | next.first;
    }
    return {
      first: one.canBeEmpty ? one.first | next.first : one.first,
      last: next.canBeEmpty ? one.last | next.last : next.last,
      canBeEmpty: one.canBeEmpty && next.canBeEmpty,
    };
  }

  private jumps(words: number): readonly Jump[] {
    const sources = new Map<bigint, bigint>();
    this.follow.forEach((to, from) => {
      const others = to & ~(1n << BigInt(from + 1));
      if (others !== 0n) sources.set(others, (sources.get(others) ?? 0n) | (1n << BigInt(from)));
    });
    return [...sources].map(([to, from]) => ({ from: inWords(from, words), to: inWords(to, words) }));
  }
}

function either(one: Part, other: Part): Part {
  return { first: one.first | other.first, last: one.last | other.last, canBeEmpty: one.canBeEmpty || other.canBeEmpty };
}

function inWords(bits: bigint, words: number): Int32Array {
  return Int32Array.from({ length: words }, (_, word) => Number(BigInt.asIntN(WORD_BITS, bits >> BigInt(word * WORD_BITS))));
}

function fittingBits(sets: readonly (readonly UnitRange[])[], unit: number): bigint {
  return sets.reduce((bits, ranges, position) => (isIn(ranges, unit) ? bits | (1n << BigInt(position)) : bits), 0n);
}

function isIn(ranges: readonly UnitRange[], unit: number): boolean {
  return ranges.some(([first, last]) => unit >= first && unit <= last);
}

/** Texts are folded before a pattern sees them: so are its characters. */
function foldedRanges(ranges: readonly UnitRange[]): readonly UnitRange[] {
  return [...ranges, ...ranges.flatMap(([first, last]) => foldedOnes(Math.max(first, 0x80), last))];
}

function foldedOnes(first: number, last: number): readonly UnitRange[] {
  if (last - first >= MOST_FOLDED) return [];
  const ranges: UnitRange[] = [];
  for (let unit = first; unit <= last; unit++) {
    const [folded, another] = foldedUnits(unit);
    if (folded !== undefined && another === undefined && folded !== unit) ranges.push([folded, folded]);
  }
  return ranges;
}
