/** How long the answer to a write or a read is waited for before it is asked for again. One for the process, which learns what is usual. */
export interface Patience {
  /** Of a try, the first being 1, in ms. */
  tryMs(number: number): number;
  /** An answer took so long. */
  heard(tookMs: number): void;
  /** None came to any try: the table may be slow rather than deaf. */
  unheard(): void;
}

/** No answer is given up sooner: the table's slow ones are not lost. */
const SHORTEST_MS = 150;
const LONGEST_MS = 600;
/** What takes longer than this many usual answers is taken for lost. */
const USUAL_ANSWERS = 3;
/** Each further try waits longer. */
const GROWTH = 1.25;
const WEIGHT = 0.25;
/** Before anything was heard: a process that has just begun connects first. */
const FIRST_USUAL_MS = 200;

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
    unheard() {
      usualMs = Math.min(LONGEST_MS / USUAL_ANSWERS, Math.max(2 * usualMs, FIRST_USUAL_MS));
    },
  };
}
