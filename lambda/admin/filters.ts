import type { Schema } from './schema';

/** Query parameters that narrow a list, and the field of a row that each is held against. */
export type Filters<Field> = Readonly<Record<string, Field>>;

/** What a call asks of a list's rows. */
export type Wanted<Field> = readonly (readonly [field: Field, value: string | null])[];

const TEXT: Schema = { type: 'string', minLength: 1, maxLength: 256 };

export function filterQuery(filters: Filters<unknown>): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.keys(filters).map((name) => [name, TEXT]));
}

export function wantedOf<Field>(filters: Filters<Field>, query: URLSearchParams): Wanted<Field> {
  return Object.entries(filters).flatMap(([name, field]) => (query.has(name) ? [[field, query.get(name)] as const] : []));
}

export function hasAll<Field extends PropertyKey>(row: Readonly<Partial<Record<Field, unknown>>>, wanted: Wanted<Field>): boolean {
  return wanted.every(([field, value]) => row[field] === value || (typeof row[field] === 'number' && String(row[field]) === value));
}
