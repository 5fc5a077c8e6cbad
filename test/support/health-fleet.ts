import { createHealth, type Health, type HealthChange, type HealthStore, type SharedHealth, type SharedPlace } from '../../lambda/routing';
import { TELLERS } from '../../lambda/routing/health/ports';
import type { Target } from '../../lambda/routing/target';

/** What processes tell each other, without a table. */
export class SharedItem implements HealthStore {
  readonly #places = new Map<
    string,
    { rests: Map<number, SharedPlace['rests'][number]>; answeredAt: number; probedAt: number; speed?: SharedPlace['speed'] }
  >();
  public tells = 0;
  public claims = 0;
  public granted = 0;
  /** The table does not answer. */
  public deaf = false;

  public async tell(changes: readonly HealthChange[]): Promise<void> {
    if (this.deaf) throw new Error('no answer');
    this.tells += 1;
    for (const change of changes) {
      const place = this.#of(change.place);
      if (change.kind === 'rest') place.rests.set(change.teller, change.rest);
      else if (change.kind === 'answered') place.answeredAt = change.at;
      else if (change.kind === 'speed') place.speed = change.speed;
    }
  }

  public async claim(name: string, now: number, notSince: number): Promise<boolean> {
    if (this.deaf) throw new Error('no answer');
    this.claims += 1;
    const place = this.#of(name);
    if (place.probedAt > notSince) return false;
    place.probedAt = now;
    this.granted += 1;
    return true;
  }

  public read(): SharedHealth {
    return new Map(
      [...this.#places].map(([name, { rests, answeredAt, probedAt, speed }]) => [
        name,
        { rests: [...rests.values()], answeredAt, probedAt, ...(speed === undefined ? {} : { speed }) },
      ]),
    );
  }

  #of(name: string) {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = { rests: new Map(), answeredAt: 0, probedAt: 0 };
      this.#places.set(name, place);
    }
    return place;
  }
}

/** A target of one place, `provider/model@`. */
export function targetAt(provider: string, model = 'm', regions: readonly string[] = [], more: Partial<Target> = {}): Target {
  const sites =
    regions.length === 0
      ? [{ origin: `https://${provider}.test`, basePath: '' }]
      : regions.map((region) => ({ region, origin: `https://${region}.test`, basePath: '' }));
  const name = `${provider}/${model}`;
  return { provider: { id: provider, sites: () => sites }, model, name, key: name, ...more } as unknown as Target;
}

/** A process that has calls: it hears what others tell as often as it would, and goes by a clock of the test's. */
export function processOf(item: SharedItem, clock: { ms: number }, teller: number, log: string[] = []): Health & { round(): void } {
  const health = createHealth({
    clock: { now: () => 1_700_000_000_000 + clock.ms, monotonic: () => clock.ms },
    log: { write: (_level, event) => log.push(event) },
    store: item,
    random: () => (teller % TELLERS) / TELLERS,
  });
  return Object.assign(health, {
    round() {
      if (health.due()) health.hear(item.read());
    },
  });
}
