/** How long the answer to a write or a read is waited for before it is asked for again. One for the process, which learns what is usual. */
export interface Patience {
  /** Of a try, the first being 1, in ms. */
  tryMs(number: number): number;
  /** An answer took so long. */
  heard(tookMs: number): void;
}

/** No answer is given up sooner: the table's slow ones are not lost. */
const SHORTEST_MS = 150;
const LONGEST_MS = 600;
/** What takes longer than this many usual answers is taken for lost. */
const USUAL_ANSWERS = 4;
/** Each further try waits longer, so that a table that is slow has been waited for in the end. */
const GROWTH = 1.5;
const WEIGHT = 0.25;
/** Before anything was heard: a process that has just begun connects first. */
const FIRST_USUAL_MS = 50;

export function createPatience(): Patience {
  let usualMs = FIRST_USUAL_MS;
  return {
    tryMs(number) {
      const firstMs = Math.max(SHORTEST_MS, usualMs * USUAL_ANSWERS);
      return Math.min(LONGEST_MS, number === 1 ? firstMs : firstMs * GROWTH ** (number - 1));
    },
    heard(tookMs) {
      usualMs += (tookMs - usualMs) * WEIGHT;
    },
  };
}
