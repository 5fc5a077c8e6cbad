import type { JsonObject } from '../../../platform/json';
import { objectOf } from '../../protocols/lenient';
import type { CallFacts, ChangedFields } from '../../protocols/protocol';

/**
 * Streams report usage only when asked. The caller who did not ask never sees it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
 */
export function usageFields(body: JsonObject, { stream, wantsStreamUsage }: CallFacts): JsonObject {
  if (!stream || wantsStreamUsage) return {};
  return { stream_options: { ...objectOf(body['stream_options']), include_usage: true } };
}

/** Some providers keep what they are not told to forget; a caller may ask any of them to keep a call. */
export function forget(body: JsonObject, storesUnasked: boolean): ChangedFields | undefined {
  const kept = body['store'] !== false && ((body['store'] ?? null) !== null || storesUnasked);
  return kept ? { changes: { store: false }, dropped: body['store'] === true ? ['store'] : [] } : undefined;
}
