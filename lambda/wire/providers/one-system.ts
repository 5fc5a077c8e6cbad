import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';

/** Models whose own templates refuse a second system message, and one behind the first turn. */
const STRICT = /(?:^|[/:_-])(?:qwen|qwq|minimax)/i;
/** What their hosts treat as one. */
const INSTRUCTING: ReadonlySet<JsonValue | undefined> = new Set(['system', 'developer']);

/**
 * A body with one system message at its head, for models that take no other: those that follow it at once are joined to it, and one between
 * the turns keeps its place as the user's, so that caches keep their prefix.
 *
 * @returns undefined where there is nothing to change
 * @see https://huggingface.co/Qwen/Qwen3.5-27B/blob/main/chat_template.jinja
 */
export function withOneSystem(body: JsonObject): { readonly body: JsonObject } | undefined {
  const { model, messages, input, instructions } = body;
  if (typeof model !== 'string' || !STRICT.test(model)) return undefined;
  if (Array.isArray(messages)) {
    const { leading, others, changed } = parted(messages);
    if (leading.length < 2 && !changed) return undefined;
    const first = leading.length === 0 ? [] : [{ ...leading[0], role: 'system', content: joined(leading.map(({ content }) => content)) }];
    return { body: { ...body, messages: [...first, ...others] } };
  }
  if (!Array.isArray(input)) return undefined;
  const { leading, others, changed } = parted(input);
  const told = [instructions, ...leading.map(({ content }) => content)].filter((content) => (content ?? null) !== null);
  if (told.length < 2 && !changed) return undefined;
  const text = joined(told.map(textIn));
  return { body: { ...body, ...(told.length === 0 ? {} : { instructions: text }), input: others } };
}

/** What stands before the first turn, and the turns, with what instructs between them said by the user. */
function parted(turns: readonly JsonValue[]): { leading: JsonObject[]; others: JsonValue[]; changed: boolean } {
  const first = turns.findIndex((turn) => !instructs(turn));
  const end = first < 0 ? turns.length : first;
  const others = turns.slice(end).map((turn): JsonValue => (instructs(turn) ? { ...turn, role: 'user' } : turn));
  return { leading: turns.slice(0, end).filter(instructs), others, changed: turns.slice(end).some(instructs) };
}

function instructs(turn: JsonValue): turn is JsonObject {
  return isJsonObject(turn) && INSTRUCTING.has(turn['role']);
}

function joined(contents: readonly (JsonValue | undefined)[]): JsonValue {
  if (contents.length === 1) return contents[0] ?? '';
  if (contents.every((content) => typeof content === 'string')) return contents.join('\n\n');
  return contents.flatMap((content): JsonValue[] => (Array.isArray(content) ? [...content] : [{ type: 'text', text: content ?? '' }]));
}

function textIn(content: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(content)) return content;
  return content.map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('\n');
}
