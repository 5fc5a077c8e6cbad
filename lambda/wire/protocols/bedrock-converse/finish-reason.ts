import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../failing-reasons';
import { defined, nonEmptyText, objectOf } from '../lenient';
import { reasonWithCalls } from '../reason-with-calls';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
  refusal: 'refusal',
};

/** Where the model names the stop sequence that it hit, when asked to: Claude's own field. */
export const STOP_SEQUENCE_PATH = '/stop_sequence';

/** @param source an answer or the stream's `messageStop` */
export function converseFinishReason(source: JsonObject, hasToolCalls: boolean): FinishReason {
  const raw = nonEmptyText(source['stopReason']);
  const unified = raw === undefined ? 'other' : (entryOf(UNIFIED, raw) ?? unknownReason(raw));
  return defined({
    unified: reasonWithCalls(unified, hasToolCalls),
    raw,
    stopSequence: nonEmptyText(objectOf(source['additionalModelResponseFields'])?.['stop_sequence']),
  });
}
