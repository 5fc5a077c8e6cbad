/** The fields that something has, and what was made for just these. */
export interface Combination<Field, Made> {
  readonly present: readonly Field[];
  readonly made: Made;
}

/** By which of the next fields are there. */
interface Place<Field, Made> {
  readonly next: Map<number, Place<Field, Made>>;
  found?: Combination<Field, Made>;
}

const MOST_MADE = 500;
/** Fields of one step: as many bits as V8 keeps in a number without an object for it. */
const STEP_FIELDS = 30;

/**
 * Makes something once for each combination of fields that are present: the same few come all the time. A combination is looked up by one
 * step for each thirty of its fields, so two of them never meet, however many fields there are.
 *
 * @param make what a combination of this kind needs
 */
export function combinations<Field extends { readonly name: string }, Made>(
  fields: readonly Field[],
  make: (present: readonly Field[], kind: number) => Made,
): (source: object, kind?: number) => Combination<Field, Made> {
  const names = fields.map(({ name }) => name);
  let root: Place<Field, Made> = { next: new Map() };
  let count = 0;
  return (source, kind = 0) => {
    const values = source as Readonly<Record<string, unknown>>;
    let place = step(root, kind);
    for (let first = 0; first < names.length; first += STEP_FIELDS) {
      const end = Math.min(first + STEP_FIELDS, names.length);
      let there = 0;
      for (let index = first; index < end; index++) there = 2 * there + (values[names[index] as string] === undefined ? 0 : 1);
      place = step(place, there);
    }
    if (place.found !== undefined) return place.found;
    if (++count > MOST_MADE) {
      root = { next: new Map() };
      count = 0;
    }
    const present = fields.filter(({ name }) => values[name] !== undefined);
    place.found = { present, made: make(present, kind) };
    return place.found;
  };
}

function step<Field, Made>(from: Place<Field, Made>, index: number): Place<Field, Made> {
  let next = from.next.get(index);
  if (next === undefined) {
    next = { next: new Map() };
    from.next.set(index, next);
  }
  return next;
}
