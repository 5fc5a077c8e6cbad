/** What stands in place of a part of a text. */
export interface Replaced {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** As long as both texts have this in common again, what follows is the same. */
const ANCHOR = 8;
/** Characters of one replacement, hidden and put in their place; and of all of them, what is spent on finding them. Beyond that all is one. */
const MOST_EDITS = 512;
const MOST_STEPS = 400_000;

/**
 * What of a text a service has replaced, found by what both have in common. However a service masks: the replacements, applied to the text,
 * give what it answered.
 */
export function replacedIn(text: string, masked: string): readonly Replaced[] {
  const replaced: Replaced[] = [];
  const budget = { steps: MOST_STEPS };
  let at = 0;
  let other = 0;
  for (;;) {
    while (at < text.length && other < masked.length && text.charCodeAt(at) === masked.charCodeAt(other)) {
      at += 1;
      other += 1;
    }
    if (at === text.length && other === masked.length) return replaced;
    const next = nextCommon(text, at, masked, other, budget);
    replaced.push({ start: at, end: next.at, by: masked.slice(other, next.other) });
    at = next.at;
    other = next.other;
  }
}

/**
 * Where both texts go on alike after the fewest characters that one has and the other has not, by Myers's greedy search; their ends, if nowhere
 * before.
 */
function nextCommon(text: string, at: number, masked: string, other: number, budget: { steps: number }): Place {
  const [length, otherLength] = [text.length - at, masked.length - other];
  const reached = new Int32Array(2 * MOST_EDITS + 3);
  const middle = MOST_EDITS + 1;
  for (let edits = 1; edits <= MOST_EDITS; edits += 1) {
    budget.steps -= edits;
    if (budget.steps < 0) break;
    for (let ahead = -edits; ahead <= edits; ahead += 2) {
      const before = reached[middle + ahead - 1] as number;
      const after = reached[middle + ahead + 1] as number;
      const start = ahead === -edits || (ahead !== edits && before < after) ? after : before + 1;
      let place = start;
      while (place < length && place - ahead < otherLength && text[at + place] === masked[other + place - ahead]) place += 1;
      reached[middle + ahead] = place;
      const isEnd = place === length && place - ahead === otherLength;
      if (isEnd || place - start >= ANCHOR) return { at: at + start, other: other + start - ahead };
    }
  }
  return { at: text.length, other: masked.length };
}

interface Place {
  readonly at: number;
  readonly other: number;
}

/** The text with its replacements, which are in order and do not overlap. */
export function withReplaced(text: string, replaced: readonly Replaced[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, by } of replaced) {
    result += text.slice(at, start) + by;
    at = end;
  }
  return result + text.slice(at);
}

/** Those of several looks at parts of a text, in its order; of two that overlap the one that begins first, and then the longer one. */
export function merged(replaced: readonly Replaced[]): readonly Replaced[] {
  const sorted = [...replaced].sort((left, right) => left.start - right.start || right.end - left.end);
  const kept: Replaced[] = [];
  for (const one of sorted) {
    const before = kept.at(-1);
    if (before === undefined || one.start >= before.end) kept.push(one);
    // What both hide of is hidden by the first, as far as either reaches.
    else if (one.end > before.end) kept[kept.length - 1] = { ...before, end: one.end };
  }
  return kept;
}
