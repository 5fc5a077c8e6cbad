import type { Clock, Log } from '../../platform/runtime';
import { ratesOf } from '../pages';
import type { PageReturn } from '../ports/page-store';
import type { HeldPageReply } from './attempt';
import { closeAll, type DecisionStores, decide, type Held, type LastWord, openOf } from './decide';
import { type PersistOptions, persist } from './persist';

export interface RetreatOptions extends DecisionStores, PersistOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** Nobody waits longer for an attempt that was not sent; then the table alone knows of it. */
const LONGEST_MS = 60_000;
const NOTHING_KEPT: PageReturn = { costNanoUsd: 0n, tokens: 0 };

/**
 * Takes back an attempt that sent nothing. E on all its pages; before that V, and only once it is heard, unless one of them has refused:
 * then the attempt can never be complete and nobody takes it for sent.
 */
export class Retreat {
  readonly #options: RetreatOptions;
  readonly #word: LastWord;
  readonly #held: readonly Held[];
  readonly #open: ReturnType<typeof openOf>;
  readonly #rates = new Map<string, PageReturn['rates']>();
  #said: boolean;

  /** @param said nothing has to be said first */
  public constructor(options: RetreatOptions, word: LastWord, held: readonly (Held | HeldPageReply)[], said: boolean) {
    this.#options = options;
    this.#word = word;
    this.#held = held.map(({ key, entry }) => ({ key, entry }));
    this.#open = openOf(this.#held);
    this.#said = said;
    for (const one of held) if ('take' in one) this.#rates.set(one.key, ratesOf(one.take));
  }

  public get done(): boolean {
    return this.#said && this.#open.size === 0;
  }

  /** @throws what the table said; it may be repeated at will */
  public async work(timeoutMs?: () => number): Promise<void> {
    if (!this.#said) {
      const { outcome } = await decide(this.#options, this.#word, timeoutMs?.());
      if (outcome === 'other') this.#complain('error', 'unsent-charged', undefined);
      this.#said = true;
    }
    await closeAll(this.#options, this.#word.id, this.#open, (key) => this.#backOf(key), timeoutMs);
  }

  /** Goes on after the answer until it is done, or somebody else has it. Never rejects. */
  public async persist(): Promise<void> {
    const { clock } = this.#options;
    const work = { kind: 'unsent', record: this.#word, held: this.#held } as const;
    try {
      await persist(
        this.#options,
        (timeoutMs) => this.work(() => timeoutMs),
        work,
        clock.monotonic() + LONGEST_MS,
        (error) => this.#complain('warn', 'abandonment-deferred', error),
      );
    } catch (error) {
      this.#complain('error', 'abandonment-not-queued', error);
    }
  }

  #backOf(key: string): PageReturn {
    const rates = this.#rates.get(key);
    return rates === undefined ? NOTHING_KEPT : { ...NOTHING_KEPT, rates };
  }

  #complain(level: 'warn' | 'error', event: string, error: unknown): void {
    const { id, keyId } = this.#word;
    this.#options.log.write(level, event, { requestId: id, keyId, ...(error instanceof Error ? { code: error.name } : {}) });
  }
}
