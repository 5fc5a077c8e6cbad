import type { JsonObject, JsonValue } from '../../platform/json';
import { withoutBillingLine } from './billing-line';
import { arrayOf, objectOf, objectsOf, textOf } from './lenient';

/** What a call is routed by, beside the facts that are known of every call. */
export interface RoutedBy {
  /** The texts that every call of one conversation begins with. Absent: such calls belong to none. */
  opening?(body: JsonObject): readonly string[];
  /** Whether the answer is to keep to a schema. Absent: never. */
  wantsSchema?(body: JsonObject): boolean;
}

/** What tells conversations apart stands among the first. */
const MOST_TEXTS = 32;
/** Whose turns a conversation begins with. */
const BEGINS: ReadonlySet<string | undefined> = new Set(['system', 'developer', 'user']);

/**
 * The texts that every call of one conversation begins with: its instructions, and the turns before the first answer. What differs from call
 * to call of one conversation is none of them.
 *
 * @param turns a list of them, or the only one as a text
 */
export function openingOf(instructions: JsonValue | undefined, turns: JsonValue | undefined): readonly string[] {
  const texts: string[] = [];
  addTexts(texts, instructions);
  if (typeof turns === 'string') texts.push(turns);
  for (const turn of arrayOf(turns)) {
    const fields = objectOf(turn);
    if (texts.length >= MOST_TEXTS || !BEGINS.has(textOf(fields?.['role']))) break;
    addTexts(texts, fields?.['content']);
  }
  return texts;
}

function addTexts(texts: string[], content: JsonValue | undefined): void {
  if (typeof content === 'string') addText(texts, content);
  else for (const { text } of objectsOf(content)) if (typeof text === 'string') addText(texts, text);
}

function addText(texts: string[], text: string): void {
  const told = withoutBillingLine(text);
  if (told !== '') texts.push(told);
}
