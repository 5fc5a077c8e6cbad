import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { FinishReason } from '../../model/response';
import { unknownReason } from '../../protocols/failing-reasons';
import { nonEmptyText } from '../../protocols/lenient';
import { reasonWithCalls } from '../../protocols/reason-with-calls';

/**
 * `finish_reason` of OpenAI and of the providers that are compatible with it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-choices
 * @see https://docs.mistral.ai/api/endpoint/chat (model_length)
 * @see https://huggingface.github.io/text-generation-inference (eos_token, stop_sequence)
 * @see https://docs.z.ai/api-reference/llm/chat-completion (sensitive, model_context_window_exceeded)
 * @see https://docs.vllm.ai/en/latest/api/vllm/v1/engine/ (stop_reason)
 */
const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  max_output_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool-calls',
  tool_call: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  safety: 'content-filter',
  sensitive: 'content-filter',
  recitation: 'content-filter',
  blocklist: 'content-filter',
  prohibited_content: 'content-filter',
  spii: 'content-filter',
  refusal: 'refusal',
};

/** @param choice the alternative that ended: where vLLM and SGLang say which sequence it hit */
export function readFinishReason(raw: string, hasToolCalls: boolean, choice: JsonObject): FinishReason {
  const unified = reasonWithCalls(entryOf(UNIFIED, raw.toLowerCase()) ?? unknownReason(raw), hasToolCalls);
  const stopSequence = unified === 'stop' ? (nonEmptyText(choice['stop_reason']) ?? nonEmptyText(choice['matched_stop'])) : undefined;
  return stopSequence === undefined ? { unified, raw } : { unified, raw, stopSequence };
}

const WIRE: Readonly<Record<FinishReason['unified'], string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  error: 'stop',
  other: 'stop',
};

/** One of the values that OpenAI's clients know. */
export function writeFinishReason({ unified }: FinishReason, byFunctionCall: boolean): string {
  return byFunctionCall && unified === 'tool-calls' ? 'function_call' : WIRE[unified];
}
