/** The fields that something has, and what was made for just these. */
export interface Combination<Field, Made> {
  readonly present: readonly Field[];
  readonly made: Made;
}

interface Place<Field, Made> {
  readonly next: Place<Field, Made>[];
  found?: Combination<Field, Made>;
}

const MOST_MADE = 500;

/**
 * Makes something once for each combination of fields that are present: the same few come all the time. A combination is looked up by one
 * step for each of its fields, so two of them never meet, however many fields there are.
 *
 * @param make what a combination of this kind needs
 */
export function combinations<Field extends { readonly name: string }, Made>(
  fields: readonly Field[],
  make: (present: readonly Field[], kind: number) => Made,
): (source: object, kind?: number) => Combination<Field, Made> {
  let root: Place<Field, Made> = { next: [] };
  let count = 0;
  const isPresent = (source: object, { name }: Field): boolean => (source as Readonly<Record<string, unknown>>)[name] !== undefined;
  return (source, kind = 0) => {
    let place = step(root, kind);
    for (let index = 0; index < fields.length; index++) {
      if (isPresent(source, fields[index] as Field)) place = step(place, index);
    }
    if (place.found !== undefined) return place.found;
    if (++count > MOST_MADE) {
      root = { next: [] };
      count = 0;
    }
    const present = fields.filter((field) => isPresent(source, field));
    place.found = { present, made: make(present, kind) };
    return place.found;
  };
}

function step<Field, Made>(from: Place<Field, Made>, index: number): Place<Field, Made> {
  let next = from.next[index];
  if (next === undefined) {
    next = { next: [] };
    from.next[index] = next;
  }
  return next;
}
