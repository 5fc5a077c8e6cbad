/** What a text of a request is there for. */
export type TextPlace =
  /** Instructions of whoever runs the caller's application. */
  | 'system'
  /** What users said. */
  | 'user'
  /** What models said, and texts that are no part of a conversation. */
  | 'message'
  /** What a model thought. Some of it is signed: a provider refuses the call when it is changed. */
  | 'reasoning'
  /** Names, descriptions and schemas of tools. */
  | 'tool-definition'
  /** What a model gave a tool: its name, and every string of its arguments. */
  | 'arguments'
  /** What tools answered. */
  | 'result'
  /** Documents that are sent as text, with their names, and what was found by a search. */
  | 'document'
  /** The form that an answer shall have. */
  | 'format'
  /** A field that the dialect does not know. Some servers of one's own let a model read such. */
  | 'other';

/**
 * How texts are found in a value: a string is one, an array has those of its items, an object those of its fields. A string is a text
 * unless its field is named here as one that never holds words, so that what a dialect has yet to learn is found too.
 */
export interface TextRule {
  /** Of strings here and below. Default: as above it. */
  readonly place?: TextPlace;
  /** Nothing here and below is a text: identifiers, settings, addresses, bytes. */
  readonly skip?: true;
  /**
   * What stands here is JSON, as a value or in a string, and one text with its names and numbers: what is read of it depends on what it stands
   * beside. A string that holds none is a text itself.
   */
  readonly json?: true;
  /** A string here is a file: its text is one, where it has any or is said to be `text`. */
  readonly file?: true | 'text';
  /** A string here says where something is, or which: no text, but for what it carries itself (`data:`). */
  readonly address?: true;
  /** Fields of objects here. They hold in place of what `below` says of them. */
  readonly fields?: TextRules;
  /** Fields of objects here and below, as far as they are not named otherwise. */
  readonly below?: TextRules;
  /** More of an object by its kind (`type`, `role`), added to what holds anyway. */
  kind?(kindOf: (field: string) => string | undefined): TextRule | undefined;
}

export type TextRules = Readonly<Record<string, TextRule>>;

export const SKIP: TextRule = { skip: true };

/** The same rule for many fields. */
export function each(names: string, rule: TextRule): TextRules {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, rule]));
}
