import { MOST_PATTERN_POSITIONS } from '../../../lib/private/contract';
import { automatonOf, PatternMatcher } from '../patterns';
import type { TextWindow } from '../text';
import type { Found, Search, SoughtList } from './candidates';
import type { LocalRule } from './types';

/** What goes on without an end is found in parts of this length, so that a stream is held back for no longer. */
const LONGEST_FINDING = 1_024;

/** One pattern of an organisation's own. */
export class PatternSearch implements Search {
  private readonly matcher: PatternMatcher;
  private readonly sought: number;

  constructor(rule: LocalRule, pattern: string, sought: SoughtList) {
    this.matcher = new PatternMatcher(automatonOf(pattern));
    this.sought = sought.add(rule, rule.name, true);
  }

  find(window: TextWindow, found: Found): void {
    const { spans, open } = this.matcher.find(window, window.from, MOST_PATTERN_POSITIONS);
    found.open = Math.min(found.open, open);
    for (let pair = 0; pair < spans.length; pair += 2) {
      const end = spans[pair + 1] as number;
      for (let start = Math.max(window.from, spans[pair] as number); start < end; start += LONGEST_FINDING) {
        found.add(this.sought, start, Math.min(end, start + LONGEST_FINDING), start);
      }
    }
  }
}
