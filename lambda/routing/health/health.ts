import type { GatewayError } from '../../platform/error';
import type { Clock, Log } from '../../platform/runtime';
import { isRefusalCode } from '../../wire/protocols';
import { knownPlaces } from '../places';
import type { Target } from '../target';
import type { TargetFacts } from '../target-facts';
import { believe, doubt, enter, fail, forgive, giveBack, look, needsClaim, needsProbe, OPEN, PROBE_EVERY_MS, probe } from './breaker';
import { minuteOf, tellSent } from './minute-count';
import { type Claim, PlaceBook, type PlaceRecord } from './place-record';
import { type HealthChange, type HealthFeed, type HealthStore, TELLERS } from './ports';
import { hasRoom, noteSent } from './quota';
import { takeOver } from './shared';
import { worthTelling } from './speed';
import type { Admittance, Verdict } from './verdict';
import { OpenVisit, type Visit, type VisitHost } from './visit';

/** What is lately known of each place: what this process saw, and what others told. Places go by `Place.key`. */
export interface Health extends HealthFeed {
  /** Looks without changing anything. */
  look(place: string): Admittance;
  /** Whether a call may go there now. A place that rested because it failed gets one call a second until one succeeds. */
  enter(place: string): Admittance;
  /** The same, but lets one caller a second through to a place that rests, so that it is not shut out for ever. */
  probe(place: string): Admittance;
  /** A call that had entered or probed was not made. @param enteredMs monotonic */
  giveBack(place: string, enteredMs: number): void;
  /** Why a place that rests will not answer, where waiting does not cure it. */
  reasonOf(place: string): GatewayError | undefined;
  /** Whether a call of so many tokens finds room in what the provider allows there. */
  hasRoom(place: string, target: Target, tokens: number): boolean;
  /** How long a place is silent before its first token, of the longest; undefined: too little was measured. */
  usualSilenceMs(place: string): number | undefined;
  tokensPerSecond(place: string): number | undefined;
  /**
   * A call is about to be admitted that may go there: asks for the places that somebody has to find out about whether this process may.
   *
   * @returns undefined where there is none; settles soon, and never rejects
   */
  approach(targets: readonly Target[]): Promise<void> | undefined;
  /** A call goes there now. */
  visit(place: string, tokens: number): Visit;
  /**
   * A server was asked whether it is well. One that is gets a call again, one that is not rests.
   *
   * @param askedAt epoch ms
   */
  probed(place: string, isWell: boolean, askedAt: number, restMs: number): void;
  factsOf(target: Target): TargetFacts;
  /** Every place that was called of late rests. */
  isDown(): boolean;
  /** Tells others what they should know, once a second at most. Undefined: there is nothing to tell now. Never rejects. */
  tell(): Promise<void> | undefined;
}

export interface HealthOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: HealthStore;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Others' words are at most so old while calls come, and they hear of ours as late. */
const SHARE_EVERY_MS = 1_000;
/** What was sent changes with each call, and one item takes the words of all processes. */
const SHARE_SENT_EVERY_MS = 5_000;
const CLAIM_TIMEOUT_MS = 250;
/** A call may find out about so many places. */
const MOST_CLAIMS = 2;
const ENOUGH_SAMPLES = 5;
const LATE_MS = 300_000;

export function createHealth(options: HealthOptions): Health {
  return new PlaceHealth(options);
}

class PlaceHealth implements Health, VisitHost {
  readonly #book = new PlaceBook();
  readonly #options: HealthOptions;
  readonly #teller: number;
  readonly #untold = new Map<string, HealthChange>();
  /** Places with a limit that calls were sent to since that was told. */
  readonly #counting = new Set<string>();
  #heardMs = Number.NEGATIVE_INFINITY;
  #toldMs = Number.NEGATIVE_INFINITY;
  #toldSentMs = Number.NEGATIVE_INFINITY;

  public constructor(options: HealthOptions) {
    this.#options = options;
    this.#teller = Math.floor(options.random() * TELLERS) % TELLERS;
  }

  public look(place: string): Admittance {
    return this.#book.troubled.has(place) ? look(this.#book.find(place), this.#nowMs()) : OPEN;
  }

