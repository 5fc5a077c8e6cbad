import { GatewayError } from '../platform/error';
import type { StreamEvent } from '../wire/model';
import type { GuardedCall, GuardVerdict, ManagedGuard, ManagedRule } from './managed';
import { type Change, changeOf, type Segment, Tape } from './managed-tape';
import { OVERLAP_CHARACTERS } from './services/questions';
import { merged, type Replaced, replacedIn } from './services/spans';
import { type Noting, noteFailed, noteVerdict } from './verdicts';

type Onward = (event: StreamEvent) => void;

/** Characters of a text unit: what a service bills is a multiple of it, so windows are too. */
const UNIT_CHARACTERS = 1_000;

/** A rule and the guard that it asks. */
export interface AskedRule {
  readonly rule: ManagedRule;
  readonly guard: ManagedGuard;
}

export interface ManagedAnswerOptions {
  /** The answer comes piece by piece. */
  readonly stream: boolean;
  /** Told how many characters more are to be looked at. */
  seen(characters: number): void;
}

/** Texts of one choice. */
interface Track {
  readonly choice: number;
  readonly tape: Tape;
  checking: boolean;
  /** All of it has come. */
  whole: boolean;
  /** The block that is open has arguments of a tool, as JSON. */
  isJson: boolean;
}

/**
 * Shows one answer to services while it is being written, and lets go on what they have seen: a stream in windows of a thousand characters,
 * or several where a service is slower than the model, a whole answer at once. The end of each window is held back and seen again at the
 * beginning of the next, so that nothing of what lies across a cut has gone before it is seen whole.
 */
export class ManagedAnswer {
  readonly #tracks = new Map<number, Track>();
  readonly #holds: boolean;
  /** What comes after all choices. */
  #tail: StreamEvent[] = [];
  #onward: Onward = () => undefined;
  #over = false;
  /** The policy that ends the answer. */
  #endedBy = '';

  public constructor(
    private readonly rules: readonly AskedRule[],
    private readonly noting: Noting,
    private readonly around: Omit<GuardedCall, 'direction'>,
    private readonly options: ManagedAnswerOptions,
  ) {
    this.#holds = rules.some(({ rule }) => rule.action !== 'flag');
  }

  public take(event: StreamEvent, onward: Onward): void {
    if (this.#over) return;
    this.#onward = onward;
    switch (event.type) {
      case 'start':
        return onward(this.#holds ? { ...event } : event);
      case 'usage':
      case 'end':
      case 'error':
        this.#tail.push(event);
        if (event.type !== 'usage') for (const track of this.#tracks.values()) track.whole = true;
        return this.#advance();
      default:
    }
    if (!this.#holds) onward(event);
    const track = this.#trackOf(event.choice);
    if (event.type === 'tool-call-start') track.isJson = event.custom !== true;
    const before = track.tape.characters;
    track.tape.add(event, event.type === 'tool-call-delta' && track.isJson);
    this.options.seen(track.tape.characters - before);
    if (event.type === 'finish') track.whole = true;
    this.#advance();
  }

  #trackOf(choice: number): Track {
    let track = this.#tracks.get(choice);
    if (track === undefined) {
      track = { choice, tape: new Tape(), checking: false, whole: false, isJson: false };
      this.#tracks.set(choice, track);
    }
    return track;
  }

  #advance(): void {
    for (const track of this.#tracks.values()) if (!track.checking) this.#look(track);
    if (this.#over || [...this.#tracks.values()].some(({ tape, checking }) => checking || !tape.isEmpty)) return;
    const tail = this.#tail;
    this.#tail = [];
    for (const event of tail) this.#onward(event);
  }

  /** Shows the next window, if there is enough of it. */
  #look(track: Track): void {
    const { tape, whole } = track;
    const full = Math.floor(tape.characters / UNIT_CHARACTERS) * UNIT_CHARACTERS;
    const most = whole ? tape.characters : this.options.stream ? full : 0;
    if (most === 0 && !whole) return this.#letGo(track, [], new Map());
    const segments = tape.segments(most);
    if (segments.length === 0) return this.#letGo(track, segments, new Map());
    track.checking = true;
    void this.#check(segments).then(
      (changes) => {
        track.checking = false;
        if (this.#over) return;
        if (changes === undefined) this.#stop(track.choice);
        else this.#letGo(track, segments, changes);
        this.#advance();
      },
      (error) => {
        this.#over = true;
        if (this.#holds) this.#onward({ type: 'error', error: error instanceof GatewayError ? error : failed(error) });
      },
    );
  }

  #letGo({ tape, whole }: Track, segments: readonly Segment[], changes: ReadonlyMap<Segment, Change>): void {
    // What came while the window was looked at has not been seen.
    const isAll = whole && segments.reduce((sum, { raw }) => sum + raw.length, 0) === tape.characters;
    tape.release(segments, changes, isAll || segments.length === 0 ? 0 : OVERLAP_CHARACTERS, this.#holds ? this.#onward : () => undefined);
  }

  /** The answer ends as one that a model would not give. */
  #stop(choice: number): void {
    this.#over = true;
    const explanation = `The guardrail policy '${this.#endedBy}' ended this answer.`;
    this.#onward({ type: 'finish', choice, reason: { unified: 'content-filter', explanation } });
    this.#onward({ type: 'end' });
  }

  /** What is to be replaced in each segment; undefined: nothing of it may go on. */
  async #check(segments: readonly Segment[]): Promise<ReadonlyMap<Segment, Change> | undefined> {
    const texts = segments.map(({ shown }) => shown);
    const changes = new Map<Segment, Replaced[]>();
    let blocked = false;
    const verdicts = await Promise.all(this.rules.map((asked) => this.#ask(asked, texts)));
    for (const [at, verdict] of verdicts.entries()) {
      const { rule } = this.rules[at] as AskedRule;
      if (verdict === undefined || rule.action === 'flag') continue;
      if (verdict.blocked && !blocked) this.#endedBy = rule.policy;
      blocked ||= verdict.blocked;
      for (const [place, masked] of (verdict.masked ?? []).entries()) {
        const segment = segments[place] as Segment;
        const change = changeOf(segment, replacedIn(segment.shown, masked));
        if (change.length > 0) changes.set(segment, [...(changes.get(segment) ?? []), ...change]);
      }
    }
    if (blocked) return undefined;
    return new Map([...changes].map(([segment, replaced]) => [segment, merged(replaced)]));
  }

  /** Undefined: it has no verdict, and passes without one. */
  async #ask({ rule, guard }: AskedRule, texts: readonly string[]): Promise<GuardVerdict | undefined> {
    try {
      const verdict = await guard.check(texts, { ...this.around, direction: 'output' });
      noteVerdict(this.noting, rule, verdict, 'output');
      return verdict;
    } catch (error) {
      noteFailed(this.noting, rule, error, 'output');
      if (rule.onFailure === 'allow' || rule.action === 'flag') return undefined;
      throw error;
    }
  }
}

function failed(cause: unknown): GatewayError {
  return new GatewayError({ code: 'internal_error', message: 'The gateway failed.', cause });
}
