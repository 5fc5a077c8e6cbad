import { type JsonDocument, type JsonNode, parseJson, parseJsonTree, textAt } from '../../platform/json';
import type { TextPlace, TextRule, TextRules } from './rule';

/** A text of a request. */
export interface RequestText {
  readonly place: TextPlace;
  /** Where it stands, as errors name it: `messages[3].content[0].text`. */
  readonly path: string;
  readonly text: string;
}

/** The texts of one request, in the order in which they are written. */
export interface RequestTexts {
  readonly texts: readonly RequestText[];
  /** Path of something that a model reads and nobody here can: ids of tokens. */
  readonly unread?: string | undefined;
  /** The body with texts exchanged; every other byte stays as it is. Without changes the same bytes are returned. */
  with(changes: ReadonlyMap<RequestText, string>): Buffer;
}

/** A text, and what is to be exchanged for it to say something else. */
interface FoundText extends RequestText {
  readonly start: number;
  readonly end: number;
  /** It is a string in the JSON of a string. */
  readonly quotedTwice: boolean;
}

/** Documents are bounded when they are read. What is nested deeper inside of a string is one text. */
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
    const quoted = JSON.stringify(change);
    parts.push(body.slice(at, each.start), each.quotedTwice ? JSON.stringify(quoted).slice(1, -1) : quoted);
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

class TextFinder {
  public readonly found: FoundText[] = [];

  public constructor(private readonly body: string) {}

  public look(node: JsonNode, rule: TextRule, around: Surroundings): void {
    if (rule.skip === true) return;
    const place = rule.place ?? around.place;
    switch (node.kind) {
      case 'string':
        if (rule.json === true) this.#lookInside(node.start, node.end, place, around.path);
        else this.#add(node.start, node.end, place, around.path);
        return;
      case 'array': {
        const below = rule.below ?? around.below;
        for (const { key, node: item } of node.members) this.look(item, rule, { place, below, path: `${around.path}[${key}]` });
        return;
      }
      case 'object':
        this.#lookAtFields(node, rule, { ...around, place });
    }
  }

  #lookAtFields(node: JsonNode & { readonly kind: 'object' }, rule: TextRule, around: Surroundings): void {
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

  #stringOf(node: JsonNode & { readonly kind: 'object' }, field: string): string | undefined {
    const member = node.members.find(({ key }) => key === field)?.node;
    return member?.kind === 'string' ? textAt(this.body, member.start, member.end) : undefined;
  }

  #add(start: number, end: number, place: TextPlace, path: string): void {
    this.found.push({ place, path, text: textAt(this.body, start, end), start, end, quotedTwice: false });
  }

  /** Adds the strings of the JSON that a string holds. */
  #lookInside(start: number, end: number, place: TextPlace, path: string): void {
    const inner = textAt(this.body, start, end);
    const tree = parseJson(inner) === undefined ? undefined : parseJsonTree(inner, MAX_DEPTH);
    if (tree === undefined) {
      this.#add(start, end, place, path);
      return;
    }
    const raw = new PlaceInString(this.body, start + 1);
    const finder = new TextFinder(inner);
    finder.look(tree, NO_RULE, { place, below: undefined, path });
    for (const each of finder.found) {
      this.found.push({ ...each, start: raw.of(each.start), end: raw.of(each.end), quotedTwice: true });
    }
  }
}

const NO_RULE: TextRule = {};

function own(rules: TextRules | undefined, name: string): TextRule | undefined {
  return rules !== undefined && Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** Where characters of what a JSON string says are written. Must be asked in order. */
class PlaceInString {
  #said = 0;

  public constructor(
    private readonly body: string,
    private at: number,
  ) {}

  public of(index: number): number {
    for (; this.#said < index; this.#said += 1) {
      if (this.body[this.at] !== '\\') this.at += 1;
      else this.at += this.body[this.at + 1] === 'u' ? 6 : 2;
    }
    return this.at;
  }
}