  public enter(place: string): Admittance {
    return this.#book.troubled.has(place) ? enter(this.#book.find(place), this.#nowMs()) : OPEN;
  }

  public probe(place: string): Admittance {
    return this.#book.troubled.has(place) ? probe(this.#book.find(place), this.#nowMs()) : OPEN;
  }

  public giveBack(place: string, enteredMs: number): void {
    const record = this.#book.find(place);
    if (record !== undefined) giveBack(record, enteredMs);
  }

  public reasonOf(place: string): GatewayError | undefined {
    return this.look(place).open ? undefined : this.#book.find(place)?.because;
  }

  public hasRoom(place: string, target: Target, tokens: number): boolean {
    const record = this.#book.find(place);
    return record === undefined || hasRoom(record.quota, target, tokens, this.#options.clock);
  }

  public usualSilenceMs(place: string): number | undefined {
    const speed = this.#book.find(place)?.speed;
    if (speed?.timeToFirstTokenMs === undefined || speed.samples < ENOUGH_SAMPLES) return undefined;
    return Math.max(speed.timeToFirstTokenMs + 4 * speed.deviationMs, speed.longestMs);
  }

  public tokensPerSecond(place: string): number | undefined {
    return this.#book.find(place)?.speed.tokensPerSecond;
  }

  public approach(targets: readonly Target[]): Promise<void> | undefined {
    if (this.#book.troubled.size === 0) return undefined;
    const nowMs = this.#nowMs();
    const records = knownPlaces(targets).map(({ key }) => [key, this.#book.find(key)] as const);
    // A place that rests is tried where none is known to be well.
    const isShut = records.every(([, record]) => record !== undefined && (record.failures > 0 || !look(record, nowMs).open));
    const wanted = records.filter(
      (entry): entry is readonly [string, PlaceRecord] =>
        entry[1] !== undefined &&
        needsClaim(entry[1], nowMs) &&
        (needsProbe(entry[1], nowMs) || (isShut && !look(entry[1], nowMs).open && nowMs - entry[1].probedMs >= PROBE_EVERY_MS)),
    );
    if (wanted.length === 0) return undefined;
    return Promise.all(wanted.slice(0, MOST_CLAIMS).map(([place, record]) => this.#claim(place, record))).then(() => undefined);
  }

  async #claim(place: string, record: PlaceRecord): Promise<void> {
    const { clock, store } = this.#options;
    const askedAt = clock.now();
    const claim: Claim = { askedAt, askedMs: clock.monotonic(), granted: undefined, used: false };
    record.claim = claim;
    try {
      claim.granted = await store.claim(place, askedAt, askedAt - PROBE_EVERY_MS, CLAIM_TIMEOUT_MS);
    } catch (error) {
      // Each process goes by its own watch.
      this.#complain(error);
    }
  }

  public visit(place: string, tokens: number): Visit {
    const record = this.#book.of(place);
    const { clock } = this.#options;
    noteSent(record.quota, tokens, minuteOf(clock));
    if (record.quota.count.isLimited) this.#counting.add(place);
    record.inFlight += 1;
    return new OpenVisit(record, place, clock, this);
  }

  /** A first token: whoever waits for that may come, here and elsewhere. */
  public answers(place: string, record: PlaceRecord, sentAt: number): void {
    if (record.trippedAt === 0 || sentAt < record.trippedAt) return;
    believe(record);
    record.answeredAt = Math.max(record.answeredAt, sentAt);
    this.#note({ place, kind: 'answered', at: sentAt });
    void this.tell();
  }

  public probed(place: string, isWell: boolean, askedAt: number, restMs: number): void {
    // What asked to be left alone is well, and has to be left alone.
    const known = this.#book.find(place);
    if (known?.limited === true) return;
    if (isWell) {
      if (known !== undefined) this.answers(place, known, askedAt);
      return;
    }
    const record = this.#book.of(place);
    doubt(record);
    this.learn(place, record, { kind: 'failed', restMs }, askedAt);
  }

  public learn(place: string, record: PlaceRecord, verdict: Verdict, sentAt: number): void {
    const { clock, random } = this.#options;
    if (verdict.kind === 'good') {
      // What was sent before it failed tells nothing of how it is now.
      if (sentAt < record.trippedAt) return;
      const wasDown = record.trippedAt > 0;
      record.answeredAt = Math.max(record.answeredAt, sentAt);
      forgive(record);
      this.#book.troubled.delete(place);
      if (wasDown) this.#note({ place, kind: 'answered', at: sentAt });
      const speed = worthTelling(record.speed, clock.now(), random());
      if (speed !== undefined) {
        record.speed.told = speed;
        this.#note({ place, kind: 'speed', speed });
      }
      return;
    }
    this.#book.troubled.add(place);
    const heldMs = fail(record, verdict, clock);
    if (heldMs === undefined) return;
    const at = clock.now();
    const { because, limited } = record;
    const code = because !== undefined && isRefusalCode(because.code) ? { code: because.code } : {};
    this.#note({ place, kind: 'rest', teller: this.#teller, rest: { at, until: at + heldMs, limited, ...code } });
  }

  #noteSent(nowMs: number): void {
    this.#toldSentMs = nowMs;
    for (const place of this.#counting) {
      const record = this.#book.find(place);
      const sent = record === undefined ? undefined : tellSent(record.quota.count);
      if (sent !== undefined) this.#note({ place, kind: 'sent', sent });
    }
    this.#counting.clear();
  }

  #note(change: HealthChange): void {
    this.#untold.set(`${change.kind}#${change.place}`, change);
  }

  public tell(): Promise<void> | undefined {
    const { store } = this.#options;
    const nowMs = this.#nowMs();
    const isDue = this.#untold.size > 0 || (this.#counting.size > 0 && nowMs - this.#toldSentMs >= SHARE_SENT_EVERY_MS);
    if (!isDue || nowMs - this.#toldMs < SHARE_EVERY_MS) return undefined;
    this.#toldMs = nowMs;
    this.#noteSent(nowMs);
    const changes = [...this.#untold.values()];
    this.#untold.clear();
    return store.tell(changes).catch((error: unknown) => this.#complain(error));
  }

  public due(): boolean {
    const nowMs = this.#nowMs();
    if (nowMs - this.#heardMs < SHARE_EVERY_MS) return false;
    this.#heardMs = nowMs;
    return true;
  }

  public hear(health: Parameters<HealthFeed['hear']>[0]): void {
    for (const [place, rest] of takeOver(this.#book, health, this.#options.clock))
      this.#note({ place, kind: 'rest', teller: this.#teller, rest });
    void this.tell();
  }

  public factsOf(target: Target): TargetFacts {
    const nowMs = this.#nowMs();
    const records = knownPlaces([target]).map(({ key }) => this.#book.of(key));
    const next = records.find((record) => look(record, nowMs).open) ?? records[0];
    for (const { speed } of records) speed.wanted = true;
    return {
      healthy: records.some((record) => look(record, nowMs).open),
      inFlight: records.reduce((sum, { inFlight }) => sum + inFlight, 0),
      hasQuota: records.some(({ quota }) => hasRoom(quota, target, 1, this.#options.clock)),
      ...(next === undefined ? {} : speedFacts(next, nowMs)),
    };
  }

  public isDown(): boolean {
    const nowMs = this.#nowMs();
    const sinceAt = this.#options.clock.now() - LATE_MS;
    const { troubled } = this.#book;
    const called = [...this.#book.entries()].filter(([, { answeredAt, trippedAt }]) => Math.max(answeredAt, trippedAt) > sinceAt);
    return called.length > 0 && called.every(([place, record]) => troubled.has(place) && !look(record, nowMs).open);
  }

  #nowMs(): number {
    return this.#options.clock.monotonic();
  }

  #complain(error: unknown): void {
    this.#options.log.write('warn', 'health-unshared', { code: error instanceof Error ? error.name : 'unknown' });
  }
}

function speedFacts({ speed }: PlaceRecord, nowMs: number): Pick<TargetFacts, 'timeToFirstTokenMs' | 'tokensPerSecond' | 'measuredAgoMs'> {
  const { timeToFirstTokenMs, tokensPerSecond, measuredMs } = speed;
  return {
    ...(timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs, measuredAgoMs: nowMs - measuredMs }),
    ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
  };
}
