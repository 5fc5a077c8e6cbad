import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../../protocols/failing-reasons';
import { nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';

/**
 * `status` and `incomplete_details.reason` of a response.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-incomplete_details
 */
const INCOMPLETE: Readonly<Record<string, FinishReason['unified']>> = {
  max_output_tokens: 'length',
  max_tokens: 'length',
  content_filter: 'content-filter',
};

/** Nobody waits for what is still being written, or goes on with what was called off. */
const UNFINISHED: ReadonlySet<string> = new Set(['queued', 'in_progress', 'cancelled']);

export function readFinishReason(response: JsonObject, hasToolCalls: boolean): FinishReason {
  const status = nonEmptyText(response['status']) ?? 'completed';
  if (UNFINISHED.has(status)) return { unified: 'error', raw: status };
  if (status !== 'incomplete') return { unified: hasToolCalls ? 'tool-calls' : 'stop', raw: status };
  const reason = nonEmptyText(objectOf(response['incomplete_details'])?.['reason']);
  return { unified: entryOf(INCOMPLETE, reason ?? '') ?? unknownReason(reason ?? ''), raw: reason ?? status };
}

/** Why a whole response ended; undefined where it is none. */
export function finishReasonOf(response: JsonObject): FinishReason | undefined {
  if (!Array.isArray(response['output'])) return undefined;
  return readFinishReason(response, objectsOf(response['output']).some(isToolCall));
}

/** A call that the caller is to make. */
export function isToolCall({ type }: JsonObject): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

/** How a response ends for its caller: complete, or cut with a reason that OpenAI's clients know. A model that refuses is stopped by its own filter. */
export function writeStatus(reason: FinishReason | undefined): { readonly status: string; readonly incomplete_details: JsonObject | null } {
  if (reason?.unified === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (reason?.unified === 'content-filter' || reason?.unified === 'refusal')
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed', incomplete_details: null };
}
