import type { JsonObject } from '../../platform/json';
import { objectOf, objectsOf } from './lenient';

/** The call without any thinking of earlier turns, for providers that refuse the fields; undefined when there is none. */
export function withoutReasoning(body: JsonObject): JsonObject | undefined {
  const changes = changedMessages(body, (message) => {
    const calls = objectsOf(message['tool_calls']);
    const extra = calls.some((call) => 'extra_content' in call);
    if (!('reasoning_content' in message) && !('reasoning_details' in message) && !extra) return message;
    const { reasoning_content: _text, reasoning_details: _details, ...rest } = message;
    return extra ? { ...rest, tool_calls: calls.map(withoutExtra) } : rest;
  });
  return changes === undefined ? undefined : { ...body, ...changes };
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
