import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';

const OPENING: JsonObject = { role: 'user', content: '...' };
/** Between the result of a tool and what the user says next. */
const BRIDGE: JsonObject = { role: 'assistant', content: 'OK.' };

/**
 * Turns in the order that Mistral insists on: the user's first, also where there are but instructions; after a tool's result the
 * assistant's; no turn of the assistant's that says nothing; no instructions once the conversation has begun (they are the user's then); a
 * last turn of the assistant's says that it is to be continued.
 *
 * @returns the given list itself when it has that order
 */
export function inStrictOrder(messages: JsonValue[]): JsonValue[] {
  const ordered: JsonValue[] = [];
  for (const message of messages) {
    const before = roleOf(ordered.at(-1));
    const role = roleOf(message);
    if (role === 'assistant' && saysNothing(message as JsonObject)) continue;
    const isLate = role === 'system' && before !== undefined && before !== 'system';
    if (role === 'assistant' && (before === undefined || (before === 'system' && !ordered.some(isUser)))) ordered.push(OPENING);
    if (before === 'tool' && (role === 'user' || isLate)) ordered.push(BRIDGE);
    ordered.push(isLate ? { ...(message as JsonObject), role: 'user' } : message);
  }
  if (ordered.length === 0) ordered.push(OPENING);
  const last = ordered.at(-1);
  if (isJsonObject(last) && ordered.every((message) => roleOf(message) === 'system'))
    ordered[ordered.length - 1] = { ...last, role: 'user' };
  if (isJsonObject(last) && last['role'] === 'assistant' && last['prefix'] === undefined && last['tool_calls'] === undefined) {
    ordered[ordered.length - 1] = { ...last, prefix: true };
  }
  return ordered.length === messages.length && ordered.every((message, index) => message === messages[index]) ? messages : ordered;
}

function saysNothing({ content, tool_calls: calls }: JsonObject): boolean {
  const isEmpty = content === undefined || content === null || content === '' || (Array.isArray(content) && content.length === 0);
  return isEmpty && (!Array.isArray(calls) || calls.length === 0);
}

function isUser(message: JsonValue): boolean {
  return roleOf(message) === 'user';
}

function roleOf(message: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(message) ? message['role'] : undefined;
}
