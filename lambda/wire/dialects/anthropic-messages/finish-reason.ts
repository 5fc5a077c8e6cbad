import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../../protocols/failing-reasons';
import { defined, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';
import { reasonWithCalls } from '../../protocols/reason-with-calls';

/**
 * `stop_reason` of Anthropic. `pause_turn` asks the caller to send the turn back so that server tools go on.
 *
 * @see https://docs.claude.com/en/api/handling-stop-reasons
 */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
  pause_turn: 'other',
};

/** @param source a message, or the delta that ends one */
export function readFinishReason(raw: string, source: JsonObject, hasToolCalls: boolean): FinishReason {
  return defined({
    unified: reasonWithCalls(entryOf(UNIFIED, raw) ?? unknownReason(raw), hasToolCalls),
    raw,
    stopSequence: nonEmptyText(source['stop_sequence']),
    explanation: raw === 'refusal' ? nonEmptyText(objectOf(source['stop_details'])?.['explanation']) : undefined,
  });
}

/** Why a whole message ended; undefined where it does not say. */
export function finishReasonOf(message: JsonObject): FinishReason | undefined {
  const raw = nonEmptyText(message['stop_reason']);
  return raw === undefined ? undefined : readFinishReason(raw, message, objectsOf(message['content']).some(isToolCall));
}

/** A call that the caller is to make. */
export function isToolCall({ type }: JsonObject): boolean {
  return type === 'tool_use';
}

const WIRE: Readonly<Record<FinishReason['unified'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  error: 'end_turn',
  other: 'end_turn',
};

/** The provider's own word when it is one of Anthropic's for the same thing, else the common one. */
export function writeFinishReason(reason: FinishReason): JsonObject {
  const own = reason.raw !== undefined && entryOf(UNIFIED, reason.raw) === reason.unified ? reason.raw : undefined;
  if (reason.unified === 'stop' && reason.stopSequence !== undefined) {
    return { stop_reason: 'stop_sequence', stop_sequence: reason.stopSequence };
  }
  const { explanation } = reason;
  const details = explanation === undefined ? {} : { stop_details: { type: 'refusal', category: null, explanation } };
  return { stop_reason: own ?? WIRE[reason.unified], stop_sequence: null, ...details };
}
