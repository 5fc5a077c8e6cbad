import { isJsonObject, type JsonObject, type JsonValue } from '../../platform/json';
import { entryOf } from '../../platform/table';
import { mistralToolId } from '../protocols/tool-ids';

/** Fields of messages that Mistral knows, by role. @see https://docs.mistral.ai/api/endpoint/chat */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
};

/**
 * A message with the fields that Mistral knows, which refuses the call for any other, and with ids of calls in its grammar.
 *
 * @param dropped takes the fields that are gone and said something
 * @returns the message itself where it needs no change
 */
export function forMistral(message: JsonObject, dropped: Set<string>): JsonObject {
  const known = entryOf(FIELDS, String(message['role']));
  if (known === undefined) return message;
  const written: JsonObject = {};
  for (const [field, value] of Object.entries(message)) {
    if (known.includes(field)) written[field] = withIds(field, value);
    else if (!isEmpty(value)) dropped.add(`messages.${field}`);
  }
  const names = Object.keys(message);
  const isSame = names.length === Object.keys(written).length && names.every((name) => written[name] === message[name]);
  return isSame ? message : written;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function withIds(field: string, value: JsonValue | undefined): JsonValue | undefined {
  if (field === 'tool_call_id') return typeof value === 'string' ? mistralToolId(value) : value;
  if (field !== 'tool_calls' || !Array.isArray(value)) return value;
  const calls = value.map((call) => (isCall(call) ? withId(call) : call));
  return calls.every((call, index) => call === value[index]) ? value : calls;
}

function isCall(value: JsonValue): value is JsonObject & { readonly id: string } {
  return isJsonObject(value) && typeof value['id'] === 'string';
}

function withId(call: JsonObject & { readonly id: string }): JsonObject {
  const id = mistralToolId(call.id);
  return id === call.id ? call : { ...call, id };
}
