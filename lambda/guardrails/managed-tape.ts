import type { StreamEvent } from '../wire/model';
import { type JsonPlace, placeAfter, type ReadJson, readJson, replacedInJson } from './json-text';
import { betweenCharacters } from './services/questions';
import { type Replaced, withReplaced } from './services/spans';

type Delta = Extract<StreamEvent, { readonly type: 'text-delta' | 'reasoning-delta' | 'tool-call-delta' | 'refusal-delta' }>;

/** An event that waits, with what of it has to be looked at. */
interface Held {
  readonly event: StreamEvent;
  readonly text: string;
  /** Its text is a part of JSON, in which characters may be escaped. */
  readonly isJson: boolean;
}

/** A text as it is shown to a guard: what follows one another in one block, or what one event tells. */
export interface Segment {
  /** How many of the events that wait it is of. */
  readonly events: number;
  readonly raw: string;
  /** The same with nothing escaped. */
  readonly shown: string;
  /** A part of JSON as it is read. */
  readonly json: ReadJson | undefined;
  readonly block: number;
  readonly isDelta: boolean;
}

/** What a guard made of a segment: what is in place of what. */
export type Change = readonly Replaced[];

const NO_CHANGE: Change = [];

/** What is to be replaced for parts of what is shown of a segment to say something else. */
export function changeOf({ json }: Segment, replaced: Change): Change {
  return json === undefined ? replaced : replacedInJson(json, replaced);
}

/** The events of one choice that wait for a verdict, in their order. */
export class Tape {
  /** Characters that wait. */
  public characters = 0;
  #held: Held[] = [];
  /** Blocks of which something was replaced. */
  readonly #changed = new Set<number>();
  /** Where in its JSON each block is whose text is some. */
  readonly #jsonPlaces = new Map<number, JsonPlace>();

  public get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  public add(event: StreamEvent, isJson: boolean): void {
    const text = textOf(event);
    this.#held.push({ event, text, isJson });
    this.characters += text.length;
  }

  /** The texts of what has waited longest, so many characters of them at most. */
  public segments(most: number): readonly Segment[] {
    const segments: { events: number; raw: string; isJson: boolean; isDelta: boolean; block: number }[] = [];
    let left = most;
    for (const { event, text, isJson } of this.#held) {
      if (left === 0) break;
      if (text === '') continue;
      const isDelta = isDeltaEvent(event);
      const block = 'block' in event ? event.block : -1;
      const last = segments.at(-1);
      // What is told beside a text is shown whole.
      const part = text.length <= left || !isDelta ? text : text.slice(0, cutOf(text, left, isJson));
      left = Math.max(0, left - text.length);
      if (last !== undefined && isDelta && last.isDelta && last.block === block) {
        last.raw += part;
        last.events += 1;
      } else segments.push({ events: 1, raw: part, isJson, isDelta, block });
    }
    return segments.map(({ isJson, ...rest }) => {
      const json = isJson ? readJson(rest.raw, this.#jsonPlaces.get(rest.block)) : undefined;
      return { ...rest, json, shown: json?.shown ?? rest.raw };
    });
  }

  /**
   * Hands on what was looked at, but for the last characters, which are seen again with what follows them.
   *
   * @param changes for each segment
   * @param keep characters of the segments that stay; 0 hands on everything that waits
   */
  public release(
    segments: readonly Segment[],
    changes: ReadonlyMap<Segment, Change>,
    keep: number,
    on: (event: StreamEvent) => void,
  ): void {
    const total = segments.reduce((sum, { raw }) => sum + raw.length, 0);
    let left = Math.max(0, total - keep);
    for (const segment of segments) {
      this.#tellSilent(on);
      if (left === 0 && keep > 0) return;
      const change = changes.get(segment) ?? NO_CHANGE;
      const isWhole = segment.raw.length <= left || !segment.isDelta;
      const length = isWhole ? segment.raw.length : placeToCut(segment, change, left);
      this.#releaseSegment(segment, change, length, on);
      if (length < segment.raw.length) return;
      left = Math.max(0, left - length);
    }
    this.#tellSilent(on);
  }

  /** What waits only for what stood before it. */
  #tellSilent(on: (event: StreamEvent) => void): void {
    while (this.#held[0]?.text === '') on(this.#ended((this.#held.shift() as Held).event));
  }

  /** A signature is of the text as it was. */
  #ended(event: StreamEvent): StreamEvent {
    if (event.type !== 'reasoning-end' || !this.#changed.has(event.block)) return event;
    return { type: event.type, choice: event.choice, block: event.block };
  }

  #releaseSegment(segment: Segment, change: Change, length: number, on: (event: StreamEvent) => void): void {
    this.characters -= length;
    const { json, block } = segment;
    if (json !== undefined) this.#jsonPlaces.set(block, placeAfter(json.raw.slice(0, length), json.from));
    const within = change.filter(({ end }) => end <= length);
    if (within.length > 0) return this.#replace(segment, within, length, on);
    let left = length;
    while (left > 0) {
      const { event, text, isJson } = this.#held[0] as Held;
      if (text.length <= left) {
        this.#held.shift();
        on(event);
      } else {
        const { logprobs: _of, ...delta } = event as Delta & { readonly logprobs?: unknown };
        on({ ...delta, text: text.slice(0, left) } as StreamEvent);
        this.#held[0] = { event: { ...delta, text: text.slice(left) } as StreamEvent, text: text.slice(left), isJson };
      }
      left -= Math.min(left, text.length);
    }
  }

