/** Random calls that know their texts: templates in which each text is marked, written as JSON in as many ways as there are. */
import fc from 'fast-check';
import type { JsonValue } from '../../lambda/platform/json/value';
import type { TextPlace } from '../../lambda/wire/texts';

export class Marked {
  public constructor(
    public readonly place: TextPlace,
    public readonly text: string,
  ) {}
}

/** A string that holds JSON, in which strings are texts. */
export class InString {
  public constructor(public readonly inner: Template) {}
}

export type Template = string | number | boolean | null | Marked | InString | readonly Template[] | { readonly [name: string]: Template };

export interface ExpectedText {
  readonly place: TextPlace;
  readonly path: string;
  readonly text: string;
}

/** The texts in the order in which they are written. */
export function textsOf(template: Template, path = ''): ExpectedText[] {
  if (template instanceof Marked) return [{ place: template.place, path, text: template.text }];
  if (template instanceof InString) return textsOf(template.inner, path);
  if (Array.isArray(template)) return template.flatMap((item, index) => textsOf(item, `${path}[${index}]`));
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template).flatMap(([name, value]) => textsOf(value, path === '' ? name : `${path}.${name}`));
}

/** The template with every text changed. */
export function changed(template: Template, change: (text: string) => string): Template {
  if (template instanceof Marked) return new Marked(template.place, change(template.text));
  if (template instanceof InString) return new InString(changed(template.inner, change));
  if (Array.isArray(template)) return template.map((item) => changed(item, change));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, changed(value, change)]));
}

/** What the template is as a value. */
export function plain(template: Template): JsonValue {
  if (template instanceof Marked) return template.text;
  if (template instanceof InString) return JSON.stringify(plain(template.inner));
  if (Array.isArray(template)) return template.map(plain);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, plain(value)]));
}

/** Writes it with the white space and escapes that a source of random bits chooses. */
export function written(template: Template, bits: () => number): string {
  const space = () => ['', '', '', ' ', '\n  ', '\t'][bits() % 6] as string;
  if (template instanceof Marked) return quoted(template.text, bits);
  if (template instanceof InString) return quoted(written(template.inner, bits), bits);
  if (Array.isArray(template)) return `[${template.map((item) => space() + written(item, bits) + space()).join(',')}]`;
  if (typeof template === 'string') return quoted(template, bits);
  if (typeof template !== 'object' || template === null) return JSON.stringify(template);
  const fields = Object.entries(template).map(
    ([name, value]) =>
      `${space()}${bits() % 7 === 0 ? quoted(name, bits) : JSON.stringify(name)}${space()}:${space()}${written(value, bits)}${space()}`,
  );
  return `{${fields.join(',')}}`;
}

function quoted(text: string, bits: () => number): string {
  const characters =
    JSON.stringify(text)
      .slice(1, -1)
      .match(/\\u[0-9a-f]{4}|\\.|./gsu) ?? [];
  const escaped = characters.map((each) => {
    if (each === '/' && bits() % 2 === 0) return '\\/';
    return each.length === 1 && bits() % 8 === 0 ? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}` : each;
  });
  return `"${escaped.join('')}"`;
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('a "quoted" \\ word', '{"not": json', 'Grüße, 世界 😀', '\u2028'),
);

export const text = (place: TextPlace): fc.Arbitrary<Template> => words.map((each) => new Marked(place, each));
/** Of any other kind than a text. */
export const name = fc.constantFrom<Template>('id-1', 'auto', 'x');

const leaf = (place: TextPlace): fc.Arbitrary<Template> =>
  fc.oneof({ weight: 3, arbitrary: text(place) }, { weight: 1, arbitrary: fc.constantFrom<Template>(1.5, true, null, -2e3) });

/** Any JSON object whose strings are all texts. */
export const free = (place: TextPlace): fc.Arbitrary<Template> =>
  fc.dictionary(
    fc.constantFrom('a', 'type', 'id', 'role', 'data', 'url', 'b c', 'ключ', 'content'),
    fc.oneof(
      leaf(place),
      fc.array(leaf(place), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('type', 'deep'), leaf(place), { maxKeys: 2 }),
    ),
    { maxKeys: 4 },
  ) as fc.Arbitrary<Template>;

export const freeInString = (place: TextPlace): fc.Arbitrary<Template> => free(place).map((each) => new InString(each));

/** An object of which only what is given first must be there; its fields stand in any order. */
export function some(
  required: Record<string, fc.Arbitrary<Template>>,
  optional: Record<string, fc.Arbitrary<Template>> = {},
): fc.Arbitrary<Template> {
  return fc
    .record({ ...required, ...optional }, { requiredKeys: Object.keys(required) })
    .chain((fields) => fc.shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length }))
    .map((entries) => Object.fromEntries(entries) as Template);
}

export const list = (item: fc.Arbitrary<Template>, least = 0): fc.Arbitrary<Template> => fc.array(item, { minLength: least, maxLength: 3 });
export const is = (value: Template): fc.Arbitrary<Template> => fc.constant(value);
