import type { ObjectStore } from '../../lambda/archive';

export interface MemoryBucket extends ObjectStore {
  readonly objects: Map<string, Buffer>;
  /** Called before and after each call; what it throws the call throws, and what was written stays written. */
  weather: (moment: 'before' | 'after', operation: keyof ObjectStore, key: string) => void;
}

/** A bucket in memory, whose calls may fail before or after they are carried out. */
export function createMemoryBucket(): MemoryBucket {
  const objects = new Map<string, Buffer>();
  const call = async <T>(operation: keyof ObjectStore, key: string, run: () => T): Promise<T> => {
    bucket.weather('before', operation, key);
    const result = run();
    bucket.weather('after', operation, key);
    return result;
  };
  const bucket: MemoryBucket = {
    objects,
    weather: () => undefined,
    put: (key, body, { onlyNew = false } = {}) =>
      call('put', key, () => {
        if (onlyNew && objects.has(key)) return 'exists';
        objects.set(key, body);
        return 'done';
      }),
    get: (key) => call('get', key, () => objects.get(key)),
    list: (prefix, { after = '', limit = 1_000 } = {}) =>
      call('list', prefix, () => {
        const keys = [...objects.keys()].sort().filter((key) => key.startsWith(prefix) && key > after);
        return { keys: keys.slice(0, limit), more: keys.length > limit };
      }),
    remove: (key) => call('remove', key, () => void objects.delete(key)),
  };
  return bucket;
}
