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

/** JSON that is one text, as it stands or in a string. */
export class Json {
  public constructor(
    public readonly place: TextPlace,
    public readonly inner: Template,
    public readonly isString: boolean,
  ) {}
}

/** A file whose text is one. */
export class InFile {
  public constructor(
    public readonly text: string,
    public readonly header: string,
    public readonly encoding: 'utf8' | 'utf16le' | 'latin1' = 'utf8',
  ) {}

  public get written(): string {
    return this.header + Buffer.from(this.text, this.encoding).toString('base64');
  }
}

export type Template =
  | string
  | number
  | boolean
  | null
  | Marked
  | Json
  | InFile
  | readonly Template[]
  | { readonly [name: string]: Template };

export interface ExpectedText {
  readonly place: TextPlace;
  readonly path: string;
  readonly text: string;
}

/** The texts in the order in which they are written. */
export function textsOf(template: Template, path = ''): ExpectedText[] {
  if (template instanceof Marked) return [{ place: template.place, path, text: template.text }];
  if (template instanceof Json) return [{ place: template.place, path, text: JSON.stringify(plain(template.inner)) }];
  if (template instanceof InFile) return [{ place: 'document', path, text: template.text }];
  if (Array.isArray(template)) return template.flatMap((item, index) => textsOf(item, `${path}[${index}]`));
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template).flatMap(([name, value]) => textsOf(value, path === '' ? name : `${path}.${name}`));
}

/** The template with every text changed; JSON to an object that says the change. */
export function changed(template: Template, change: (text: string) => string): Template {
  if (template instanceof Marked) return new Marked(template.place, change(template.text));
  if (template instanceof Json) return new Json(template.place, { said: change(JSON.stringify(plain(template.inner))) }, template.isString);
  if (template instanceof InFile) return new InFile(change(template.text), template.header, template.encoding);
  if (Array.isArray(template)) return template.map((item) => changed(item, change));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, changed(value, change)]));
}

/** What the template is as a value. */
export function plain(template: Template): JsonValue {
  if (template instanceof Marked) return template.text;
  if (template instanceof Json) return template.isString ? JSON.stringify(plain(template.inner)) : plain(template.inner);
  if (template instanceof InFile) return template.written;
  if (Array.isArray(template)) return template.map(plain);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, plain(value)]));
}

/** Writes it with the white space and escapes that a source of random bits chooses. */
export function written(template: Template, bits: () => number): string {
  const space = () => ['', '', '', ' ', '\n  ', '\t'][bits() % 6] as string;
  if (template instanceof Marked) return quoted(template.text, bits);
  if (template instanceof Json) {
    const inner = written(template.inner, bits);
    return template.isString ? quoted(inner, bits) : inner;
  }
  if (template instanceof InFile) return quoted(template.written, bits);
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

const object = fc.dictionary(
  fc.constantFrom('a', 'type', 'id', 'role', 'data', 'url', 'b c', 'ключ', 'content'),
  fc.oneof(
    leaf('other'),
    fc.array(leaf('other'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('type', 'deep'), leaf('other'), { maxKeys: 2 }),
  ),
  { maxKeys: 4 },
) as fc.Arbitrary<Template>;

/** Any JSON object, which is one text. */
export const free = (place: TextPlace): fc.Arbitrary<Template> => object.map((each) => new Json(place, each, false));
export const freeInString = (place: TextPlace): fc.Arbitrary<Template> => object.map((each) => new Json(place, each, true));

/** The bytes of a file, of which some are text. */
export const file = (header: fc.Arbitrary<string>): fc.Arbitrary<Template> =>
  fc.oneof(
    fc
      .tuple(
        words.filter((each) => each !== ''),
        header,
      )
      .map(([text, head]): Template => new InFile(text, head)),
    header.map((head): Template => new InFile('Name;Straße\nJörg;Löwenplatz', head, 'latin1')),
    header.map((head): Template => new InFile('\ufeffName,Straße\nJörg,Löwenplatz 😀', head, 'utf16le')),
    header.map((head): Template => `${noText(head)}JVBERi0xLjcKJeLjz9M=`),
    header.map((head): Template => `${noText(head)}iVBORw0KGgoAAAANSUhEUg==`),
  );

/** What is said to be text is read as such. */
const noText = (head: string): string => head.replace(/^data:text\/\w+/, 'data:application/pdf');

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
