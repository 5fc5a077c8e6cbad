import { JsonUnits, PlainUnits, TextWindow, type UnitSource } from '../text';
import { Found, type Search, SoughtList } from './candidates';
import { DeniedWordSearch } from './denied-words';
import { DetectorSearch } from './detecting';
import { PatternSearch } from './patterns';
import type { CheckedPiece, Finding, HeldText, LocalRule, LocalScanner, TextForm } from './types';

/** A scanner for some rules. */
export function createScanner(rules: readonly LocalRule[]): LocalScanner {
  const sought = new SoughtList();
  const searches = searchesOf(rules, sought);
  return {
    scan: (text, form = 'text') => new WindowedText(searches, sought, form).whole(text),
    open: (form = 'text') => new WindowedText(searches, sought, form),
  };
}

function searchesOf(rules: readonly LocalRule[], sought: SoughtList): readonly Search[] {
  const detecting = rules.filter(({ detect }) => detect !== undefined);
  return [
    ...(detecting.length > 0 ? [new DetectorSearch(detecting, sought)] : []),
    ...rules.flatMap((rule) => (rule.pattern === undefined ? [] : [new PatternSearch(rule, rule.pattern, sought)])),
    ...rules.flatMap((rule) => (rule.deny === undefined ? [] : [new DeniedWordSearch(rule, rule.deny, sought)])),
  ];
}

class WindowedText implements HeldText {
  private readonly window: TextWindow;
  private readonly source: UnitSource;
  private readonly found: Found;
  /** What came and was not released. */
  private held = '';

  constructor(
    private readonly searches: readonly Search[],
    private readonly sought: SoughtList,
    form: TextForm,
  ) {
    this.window = new TextWindow(form === 'json');
    this.source = form === 'json' ? new JsonUnits() : new PlainUnits();
    this.found = new Found(sought);
  }

  whole(text: string): readonly Finding[] {
    this.window.expect(text.length);
    this.source.write(text, this.window);
    this.source.end(this.window);
    this.search();
    return this.findingsBefore(this.window.length);
  }

  write(piece: string): CheckedPiece {
    this.source.write(piece, this.window);
    this.held += piece;
    this.search();
    const cut = this.cut();
    return this.release(cut, this.window.offsetOf(cut));
  }

  end(): CheckedPiece {
    this.source.end(this.window);
    this.search();
    return this.release(this.window.length, this.held.length);
  }

  private search(): void {
    this.found.open = this.window.length;
    for (const search of this.searches) search.find(this.window, this.found);
  }

  /** A number of a JSON text can be masked as a whole alone, so that it stays in one piece too. */
  private cut(): number {
    const { found, window } = this;
    for (;;) {
      const cut = found.cutBefore(window.length, window.from);
      found.open = window.beforeBareValue(cut);
      if (found.open === cut) return cut;
    }
  }

  private release(cut: number, units: number): CheckedPiece {
    const text = this.held.slice(0, units);
    const findings = this.findingsBefore(cut);
    this.held = this.held.slice(units);
    this.found.keepOver(cut, this.window.release(cut));
    this.source.release(units);
    return { text, findings };
  }

  private findingsBefore(cut: number): readonly Finding[] {
    const findings: Finding[] = [];
    const { window, sought } = this;
    this.found.eachApart(window.from, cut, (one, from, to) => {
      const { rule, type } = sought.all[one] as (typeof sought.all)[0];
      const [start, end] = [window.offsetOf(from), window.offsetOf(to)];
      findings.push({ rule: rule.id, type, start, end });
    });
    return findings;
  }
}
