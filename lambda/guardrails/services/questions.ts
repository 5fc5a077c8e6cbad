import type { GuardService } from './service';

/** How far a piece of a long text reaches back into the one before, so that what lies across a cut is seen whole. */
export const OVERLAP_CHARACTERS = 250;

/** A piece of one of the texts. */
export interface Piece {
  /** Which text it is of. */
  readonly index: number;
  /** Where in that text it begins. */
  readonly start: number;
  readonly text: string;
}

/** Texts as a service can be asked of them: each question as large as it may be, long texts in pieces that overlap. */
export function questionsOf(
  texts: readonly string[],
  { mostTexts, mostCharacters }: Pick<GuardService, 'mostTexts' | 'mostCharacters'>,
): readonly (readonly Piece[])[] {
  const questions: Piece[][] = [];
  let current: Piece[] = [];
  let characters = 0;
  for (const piece of texts.flatMap((text, index) => piecesOf(text, index, mostCharacters))) {
    if (current.length > 0 && (current.length === mostTexts || characters + piece.text.length > mostCharacters)) {
      questions.push(current);
      current = [];
      characters = 0;
    }
    current.push(piece);
    characters += piece.text.length;
  }
  if (current.length > 0) questions.push(current);
  return questions;
}

/** Nothing is asked of a text that says nothing. */
function piecesOf(text: string, index: number, most: number): readonly Piece[] {
  if (text.trim() === '') return [];
  const pieces: Piece[] = [];
  let start = 0;
  for (;;) {
    const end = start + most >= text.length ? text.length : betweenCharacters(text, start + most);
    pieces.push({ index, start, text: text.slice(start, end) });
    if (end === text.length) return pieces;
    start = betweenCharacters(text, end - OVERLAP_CHARACTERS);
  }
}

/** The place, or the one before where it lies within a character. */
export function betweenCharacters(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
