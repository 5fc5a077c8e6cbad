import type { Protocol } from '../protocol';
import { geminiError } from './decode-error';
import { decodeResponse } from './decode-response';
import { GeminiStreamDecoder } from './decode-stream';
import { encodeRequest } from './encode-request';
import { geminiUsage } from './usage';

/**
 * Gemini's `generateContent` and `streamGenerateContent`, on Google AI Studio and on Vertex AI.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const gemini: Protocol = {
  name: 'gemini',
  framing: 'sse',
  toolNames: 'gemini',
  nativeFields: ['safetySettings', 'generationConfig'],
  encodeRequest,
  decodeResponse,
  streamDecoder: () => new GeminiStreamDecoder(),
  usage: geminiUsage,
  decodeError: geminiError,
};
