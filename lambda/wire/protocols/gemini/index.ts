import type { Protocol } from '../protocol';
import { geminiError } from './error';
import { encodeRequest } from './request';
import { decodeResponse } from './response';
import { GeminiStreamDecoder } from './stream';
import { geminiUsage } from './usage';

/**
 * Gemini's `generateContent` and `streamGenerateContent`, on Google AI Studio and on Vertex AI.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const gemini: Protocol = {
  name: 'gemini',
  framing: 'sse',
  encodeRequest,
  decodeResponse,
  streamDecoder: () => new GeminiStreamDecoder(),
  usage: geminiUsage,
  decodeError: geminiError,
};
