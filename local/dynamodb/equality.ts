import type { AttributeValue, Item } from './types';

/** Equality of values; an absent one equals nothing. */
export function sameValue(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return one !== undefined && other !== undefined && canonical(one) === canonical(other);
}

/** Equality of items, absent ones included. */
export function sameItem(one: Item | undefined, other: Item | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && canonical(one) === canonical(other));
}

/** The order of attributes and of a set's members does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (name, part: unknown) => {
    if ((name === 'SS' || name === 'NS' || name === 'BS') && Array.isArray(part)) return [...part].sort();
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
