/**
 * Responses as they are written, in OpenAI's own names: what the encoders of this folder produce. Readers are lenient and take
 * any JSON.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */

import type { JsonObject } from '../../../platform/json';

export type WireAnnotation = { type: 'url_citation'; url: string; title: string; start_index: number; end_index: number };
export type WireOutputText = { type: 'output_text'; text: string; annotations: WireAnnotation[]; logprobs: JsonObject[] };
export type WireRefusal = { type: 'refusal'; refusal: string };

export type WireMessageItem = {
  type: 'message';
  id: string;
  status: 'in_progress' | 'completed';
  role: 'assistant';
  content: (WireOutputText | WireRefusal)[];
};
export type WireReasoningItem = {
  type: 'reasoning';
  id: string;
  summary: { type: 'summary_text'; text: string }[];
  encrypted_content?: string;
};
export type WireFunctionCallItem = {
  type: 'function_call';
  id: string;
  status: 'in_progress' | 'completed';
  call_id: string;
  name: string;
  namespace?: string;
  arguments: string;
};
export type WireCustomToolCallItem = {
  type: 'custom_tool_call';
  id: string;
  status: 'in_progress' | 'completed';
  call_id: string;
  name: string;
  input: string;
};

export type WireImageItem = {
  type: 'image_generation_call';
  id: string;
  status: 'in_progress' | 'completed';
  /** Base64. */
  result: string | null;
  output_format: string;
};

export type WireItem = WireMessageItem | WireReasoningItem | WireFunctionCallItem | WireCustomToolCallItem | WireImageItem;
