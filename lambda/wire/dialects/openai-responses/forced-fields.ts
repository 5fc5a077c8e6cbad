import type { JsonObject, JsonValue } from '../../../platform/json';
import { objectOf } from '../../protocols/lenient';
import type { ChangedFields } from '../../protocols/protocol';

/**
 * Every provider of Responses keeps what it is not told to forget.
 *
 * @see https://platform.openai.com/docs/guides/migrate-to-responses
 */
export function forget(body: JsonObject): ChangedFields {
  const { input } = body;
  const items = Array.isArray(input) ? input.filter((item) => !isKeptThinking(item)) : [];
  const fewer = Array.isArray(input) && items.length < input.length;
  return {
    changes: { ...(body['store'] === false ? {} : { store: false }), ...(fewer ? { input: items } : {}) },
    dropped: [...(body['store'] === true ? ['store'] : []), ...(fewer ? ['thinking in input'] : [])],
  };
}

/** Thinking that comes neither encrypted nor in words would be looked up by its id; a conversation can go on without it. */
function isKeptThinking(value: JsonValue): boolean {
  const item = objectOf(value);
  if (item?.['type'] !== 'reasoning') return false;
  const { content, encrypted_content: encrypted } = item;
  return !(typeof encrypted === 'string' && encrypted !== '') && !(Array.isArray(content) && content.length > 0);
}
