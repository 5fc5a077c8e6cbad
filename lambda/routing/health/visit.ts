import type { Clock } from '../../platform/runtime';
import type { SaidQuota } from '../../wire/protocols';
import { giveBack } from './breaker';
import type { PlaceRecord } from './place-record';
import { noteSaid } from './quota';
import { noteFirstToken, noteRate, noteSilence } from './speed';
import type { Verdict } from './verdict';

/** One attempt at a place. */
export interface Visit {
  /** The provider said what is left of its quota. */
  quota(said: SaidQuota): void;
  /** It began to answer. */
  answers(): void;
  /** So many tokens came since the first, or since the call was sent where nothing of the answer came before its end. */
  wrote(tokens: number): void;
  /** It is over. @param verdict undefined: it told nothing */
  end(verdict: Verdict | undefined): void;
}

/** Whoever learns of attempts. */
export interface VisitHost {
  /** @param sentAt epoch ms */
  answers(place: string, record: PlaceRecord, sentAt: number): void;
  learn(place: string, record: PlaceRecord, verdict: Verdict, sentAt: number): void;
}

/** Below, a rate says more of the network than of the model. */
const LEAST_TOKENS = 8;

export class OpenVisit implements Visit {
  readonly #record: PlaceRecord;
  readonly #clock: Clock;
  readonly #place: string;
  readonly #health: VisitHost;
  readonly #sentAt: number;
  readonly #sentMs: number;
  #firstMs = 0;

  public constructor(record: PlaceRecord, place: string, clock: Clock, health: VisitHost) {
    this.#record = record;
    this.#place = place;
    this.#clock = clock;
    this.#health = health;
    this.#sentAt = clock.now();
    this.#sentMs = clock.monotonic();
  }

  public quota(said: SaidQuota): void {
    noteSaid(this.#record.quota, said, this.#clock.monotonic());
  }

  public answers(): void {
    if (this.#firstMs > 0) return;
    this.#firstMs = this.#clock.monotonic();
    this.#health.answers(this.#place, this.#record, this.#sentAt);
    noteFirstToken(this.#record.speed, this.#firstMs - this.#sentMs, this.#firstMs);
  }

  public wrote(tokens: number): void {
    const nowMs = this.#clock.monotonic();
    const { speed } = this.#record;
    // Of a whole answer nobody saw the first token.
    const fromMs = this.#firstMs || this.#sentMs + Math.min(speed.timeToFirstTokenMs ?? 0, (nowMs - this.#sentMs) / 2);
    if (tokens >= LEAST_TOKENS) noteRate(speed, tokens, nowMs - fromMs, nowMs);
  }

  public end(verdict: Verdict | undefined): void {
    const record = this.#record;
    record.inFlight -= 1;
    if (verdict?.kind === 'failed' && this.#firstMs === 0) noteSilence(record.speed, this.#clock.monotonic() - this.#sentMs);
    if (verdict === undefined) giveBack(record, this.#sentMs);
    else this.#health.learn(this.#place, record, verdict, this.#sentAt);
  }
}
