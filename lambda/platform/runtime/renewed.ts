import type { Clock } from './clock';

/** Something that holds until an epoch ms. */
export interface Expiring<T> {
  readonly value: T;
  readonly expiresMs: number;
}

/** Such things are renewed this long before they expire. */
const RENEW_BEFORE_MS = 300_000;

/**
 * Keeps what is dear to get and expires, by id: until shortly before its end; calls at the same time share one exchange, and while none succeeds what still
 * holds is used.
 */
export function createRenewed<T>(clock: Pick<Clock, 'now'>): (id: string, renew: () => Promise<Expiring<T>>) => Promise<T> {
  const kept = new Map<string, Expiring<T>>();
  const pending = new Map<string, Promise<T>>();

  const exchange = async (id: string, renew: () => Promise<Expiring<T>>): Promise<T> => {
    try {
      const fresh = await renew();
      kept.set(id, fresh);
      return fresh.value;
    } catch (error) {
      const old = kept.get(id);
      if (old !== undefined && clock.now() < old.expiresMs) return old.value;
      throw error;
    }
  };

  return (id, renew) => {
    const known = kept.get(id);
    if (known !== undefined && clock.now() < known.expiresMs - RENEW_BEFORE_MS) return Promise.resolve(known.value);
    let running = pending.get(id);
    if (running === undefined) {
      running = exchange(id, renew).finally(() => pending.delete(id));
      pending.set(id, running);
    }
    return running;
  };
}
