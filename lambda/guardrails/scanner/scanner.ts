import { JsonUnits, PlainUnits, TextWindow, type UnitSource } from '../text';
import { type Candidate, type Found, type Search, withoutOverlaps } from './candidates';
import { DeniedWordSearch } from './denied-words';
import { DetectorSearch } from './detecting';
import { PatternSearch } from './patterns';
import type { CheckedPiece, Finding, HeldText, LocalRule, LocalScanner, TextForm } from './types';

/** A scanner for some rules. */
export function createScanner(rules: readonly LocalRule[]): LocalScanner {
  const searches = searchesOf(rules);
  return {
    scan: (text, form = 'text') => new WindowedText(searches, form).whole(text),
    open: (form = 'text') => new WindowedText(searches, form),
  };
}

function searchesOf(rules: readonly LocalRule[]): readonly Search[] {
  const detecting = rules.filter(({ detect }) => detect !== undefined);
  return [
    ...(detecting.length > 0 ? [new DetectorSearch(detecting)] : []),
    ...rules.flatMap((rule) => (rule.pattern === undefined ? [] : [new PatternSearch(rule, rule.pattern)])),
    ...rules.flatMap((rule) => (rule.deny === undefined ? [] : [new DeniedWordSearch(rule, rule.deny)])),
  ];
}

class WindowedText implements HeldText {
  private readonly window: TextWindow;
  private readonly source: UnitSource;
  /** What came and was not released. */
  private held = '';

  constructor(
    private readonly searches: readonly Search[],
    form: TextForm,
  ) {
    this.window = new TextWindow(form === 'json');
    this.source = form === 'json' ? new JsonUnits() : new PlainUnits();
  }

  whole(text: string): readonly Finding[] {
    this.source.write(text, this.window);
    this.held = text;
    return this.end().findings;
  }

  write(piece: string): CheckedPiece {
    this.source.write(piece, this.window);
    this.held += piece;
    return this.release(false);
  }

  end(): CheckedPiece {
    this.source.end(this.window);
    return this.release(true);
  }

  private release(isLast: boolean): CheckedPiece {
    const found: Found = { candidates: [], open: this.window.length };
    for (const search of this.searches) search.find(this.window, found);
    const apart = withoutOverlaps(found.candidates);
    const cut = isLast ? this.window.length : cutBefore(found.candidates, found.open, this.window.length);
    const text = this.held.slice(0, isLast ? this.held.length : this.window.offsetOf(cut));
    const findings = apart.filter(({ end }) => end <= cut).map((each) => this.findingOf(each));
    this.held = this.held.slice(text.length);
    this.window.release(cut);
    this.source.release(text.length);
    return { text, findings };
  }

  private findingOf({ rule, type, start, end }: Candidate): Finding {
    const [from, to] = [this.window.offsetOf(start), this.window.offsetOf(end)];
    if (this.window.isBare(start)) return { rule: rule.id, type, start: from, end: to, bare: true };
    return { rule: rule.id, type, start: from, end: to };
  }
}

/** Where a text can be cut: before what may change, and not within what overlaps. The end of what is there may change too. */
function cutBefore(candidates: readonly Candidate[], open: number, length: number): number {
  let cut = open;
  for (let last = length + 1; cut < last; ) {
    last = cut;
    for (let index = candidates.length - 1; index >= 0; index--) {
      const { seen, end } = candidates[index] as Candidate;
      if (seen < cut && (end > cut || end === length)) cut = seen;
    }
  }
  return cut;
}
