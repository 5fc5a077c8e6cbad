import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';

/** @see https://docs.cohere.com/reference/chat#response.body.finish_reason */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_LIMIT: 'length',
  ERROR_TOXIC: 'content-filter',
  USER_CANCEL: 'error',
  ERROR: 'error',
  TIMEOUT: 'error',
};

export function cohereFinishReason(raw: string): FinishReason {
  return { unified: entryOf(UNIFIED, raw) ?? 'other', raw };
}
