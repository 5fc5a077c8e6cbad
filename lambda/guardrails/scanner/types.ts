import type { GuardAction } from '../../../lib/private/contract';
import type { TextForm } from '../../wire/texts';

export type { TextForm };

/** A rule that is looked for here, without asking anybody: it has exactly one of `detect`, `pattern` and `deny`. */
export interface LocalRule {
  /** What findings name it by. */
  readonly id: string;
  /** Of a pattern and of denied words, the type of what they find. */
  readonly name: string;
  readonly action: GuardAction;
  readonly detect?: readonly string[];
  readonly locales?: readonly string[];
  readonly pattern?: string;
  readonly deny?: readonly string[];
}

/** Something that a rule found, in UTF-16 units of the text as given. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A piece of a text that may go on, and what was found in it: spans are relative to it. */
export interface CheckedPiece {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** A text that comes in pieces. The pieces that it gives are, one after the other, the text and the findings of the whole. */
export interface HeldText {
  write(piece: string): CheckedPiece;
  /** The rest. */
  end(): CheckedPiece;
}

/** Looks for the findings of some rules. */
export interface LocalScanner {
  /** Of a whole text, in order, without overlaps: where several rules find something, the dearest action wins, then the longest. */
  scan(text: string, form?: TextForm): readonly Finding[];
  open(form?: TextForm): HeldText;
}
