import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../failing-reasons';
import { reasonWithCalls } from '../reason-with-calls';

/**
 * @see https://ai.google.dev/api/generate-content#FinishReason
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason
 */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  LANGUAGE: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/** Gemini says `STOP` for tool calls too. */
export function geminiFinishReason(raw: string, hasToolCalls: boolean): FinishReason {
  return { unified: reasonWithCalls(entryOf(UNIFIED, raw) ?? unknownReason(raw), hasToolCalls), raw };
}

/** The prompt itself was blocked: there is no candidate. Every reason is one of the filter. */
export function blockedPrompt(raw: string): FinishReason {
  return { unified: 'content-filter', raw };
}
