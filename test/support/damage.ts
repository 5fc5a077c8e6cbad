import type { JsonObject, JsonValue } from '../../lambda/platform/json/value';

/** How a value of a JSON text can be wrong. */
export const OTHER_VALUES = ['null', 'number', 'list', 'remove'] as const;

/** The data with one of its values, however deep, of another type or gone. */
export function withOtherValue(data: string, inside: number, kind: string): string {
  let body: JsonValue;
  try {
    body = JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
  const places: [Record<string, JsonValue | undefined>, string][] = [];
  const visit = (value: JsonValue | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      places.push([value as JsonObject & Record<string, JsonValue | undefined>, name]);
      visit((value as JsonObject)[name]);
    }
  };
  visit(body);
  const place = places[inside % Math.max(1, places.length)];
  if (place === undefined) return data;
  const [owner, name] = place;
  if (kind === 'remove' && !Array.isArray(owner)) delete owner[name];
  else owner[name] = kind === 'number' ? 7 : kind === 'list' ? ['x', { text: 'y' }] : null;
  return JSON.stringify(body);
}
