import { encodeSegment } from './address';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = {
  chat: (request) => at(request, geminiMethod(request.stream)),
  'count-tokens': (request) => at(request, ':countTokens'),
  embeddings: (request) => at(request, ':batchEmbedContents'),
};

function at({ model }: EndpointRequest, method: string): Endpoint {
  return { protocol: 'gemini', path: `/v1beta/models/${encodeSegment(model)}${method}`, headers: {} };
}

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
  endpoint: (request) => endpointOf(OFFERS, request),
};

/** Without `alt=sse` the stream is one JSON array. */
export function geminiMethod(stream: boolean): string {
  return stream ? ':streamGenerateContent?alt=sse' : ':generateContent';
}
