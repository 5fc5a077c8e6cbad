/**
 * Words with which servers end an answer that is of no use, whatever dialect they speak: several dialects are spoken by hosts that do not mind
 * their maker's list.
 *
 * @see https://openrouter.ai/docs/api-reference/overview#finish-reason (error)
 * @see https://docs.mistral.ai/api/endpoint/chat (error)
 * @see https://api-docs.deepseek.com/api/create-chat-completion (insufficient_system_resource)
 * @see https://docs.z.ai/api-reference/llm/chat-completion (network_error)
 * @see https://docs.vllm.ai/en/latest/api/vllm/v1/engine/ (abort, error)
 * @see https://ai.google.dev/api/generate-content#FinishReason
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax
 */
const FAILING: ReadonlySet<string> = new Set([
  'error',
  'abort',
  'network_error',
  'insufficient_system_resource',
  'server_error',
  'internal_error',
  'timeout',
  'malformed_function_call',
  'malformed_model_output',
  'malformed_response',
  'malformed_tool_use',
  'missing_thought_signature',
  'too_many_tool_calls',
  'unexpected_tool_call',
]);

/** What a reason means that the dialect itself does not know. */
export function unknownReason(raw: string): 'error' | 'other' {
  return FAILING.has(raw.toLowerCase()) ? 'error' : 'other';
}
