import { type JsonDocument, type JsonNode, parseJson, parseJsonTree, textAt } from '../../platform/json';
import { type FileText, textOfFile } from './file-text';
import type { TextPlace, TextRule, TextRules } from './rule';

/** JSON is looked into as whoever reads it sees it, and stays JSON. */
export type TextForm = 'text' | 'json';

/** A text of a request. */
export interface RequestText {
  readonly place: TextPlace;
  /** Where it stands, as errors name it: `messages[3].content[0].text`. */
  readonly path: string;
  readonly text: string;
  readonly form: TextForm;
}

/** The texts of one request, in the order in which they are written. */
export interface RequestTexts {
  readonly texts: readonly RequestText[];
  /** Path of something that a model reads and nobody here can: ids of tokens. */
  readonly unread?: string | undefined;
  /** The body with texts exchanged; every other byte stays as it is. Without changes the same bytes are returned. */
  with(changes: ReadonlyMap<RequestText, string>): Buffer;
}

/** A text, and where what it is written as stands. */
interface FoundText extends RequestText {
  readonly start: number;
  readonly end: number;
  /** It stands in a string, or is one. */
  readonly isString: boolean;
  readonly file?: FileText;
}

/** Documents are bounded when they are read. */
const MAX_DEPTH = 128;

/** Finds every text of a body, in time and space linear in its length. Nothing is refused: a field that is of no use is not looked into. */
export function findTexts(document: JsonDocument, rule: TextRule): RequestTexts {
  const body = document.bytes.toString('utf8');
  const finder = new TextFinder(body);
  const tree = parseJsonTree(body, MAX_DEPTH);
  if (tree !== undefined) finder.look(tree, rule, { place: 'other', below: undefined, path: '' });
  const { found } = finder;
  return { texts: found, with: (changes) => written(document.bytes, body, found, changes) };
}

function written(bytes: Buffer, body: string, found: readonly FoundText[], changes: ReadonlyMap<RequestText, string>): Buffer {
  const parts: string[] = [];
  let at = 0;
  for (const each of found) {
    const change = changes.get(each);
    if (change === undefined || change === each.text) continue;
    const said = each.file?.written(change) ?? change;
    parts.push(body.slice(at, each.start), each.isString ? JSON.stringify(said) : said);
    at = each.end;
  }
  return parts.length === 0 ? bytes : Buffer.from(parts.join('') + body.slice(at));
}

/** What holds for a value because of where it stands. */
interface Surroundings {
  readonly place: TextPlace;
  readonly below: TextRules | undefined;
  readonly path: string;
}

type JsonGroup = JsonNode & { readonly kind: 'object' | 'array' };

class TextFinder {
  public readonly found: FoundText[] = [];

  public constructor(private readonly body: string) {}

  public look(node: JsonNode, rule: TextRule, around: Surroundings): void {
    if (rule.skip === true) return;
    const place = rule.place ?? around.place;
    switch (node.kind) {
      case 'string':
        return this.#lookAtString(node, rule, { ...around, place });
      case 'array': {
        if (rule.json === true) return this.#addJson(node, { ...around, place });
        const below = rule.below ?? around.below;
        for (const { key, node: item } of node.members) this.look(item, rule, { place, below, path: `${around.path}[${key}]` });
        return;
      }
      case 'object':
        if (rule.json === true) return this.#addJson(node, { ...around, place });
        this.#lookAtFields(node, rule, { ...around, place });
    }
  }

  #lookAtFields(node: JsonGroup, rule: TextRule, around: Surroundings): void {
    const more = rule.kind?.((field) => this.#stringOf(node, field));
    if (more?.skip === true) return;
    const place = more?.place ?? around.place;
    const below = more?.below ?? rule.below ?? around.below;
    for (const { key, node: value } of node.members) {
      const name = String(key);
      const ofField = own(more?.fields, name) ?? own(rule.fields, name) ?? own(below, name) ?? NO_RULE;
      this.look(value, ofField, { place, below, path: around.path === '' ? name : `${around.path}.${name}` });
    }
  }

  #stringOf(node: JsonGroup, field: string): string | undefined {
    const member = node.members.find(({ key }) => key === field)?.node;
    return member?.kind === 'string' ? textAt(this.body, member.start, member.end) : undefined;
  }

  #lookAtString({ start, end }: Span, rule: TextRule, { place, path }: Surroundings): void {
    const text = textAt(this.body, start, end);
    if (rule.file === undefined && rule.address !== true) {
      const form = rule.json === true && parseJson(text) !== undefined ? 'json' : 'text';
      this.found.push({ place, path, text, form, start, end, isString: true });
      return;
    }
    const file = rule.address !== true || /^data:/i.test(text) ? textOfFile(text, rule.file === 'text') : undefined;
    if (file !== undefined) this.found.push({ place, path, text: file.text, form: 'text', start, end, isString: true, file });
  }

  #addJson({ start, end }: Span, { place, path }: Surroundings): void {
    this.found.push({ place, path, text: this.body.slice(start, end), form: 'json', start, end, isString: false });
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const NO_RULE: TextRule = {};

function own(rules: TextRules | undefined, name: string): TextRule | undefined {
  return rules !== undefined && Object.hasOwn(rules, name) ? rules[name] : undefined;
}
