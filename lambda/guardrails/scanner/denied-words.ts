import { WordList } from '../deny-list';
import type { TextWindow } from '../text';
import type { Found, Search } from './candidates';
import type { LocalRule } from './types';

/** Words and phrases that an organisation denies. */
export class DeniedWordSearch implements Search {
  private readonly list: WordList;

  constructor(
    private readonly rule: LocalRule,
    words: readonly string[],
  ) {
    this.list = new WordList(words);
  }

  find(window: TextWindow, found: Found): void {
    const { spans, open } = this.list.find(window);
    found.open = Math.min(found.open, open);
    for (let pair = 0; pair < spans.length; pair += 2) {
      const [start, end] = [spans[pair] as number, spans[pair + 1] as number];
      found.candidates.push({ rule: this.rule, type: this.rule.name, start, end, seen: start });
    }
  }
}
