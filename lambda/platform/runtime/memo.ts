/**
 * Remembers what was made for a name: the same few come again and again. When there are too many, all of it is forgotten.
 *
 * @param most names that are remembered
 */
export function createMemo<T>(most: number): (name: string, make: (name: string) => T) => T {
  const made = new Map<string, T>();
  return (name, make) => {
    const known = made.get(name);
    if (known !== undefined || made.has(name)) return known as T;
    if (made.size >= most) made.clear();
    const value = make(name);
    made.set(name, value);
    return value;
  };
}