  /** All that is let go of a text in one event; what is told beside a text is not told where it would have to be changed. */
  #replace(segment: Segment, within: Change, length: number, on: (event: StreamEvent) => void): void {
    let left = length;
    let first: StreamEvent | undefined;
    while (left > 0) {
      const { event, text, isJson } = this.#held[0] as Held;
      first ??= event;
      if (text.length <= left) this.#held.shift();
      else {
        const { logprobs: _of, ...delta } = event as Delta & { readonly logprobs?: unknown };
        this.#held[0] = { event: { ...delta, text: text.slice(left) } as StreamEvent, text: text.slice(left), isJson };
      }
      left -= Math.min(left, text.length);
    }
    if (first === undefined) return;
    if (!isDeltaEvent(first)) {
      if (first.type === 'finish') on({ ...first, reason: { unified: first.reason.unified } });
      return;
    }
    this.#changed.add(first.block);
    const { type, choice, block } = first;
    on({ type, choice, block, text: withReplaced(segment.raw.slice(0, length), within) });
  }
}

/** How far back a cut goes for something that was replaced across it. */
const FARTHEST_BACK = 250;

/** Nothing that was replaced is cut in two. */
function placeToCut({ raw, json }: Segment, change: Change, at: number): number {
  const place = beforeNumber(json, cutOf(raw, at, json !== undefined));
  const across = change.find(({ start, end }) => start < place && end > place);
  if (across === undefined) return place;
  return across.start > 0 && place - across.start <= FARTHEST_BACK ? across.start : across.end;
}

/** Longer ones are cut. */
const LONGEST_NUMBER = 64;

/** The place, or the one before a number that it lies within: a number can only be replaced as a whole. */
function beforeNumber(json: ReadJson | undefined, at: number): number {
  if (json?.places[at] !== 'bare') return at;
  let start = at;
  while (json.places[start - 1] === 'bare') start -= 1;
  return at - start > LONGEST_NUMBER ? at : start;
}

function isDeltaEvent(event: StreamEvent): event is Delta {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call-delta':
    case 'refusal-delta':
      return true;
    default:
      return false;
  }
}

/** What an event says in words of the model's. */
function textOf(event: StreamEvent): string {
  if (isDeltaEvent(event)) return event.text;
  switch (event.type) {
    case 'citation':
      return [event.citation.title, event.citation.citedText, event.citation.url].filter((text) => text !== undefined).join('\n');
    case 'finish':
      return event.reason.explanation ?? '';
    default:
      return '';
  }
}

/** The place, or the one before where it lies within a character or within what stands for one. */
function cutOf(text: string, at: number, isJson: boolean): number {
  const place = betweenCharacters(text, at);
  if (!isJson) return place;
  for (let from = Math.max(0, place - 5); from < place; from += 1) {
    if (text[from] === '\\' && !isEscaped(text, from) && from + (text[from + 1] === 'u' ? 6 : 2) > place) return from;
  }
  return place;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}
