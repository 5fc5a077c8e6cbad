import type { FieldChanges } from '../../platform/http';
import type { JsonObject } from '../../platform/json';
import type { DialectName, Operation } from '../../wire/model';
import type { CallFacts } from '../../wire/protocols';

/**
 * Fields that a body passed on in its own dialect must change, so that the provider reports usage: Chat Completions streams report it
 * only when asked. The caller who did not ask never sees it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
 */
export function passThroughChanges(dialect: DialectName, operation: Operation, body: JsonObject, facts: CallFacts): FieldChanges {
  if (dialect !== 'openai-chat' || operation !== 'chat' || !facts.stream || facts.wantsStreamUsage) return {};
  const given = body['stream_options'];
  const options = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
  return { stream_options: { ...options, include_usage: true } };
}
