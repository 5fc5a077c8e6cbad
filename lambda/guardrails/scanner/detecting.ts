import { guardTypesOf } from '../../../lib/private/contract';
import { type Detector, detectorsOf, LONGEST_LOCAL_PART, type NumberDetector, numberDetectorsOf } from '../detectors';
import { DIGIT, is, NumberGroups, SPACE, type TextWindow, WORD } from '../text';
import type { Found, Search, SoughtList } from './candidates';
import type { LocalRule } from './types';

/** A detector, and what it looks for. */
interface Asked<D> {
  readonly sought: number;
  readonly detector: D;
}

const ASCII = 128;
/** What a unit is to a search: flags of one table. */
const [IN_WORD, NUMBER, ASKED_AT_START, ASKED_ANYWHERE] = [1, 2, 4, 8] as const;

/** One pass over a text, in which every detector is asked where its signs are. */
export class DetectorSearch implements Search {
  private readonly looks = new Uint8Array(ASCII);
  /** Who looks where a word begins, by its first two units; where the second is not there yet, by the first alone, and 0. */
  private readonly atWordStart: ByPair;
  /** Who looks at a unit anywhere. */
  private readonly anywhere: ByUnit;
  /** Who looks at numbers, by how they begin and their digits are grouped. */
  private readonly byNode: readonly (readonly Asked<NumberDetector>[] | undefined)[];
  private readonly numbers: NumberGroups;

  constructor(rules: readonly LocalRule[], sought: SoughtList) {
    const types = rules.flatMap((rule) =>
      guardTypesOf(rule.detect ?? [], rule.locales).map((type) => ({ rule, type, sought: sought.add(rule, type) })),
    );
    const detectors = types.flatMap(({ rule, type, sought: one }) =>
      detectorsOf(type, rule.locales).map((detector) => ({ sought: one, detector })),
    );
    const inNumbers = types.flatMap(({ rule, type, sought: one }) =>
      numberDetectorsOf(type, rule.locales).map((detector) => ({ sought: one, detector })),
    );
    this.atWordStart = new ByPair(detectors.filter(({ detector }) => detector.atWordStart));
    this.anywhere = byUnit(detectors.filter(({ detector }) => !detector.atWordStart));
    this.numbers = new NumberGroups(inNumbers.map(({ detector }) => detector));
    this.byNode = this.numbers.kinds.map((kinds) =>
      kinds.length === 0 ? undefined : kinds.map((kind) => inNumbers[kind] as Asked<NumberDetector>),
    );
    for (let unit = 0; unit < ASCII; unit++) {
      this.looks[unit] =
        (is(unit, WORD) ? IN_WORD : 0) |
        (is(unit, DIGIT) && inNumbers.length > 0 ? NUMBER : 0) |
        (this.atWordStart.asks(unit) ? ASKED_AT_START : 0) |
        (this.anywhere[unit] === undefined ? 0 : ASKED_ANYWHERE);
    }
  }

  find(window: TextWindow, found: Found): void {
    found.open = Math.min(found.open, wordInProgress(window));
    this.numbers.forget();
    const { units, length } = window;
    const { looks } = this;
    let inWord = is(window.at(window.from - 1), WORD);
    for (let index = window.from; index < length; index++) {
      const unit = units[index] as number;
      const look = unit < ASCII ? (looks[unit] as number) : 0;
      if ((look & IN_WORD) === 0) inWord = false;
      else if (!inWord) {
        inWord = true;
        if ((look & ASKED_AT_START) !== 0) {
          const asked = this.atWordStart.of(unit, index + 1 < length ? (units[index + 1] as number) : 0);
          if (asked !== undefined) ask(asked, window, index, found);
        }
        if ((look & NUMBER) !== 0) this.askOfNumber(window, index, found);
      }
      if ((look & ASKED_ANYWHERE) !== 0) ask(this.anywhere[unit] as readonly Asked<Detector>[], window, index, found);
    }
  }

  private askOfNumber(window: TextWindow, index: number, found: Found): void {
    const { numbers } = this;
    window.ranOut = false;
    numbers.readAt(window, index);
    for (let group = 0; group < numbers.groups; group++) {
      const asked = this.byNode[numbers.nodes[group] as number];
      if (asked === undefined || !numbers.canEnd(window, group)) continue;
      numbers.readDigits(window, group);
      for (const { sought, detector } of asked) {
        if (detector.isNumber(numbers, group, window, index)) found.add(sought, index, numbers.endOf(group), index);
      }
    }
    if (window.ranOut) found.open = Math.min(found.open, index);
  }
}

function ask(asked: readonly Asked<Detector>[], window: TextWindow, index: number, found: Found): void {
  for (const { sought, detector } of asked) {
    window.ranOut = false;
    window.start = index;
    const end = detector.find(window, index);
    if (window.ranOut) found.open = Math.min(found.open, index, window.start);
    if (end > 0) found.add(sought, window.start, end, Math.min(index, window.start));
  }
}

type ByUnit = readonly (readonly Asked<Detector>[] | undefined)[];

function byUnit(asked: readonly Asked<Detector>[]): ByUnit {
  return Array.from({ length: ASCII }, (_, unit) => {
    const looking = asked.filter(({ detector }) => detector.at.includes(String.fromCharCode(unit)));
    return looking.length > 0 ? looking : undefined;
  });
}

/** Who looks at the beginnings of words, by two units: most words are told apart by them from all that is looked for. */
class ByPair {
  private readonly lists: (readonly Asked<Detector>[] | undefined)[] = [undefined];
  /** Which list, by the first and the second unit; all beyond ASCII are the last one. */
  private readonly places = new Uint16Array(ASCII * ASCII);

  constructor(asked: readonly Asked<Detector>[]) {
    const known = new Map<string, number>();
    byUnit(asked).forEach((looking, first) => {
      for (let second = 0; looking !== undefined && second < ASCII; second++) {
        const list = looking.filter(({ detector }) => second === 0 || detector.second?.includes(String.fromCharCode(second)) !== false);
        const name = list.map((each) => asked.indexOf(each)).join();
        let place = list.length === 0 ? 0 : known.get(name);
        if (place === undefined) {
          place = this.lists.push(list) - 1;
          known.set(name, place);
        }
        this.places[first * ASCII + second] = place;
      }
    });
  }

  asks(first: number): boolean {
    return this.places[first * ASCII] !== 0;
  }

  of(first: number, second: number): readonly Asked<Detector>[] | undefined {
    return this.lists[this.places[first * ASCII + (second < ASCII ? second : ASCII - 1)] as number];
  }
}

/** Detectors whose sign comes later look back to where the word began. */
function wordInProgress(window: TextWindow): number {
  const least = Math.max(window.from, window.length - LONGEST_LOCAL_PART);
  let index = window.length;
  while (index > least && !is(window.units[index - 1] as number, SPACE)) index--;
  return index;
}
