import type { JsonObject, JsonValue } from '../../platform/json';

const OPENING: JsonObject = { role: 'user', content: '...' };
/** Between the result of a tool and what the user says next. */
const BRIDGE: JsonObject = { role: 'assistant', content: 'OK.' };

/**
 * Turns in the order that Mistral insists on: the user's first; after a tool's result the assistant's; no instructions after an answer
 * (they are the user's then); a last turn of the assistant's says that it is to be continued.
 *
 * @returns the given list itself when it has that order
 */
export function inStrictOrder(messages: JsonValue[]): JsonValue[] {
  const ordered: JsonValue[] = [];
  for (const message of messages) {
    const before = roleOf(ordered.at(-1));
    const role = roleOf(message);
    const isLate = role === 'system' && (before === 'assistant' || before === 'tool');
    if (role === 'assistant' && (before === undefined || (before === 'system' && !ordered.some(isUser)))) ordered.push(OPENING);
    if (before === 'tool' && (role === 'user' || isLate)) ordered.push(BRIDGE);
    ordered.push(isLate ? { ...(message as JsonObject), role: 'user' } : message);
  }
  const last = ordered.at(-1);
  if (isObject(last) && last['role'] === 'assistant' && last['prefix'] === undefined && last['tool_calls'] === undefined) {
    ordered[ordered.length - 1] = { ...last, prefix: true };
  }
  return ordered.length === messages.length && ordered.every((message, index) => message === messages[index]) ? messages : ordered;
}

function isUser(message: JsonValue): boolean {
  return roleOf(message) === 'user';
}

function roleOf(message: JsonValue | undefined): JsonValue | undefined {
  return isObject(message) ? message['role'] : undefined;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
