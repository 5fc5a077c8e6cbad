import type { JsonObject } from '../../platform/json';
import { objectOf, objectsOf } from './lenient';

/** Where thinking of earlier turns stands: as DeepSeek, OpenRouter and LiteLLM have it. */
const THINKING = ['reasoning_content', 'reasoning_details', 'thinking_blocks', 'provider_specific_fields'];

/** The call without any thinking of earlier turns, for providers that refuse the fields, and which of them are gone; undefined when there is none. */
export function withoutReasoning(body: JsonObject): { readonly body: JsonObject; readonly dropped: readonly string[] } | undefined {
  const dropped = new Set<string>();
  const changes = changedMessages(body, (message) => {
    const calls = objectsOf(message['tool_calls']);
    const extra = calls.some((call) => 'extra_content' in call);
    const held = THINKING.filter((field) => field in message);
    if (held.length === 0 && !extra) return message;
    for (const field of held) dropped.add(`messages.${field}`);
    if (extra) dropped.add('messages.tool_calls.extra_content');
    const rest = Object.fromEntries(Object.entries(message).filter(([field]) => !held.includes(field)));
    return extra ? { ...rest, tool_calls: calls.map(withoutExtra) } : rest;
  });
  return changes === undefined ? undefined : { body: { ...body, ...changes }, dropped: [...dropped] };
}

/** The messages of a call with those of the model changed; undefined when none is. */
export function changedMessages(body: JsonObject, change: (message: JsonObject) => JsonObject): JsonObject | undefined {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return undefined;
  let changed = false;
  const written = messages.map((item) => {
    const message = objectOf(item);
    if (message === undefined || message['role'] !== 'assistant') return item;
    const next = change(message);
    if (next !== message) changed = true;
    return next;
  });
  return changed ? { messages: written } : undefined;
}

/** A tool call without what providers keep beside it. */
export function withoutExtra(call: JsonObject): JsonObject {
  const { extra_content: _extra, ...rest } = call;
  return rest;
}

/** Turns, or items, of which there is at least one: what a call said may be nothing that its provider takes. */
export function sayingAnything(turns: JsonObject[]): JsonObject[] {
  return turns.length === 0 ? [{ role: 'user', content: '...' }] : turns;
}
