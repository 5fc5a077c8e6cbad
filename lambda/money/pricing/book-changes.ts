import { namesOf } from './book-line';
import type { PriceBookData } from './price-book';

/** What one book says of a model otherwise than another. */
export interface BookChange {
  /** Kind of provider. */
  readonly kind: string;
  readonly model: string;
  /** What the line says after its names; absent: the book does not list the model. */
  readonly before?: string;
  readonly after?: string;
}

/** Every model that two books price differently, in the order of kinds and names. */
export function changesBetween(before: PriceBookData, after: PriceBookData): readonly BookChange[] {
  const kinds = [...new Set([...Object.keys(before.lists), ...Object.keys(after.lists)])].sort();
  return kinds.flatMap((kind) => {
    const [left, right] = [linesByName(before, kind), linesByName(after, kind)];
    const models = [...new Set([...left.keys(), ...right.keys()])].sort();
    return models.flatMap((model) => {
      const [was, is] = [left.get(model), right.get(model)];
      if (was === is) return [];
      return [{ kind, model, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
    });
  });
}

/** Number of models by kind of provider. */
export function modelsByKind(data: PriceBookData): Record<string, number> {
  return Object.fromEntries(
    Object.keys(data.lists)
      .sort()
      .map((kind) => [kind, linesByName(data, kind).size]),
  );
}

function linesByName({ lists }: PriceBookData, kind: string): ReadonlyMap<string, string> {
  const lines = lists[kind as keyof typeof lists] ?? [];
  return new Map(lines.flatMap((line) => namesOf(line).map((name) => [name, line.slice(line.indexOf('|') + 1).trim()] as const)));
}
