import { guardTypesOf } from '../../../lib/private/contract';
import { type Detector, detectorsOf, LONGEST_LOCAL_PART, type NumberDetector, numberDetectorsOf } from '../detectors';
import { DIGIT, FLAGS, is, NumberGroups, SPACE, type TextWindow, WORD } from '../text';
import type { Found, Search } from './candidates';
import type { LocalRule } from './types';

/** A detector, and the rule that asks for what it finds. */
interface Asked<D> {
  readonly rule: LocalRule;
  readonly detector: D;
}

type ByUnit = readonly (readonly Asked<Detector>[] | undefined)[];

/** One pass over a text, in which every detector is asked where its signs are. */
export class DetectorSearch implements Search {
  /** Who looks at a unit where a word begins, and who looks at it anywhere. */
  private readonly atWordStart: ByUnit;
  private readonly anywhere: ByUnit;
  /** Who looks at numbers, by how their digits are grouped. */
  private readonly byShape: ReadonlyMap<number, readonly Asked<NumberDetector>[]>;
  private readonly numbers: NumberGroups;

  constructor(rules: readonly LocalRule[]) {
    const asked = rules.flatMap((rule) => guardTypesOf(rule.detect ?? [], rule.locales).map((type) => ({ rule, type })));
    const detectors = asked.flatMap(({ rule, type }) => detectorsOf(type, rule.locales).map((detector) => ({ rule, detector })));
    this.atWordStart = byUnit(detectors.filter(({ detector }) => detector.atWordStart));
    this.anywhere = byUnit(detectors.filter(({ detector }) => !detector.atWordStart));
    this.byShape = byShape(
      asked.flatMap(({ rule, type }) => numberDetectorsOf(type, rule.locales).map((detector) => ({ rule, detector }))),
    );
    this.numbers = new NumberGroups([...this.byShape.keys()]);
  }

  find(window: TextWindow, found: Found): void {
    found.open = Math.min(found.open, wordInProgress(window));
    const { units, length } = window;
    const { atWordStart, anywhere } = this;
    let inWord = is(window.at(window.from - 1), WORD);
    for (let index = window.from; index < length; index++) {
      const unit = units[index] as number;
      if (unit >= 128) {
        inWord = false;
        continue;
      }
      const flags = FLAGS[unit] as number;
      if ((flags & WORD) === 0) inWord = false;
      else if (!inWord) {
        inWord = true;
        const asked = atWordStart[unit];
        if (asked !== undefined) ask(asked, window, index, found);
        if (flags & DIGIT) this.askOfNumber(window, index, found);
      }
      const asked = anywhere[unit];
      if (asked !== undefined) ask(asked, window, index, found);
    }
  }

  private askOfNumber(window: TextWindow, index: number, found: Found): void {
    const { numbers } = this;
    window.ranOut = false;
    numbers.read(window, index);
    for (let group = 0; group < numbers.groups; group++) {
      const asked = this.byShape.get(numbers.shapes[group] as number);
      if (asked === undefined || !numbers.canEnd(window, group)) continue;
      for (const { rule, detector } of asked) {
        if (!detector.isNumber(numbers, group, window, index)) continue;
        found.candidates.push({ rule, type: detector.type, start: index, end: numbers.ends[group] as number, seen: index });
      }
    }
    if (window.ranOut) found.open = Math.min(found.open, index);
  }
}

function ask(asked: readonly Asked<Detector>[], window: TextWindow, index: number, found: Found): void {
  for (const { rule, detector } of asked) {
    window.ranOut = false;
    window.start = index;
    const end = detector.find(window, index);
    if (window.ranOut) found.open = Math.min(found.open, index, window.start);
    if (end > 0) found.candidates.push({ rule, type: detector.type, start: window.start, end, seen: Math.min(index, window.start) });
  }
}

function byUnit(asked: readonly Asked<Detector>[]): ByUnit {
  return Array.from({ length: 128 }, (_, unit) => {
    const looking = asked.filter(({ detector }) => detector.at.includes(String.fromCharCode(unit)));
    return looking.length > 0 ? looking : undefined;
  });
}

function byShape(asked: readonly Asked<NumberDetector>[]): ReadonlyMap<number, readonly Asked<NumberDetector>[]> {
  const shapes = new Set(asked.flatMap(({ detector }) => detector.shapes));
  return new Map([...shapes].map((shape) => [shape, asked.filter(({ detector }) => detector.shapes.includes(shape))]));
}

/** Detectors whose sign comes later look back to where the word began. */
function wordInProgress(window: TextWindow): number {
  const least = Math.max(window.from, window.length - LONGEST_LOCAL_PART);
  let index = window.length;
  while (index > least && !is(window.units[index - 1] as number, SPACE)) index--;
  return index;
}
