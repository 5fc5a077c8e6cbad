import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { nonEmptyText } from '../../protocols/lenient';

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

export function readFinishReason(raw: string, stopSequence: string | undefined): FinishReason {
  return { unified: entryOf(UNIFIED, raw) ?? 'other', raw, ...(stopSequence === undefined ? {} : { stopSequence }) };
}

/** Why a whole message ended; undefined where it does not say. */
export function finishReasonOf(message: JsonObject): FinishReason | undefined {
  const raw = nonEmptyText(message['stop_reason']);
  return raw === undefined ? undefined : readFinishReason(raw, nonEmptyText(message['stop_sequence']));
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
export function writeFinishReason(reason: FinishReason): { readonly stop_reason: string; readonly stop_sequence: string | null } {
  const own = reason.raw !== undefined && entryOf(UNIFIED, reason.raw) === reason.unified ? reason.raw : undefined;
  if (reason.unified === 'stop' && reason.stopSequence !== undefined) {
    return { stop_reason: 'stop_sequence', stop_sequence: reason.stopSequence };
  }
  return { stop_reason: own ?? WIRE[reason.unified], stop_sequence: null };
}
