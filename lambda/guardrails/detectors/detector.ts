import type { GuardType } from '../../../lib/private/contract';
import type { NumberGroups, NumberKind, TextWindow } from '../text';

/** Finds one type of thing. It keeps nothing: what it says of a place depends on the window alone. */
export interface Detector {
  readonly type: GuardType;
  /** ASCII characters at which it looks. */
  readonly at: string;
  /** ASCII characters of which one stands second, where it looks at the beginning of a word. Default: any character. */
  readonly second?: string;
  /** Whether it looks only where a word begins: behind a letter or a digit there is nothing for it. */
  readonly atWordStart: boolean;
  /**
   * Where the finding ends that begins at `index`, or whose sign is there; 0 where there is none.
   * One that begins elsewhere says so by `window.start`. It reads a bounded number of units, by `window.at`.
   */
  find(window: TextWindow, index: number): number;
}

/** Finds numbers by how their digits are grouped, which is read once for all. */
export interface NumberDetector extends NumberKind {
  readonly type: GuardType;
  /** Whether the groups up to one, which begin at `index` and have one of the shapes, are such a number. */
  isNumber(numbers: NumberGroups, group: number, window: TextWindow, index: number): boolean;
}

export const DIGITS = '0123456789';
export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
