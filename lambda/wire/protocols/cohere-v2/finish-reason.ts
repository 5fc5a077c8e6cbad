import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../failing-reasons';
import { reasonWithCalls } from '../reason-with-calls';

/** @see https://docs.cohere.com/reference/chat#response.body.finish_reason */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_LIMIT: 'length',
  ERROR_TOXIC: 'content-filter',
  USER_CANCEL: 'error',
};

export function cohereFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  return { unified: reasonWithCalls(entryOf(UNIFIED, raw) ?? unknownReason(raw), hasToolCalls), raw };
}
