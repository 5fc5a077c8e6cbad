import { encodeSegment } from './address';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/**
 * Google AI Studio (the Gemini API).
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const googleAiStudio: ProviderDefinition = {
  kind: 'google-ai-studio',
  telemetryName: 'gcp.gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  auth: { kind: 'header', name: 'x-goog-api-key' },
  models: ['gemini-*', 'gemma-*', 'text-embedding-004'],
  quirks: [],
  endpoint({ operation, model, stream }: EndpointRequest): Endpoint | undefined {
    const path = `/v1beta/models/${encodeSegment(model)}`;
    if (operation === 'chat') return { protocol: 'gemini', path: `${path}${geminiMethod(stream)}`, headers: {} };
    if (operation === 'count-tokens') return { protocol: 'gemini', path: `${path}:countTokens`, headers: {} };
    if (operation === 'embeddings') return { protocol: 'gemini', path: `${path}:batchEmbedContents`, headers: {} };
    return undefined;
  },
};

/** Without `alt=sse` the stream is one JSON array. */
export function geminiMethod(stream: boolean): string {
  return stream ? ':streamGenerateContent?alt=sse' : ':generateContent';
}
