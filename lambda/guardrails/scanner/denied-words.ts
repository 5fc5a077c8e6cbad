import { WordList } from '../deny-list';
import type { TextWindow } from '../text';
import type { Found, Search, SoughtList } from './candidates';
import type { LocalRule } from './types';

/** Words and phrases that an organisation denies. */
export class DeniedWordSearch implements Search {
  private readonly list: WordList;
  private readonly sought: number;

  constructor(rule: LocalRule, words: readonly string[], sought: SoughtList) {
    this.list = new WordList(words);
    this.sought = sought.add(rule, rule.name);
  }

  find(window: TextWindow, found: Found): void {
    const { spans, open } = this.list.find(window);
    found.open = Math.min(found.open, open);
    for (let pair = 0; pair < spans.length; pair += 2) {
      const start = spans[pair] as number;
      found.add(this.sought, start, spans[pair + 1] as number, start);
    }
  }
}
