import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { objectOfArguments } from '../fitting';

/** A message whose calls have an object for arguments; the message itself where they do. */
export function withArgumentsAsObjects(message: JsonObject): JsonObject {
  const { tool_calls: calls } = message;
  if (!Array.isArray(calls)) return message;
  const written = calls.map(withObject);
  return written.every((call, index) => call === calls[index]) ? message : { ...message, tool_calls: written };
}

function withObject(call: JsonValue): JsonValue {
  if (!isJsonObject(call)) return call;
  const { function: called } = call;
  if (called === undefined || !isJsonObject(called)) return call;
  const { arguments: text } = called;
  if (typeof text !== 'string') return call;
  const read = objectOfArguments({ arguments: text });
  const isRead = text.trim() !== '' && !('_unparsed' in read);
  return isRead ? call : { ...call, function: { ...called, arguments: JSON.stringify(read) } };
}
