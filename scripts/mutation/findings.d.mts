/** See `findings.mjs`. */
export interface Mutant {
  readonly file: string;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
  readonly replacement: string;
}
export interface EquivalentRow {
  readonly file: string;
  readonly line: string;
  readonly mutant: string;
  readonly reason: string;
}
export function equivalentOf(root: string, rows?: readonly EquivalentRow[]): readonly EquivalentRow[];
export class Findings {
  constructor(root: string, equivalent: readonly EquivalentRow[], say?: (text: string) => void);
  planned(mutants: readonly { readonly fileName: string }[]): void;
  tested(mutant: Omit<Mutant, 'file'> & { readonly fileName: string; readonly status: string }): void;
  found(mutant: Mutant, outcome: 'noticed' | 'hung' | 'survived' | 'uncovered'): boolean;
  sum(name: string, least: number): number;
  unused(files: readonly string[]): readonly EquivalentRow[];
}
