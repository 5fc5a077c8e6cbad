/**
 * Chat Completions as it is written, in OpenAI's own names: what the encoders of this folder produce. Readers are lenient and
 * take any JSON.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */

export type WireTextPart = { type: 'text'; text: string };
export type WireImagePart = { type: 'image_url'; image_url: { url: string; detail?: string } };
export type WireAudioPart = { type: 'input_audio'; input_audio: { data: string; format: string } };
export type WireFilePart = { type: 'file'; file: { filename: string; file_data: string } };
/** Not OpenAI's own. @see https://openrouter.ai/docs/features/multimodal/videos @see https://docs.vllm.ai/en/latest/features/multimodal_inputs.html */
export type WireVideoPart = { type: 'video_url'; video_url: { url: string } };
export type WireUserPart = WireTextPart | WireImagePart | WireAudioPart | WireFilePart | WireVideoPart;

/** Where Google's compatible endpoint and the AI SDK keep a call's thought signature; see `reasoning.ts`. */
export type WireExtraContent = { google: { thought_signature: string } };

export type WireToolCall =
  | { id: string; type: 'function'; function: { name: string; arguments: string }; extra_content?: WireExtraContent }
  | { id: string; type: 'custom'; custom: { name: string; input: string }; extra_content?: WireExtraContent };

/** Thinking as OpenRouter writes it; `format` names the wire format whose provider made it. */
export type WireReasoningDetail =
  | { type: 'reasoning.text'; text: string; signature?: string; id?: string; format: string; index: number }
  | { type: 'reasoning.summary'; summary: string; id?: string; format: string; index: number }
  | { type: 'reasoning.encrypted'; data: string; id?: string; format: string; index: number };

export type WireMessage = {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content: string | (WireUserPart | { type: 'refusal'; refusal: string })[] | null;
  name?: string;
  refusal?: string;
  reasoning_content?: string;
  tool_calls?: WireToolCall[];
  tool_call_id?: string;
};

/** The mark after the last chunk, however it is spaced. */
export function isDone(data: string): boolean {
  return data.length < 16 && data.trim() === '[DONE]';
}
