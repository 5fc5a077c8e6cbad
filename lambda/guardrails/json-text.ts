import { merged, type Replaced } from './services/spans';

/** What a unit of JSON is: between values, of a number or a word such as `true`, or within a string. */
export type JsonPlace = 'between' | 'bare' | 'string';

/** JSON, or a part of it, as whoever reads it sees it. */
export interface ReadJson {
  readonly raw: string;
  /** With nothing escaped. */
  readonly shown: string;
  /** Where what each unit of `shown` stands for begins in `raw`, and the end. */
  readonly starts: Uint32Array;
  /** Of each unit of `raw`; the quotes of a string are between values. */
  readonly places: readonly JsonPlace[];
  /** Where it begins. */
  readonly from: JsonPlace;
}

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const BARE = /[^\s,:[\]{}"]/;

/** @param from where the text begins, if it is a part */
export function readJson(raw: string, from: JsonPlace = 'between'): ReadJson {
  const starts = new Uint32Array(raw.length + 1);
  const places: JsonPlace[] = new Array(raw.length);
  let shown = '';
  let place = from;
  for (let at = 0; at < raw.length; ) {
    starts[shown.length] = at;
    const unit = raw[at] as string;
    if (place === 'string' && unit === '\\') {
      const length = escapeLength(raw, at);
      shown += meant(raw.slice(at + 1, at + length));
      places.fill('string', at, at + length);
      at += length;
      continue;
    }
    if (unit === '"') {
      places[at] = 'between';
      place = place === 'string' ? 'between' : 'string';
    } else {
      if (place !== 'string') place = BARE.test(unit) ? 'bare' : 'between';
      places[at] = place;
    }
    shown += unit;
    at += 1;
  }
  starts[shown.length] = raw.length;
  return { raw, shown, starts, places, from };
}

/** What readJson says of the place behind a text, for those who want nothing else. */
export function placeAfter(raw: string, from: JsonPlace): JsonPlace {
  let place = from;
  for (let at = 0; at < raw.length; at += 1) {
    const unit = raw[at] as string;
    if (unit === '"') place = place === 'string' ? 'between' : 'string';
    else if (place !== 'string') place = BARE.test(unit) ? 'bare' : 'between';
    else if (unit === '\\') at += escapeLength(raw, at) - 1;
  }
  return place;
}

/** As far as it is there. */
function escapeLength(raw: string, at: number): number {
  return Math.min(raw[at + 1] === 'u' ? 6 : 2, raw.length - at);
}

/** One unit, whatever follows the backslash. */
function meant(letters: string): string {
  if (/^u[0-9a-fA-F]{4}$/.test(letters)) return String.fromCharCode(Number.parseInt(letters.slice(1), 16));
  return SHORT[letters] ?? letters[0] ?? '\\';
}

/** What is to be put in place of what in the JSON, for parts of what it shows. */
export function replacedInJson(json: ReadJson, replaced: readonly Replaced[]): readonly Replaced[] {
  const { starts } = json;
  return writtenInJson(
    json,
    replaced.map(({ start, end, by }) => ({ start: starts[start] as number, end: starts[end] as number, by })),
  );
}

/**
 * Replacements as the JSON has to be written for it to stay JSON: strings keep their quotes, and what stands outside of them is replaced as a
 * whole, by a string.
 */
export function writtenInJson(json: ReadJson, replaced: readonly Replaced[]): readonly Replaced[] {
  return merged(replaced.flatMap((one) => partsOf(json, one)));
}

/** One replacement as one for each value that it reaches into. */
function partsOf(json: ReadJson, { start, end, by }: Replaced): readonly Replaced[] {
  const { raw, places, from } = json;
  if (start === end) return isInString(json, start) ? [{ start, end, by: escaped(by) }] : [];
  let [first, last] = [start, end];
  if (places[first] === 'bare') while (places[first - 1] === 'bare') first -= 1;
  if (places[last - 1] === 'bare') while (places[last] === 'bare') last += 1;
  const runs = runsOf(places, first, last);
  const texts = textsFor(raw, runs, by);
  return runs.flatMap((run, index) => {
    const text = texts[index];
    if (text === undefined || text === raw.slice(run.start, run.end)) return [];
    // A number that has begun before can only go on as one.
    const goesOn = run.start === 0 && run.place === 'bare' && from === 'bare';
    const said = goesOn ? '0'.repeat(run.end) : run.place === 'bare' ? JSON.stringify(text) : escaped(text);
    return [{ start: run.start, end: run.end, by: said }];
  });
}

function isInString({ places }: ReadJson, at: number): boolean {
  return places[at] === 'string' || places[at - 1] === 'string';
}

interface Run {
  readonly place: JsonPlace;
  readonly start: number;
  end: number;
}

function runsOf(places: readonly JsonPlace[], start: number, end: number): readonly Run[] {
  const runs: Run[] = [];
  for (let at = start; at < end; at += 1) {
    const place = places[at] as JsonPlace;
    const last = runs.at(-1);
    if (last?.place === place) last.end = at + 1;
    else runs.push({ place, start: at, end: at + 1 });
  }
  return runs;
}

/** What becomes of each run: by what stands between values in both, else all of it goes to the first value and nothing to the others. */
function textsFor(raw: string, runs: readonly Run[], by: string): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = runs.map(() => undefined);
  let from = 0;
  for (const [index, { place, start, end }] of runs.entries()) {
    if (place !== 'between') {
      texts[index] = '';
      continue;
    }
    const between = raw.slice(start, end);
    // What comes last ends both.
    const at = index === runs.length - 1 ? by.lastIndexOf(between) : by.indexOf(between, from);
    if (at < from || (index === 0 && at > 0)) return allToTheFirst(runs, by);
    if (index > 0) texts[index - 1] = by.slice(from, at);
    from = at + end - start;
  }
  if (runs.at(-1)?.place !== 'between') texts[runs.length - 1] = by.slice(from);
  else if (from < by.length) return allToTheFirst(runs, by);
  return texts;
}

function allToTheFirst(runs: readonly Run[], by: string): readonly (string | undefined)[] {
  const first = runs.findIndex(({ place }) => place !== 'between');
  return runs.map(({ place }, index) => (index === first ? by : place === 'between' ? undefined : ''));
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
