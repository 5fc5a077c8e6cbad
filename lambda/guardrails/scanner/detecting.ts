import { guardTypesOf } from '../../../lib/private/contract';
import { type Detector, detectorsOf, LONGEST_LOCAL_PART } from '../detectors';
import { is, SPACE, type TextWindow, WORD } from '../text';
import type { Found, Search } from './candidates';
import type { LocalRule } from './types';

interface Detecting {
  readonly rule: LocalRule;
  readonly detector: Detector;
}

/** One pass over a text, in which every detector is asked where its signs are. */
export class DetectorSearch implements Search {
  /** Who looks at a unit where a word begins, and who looks at it anywhere. */
  private readonly atWordStart: readonly (readonly Detecting[])[];
  private readonly anywhere: readonly (readonly Detecting[])[];

  constructor(rules: readonly LocalRule[]) {
    const all = rules.flatMap((rule) =>
      guardTypesOf(rule.detect ?? [], rule.locales).flatMap((type) =>
        detectorsOf(type, rule.locales).map((detector) => ({ rule, detector })),
      ),
    );
    const whoLooksAt = (wanted: boolean): readonly (readonly Detecting[])[] =>
      Array.from({ length: 128 }, (_, unit) =>
        all.filter(({ detector }) => detector.atWordStart === wanted && detector.at.includes(String.fromCharCode(unit))),
      );
    this.atWordStart = whoLooksAt(true);
    this.anywhere = whoLooksAt(false);
  }

  find(window: TextWindow, found: Found): void {
    found.open = Math.min(found.open, wordInProgress(window));
    const { units, length } = window;
    let inWord = is(window.at(window.from - 1), WORD);
    for (let index = window.from; index < length; index++) {
      const unit = units[index] as number;
      const isWord = is(unit, WORD);
      if (unit < 128) {
        if (isWord && !inWord) this.ask(this.atWordStart[unit] as readonly Detecting[], window, index, found);
        const others = this.anywhere[unit] as readonly Detecting[];
        if (others.length > 0) this.ask(others, window, index, found);
      }
      inWord = isWord;
    }
  }

  private ask(asked: readonly Detecting[], window: TextWindow, index: number, found: Found): void {
    for (const { rule, detector } of asked) {
      window.ranOut = false;
      window.start = index;
      const end = detector.find(window, index);
      if (window.ranOut) found.open = Math.min(found.open, index);
      if (end > 0) found.candidates.push({ rule, type: detector.type, start: window.start, end });
    }
  }
}

/** Detectors whose sign comes later look back to where the word began. */
function wordInProgress(window: TextWindow): number {
  const least = Math.max(window.from, window.length - LONGEST_LOCAL_PART);
  let index = window.length;
  while (index > least && !is(window.units[index - 1] as number, SPACE)) index--;
  return index;
}
