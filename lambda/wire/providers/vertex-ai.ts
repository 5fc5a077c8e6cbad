import { addressName, encodeSegment } from './address';
import { geminiMethod } from './google-ai-studio';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/**
 * Vertex AI: Gemini and Claude by the model's name. Settings: `project` (required). Locations: `regions`, default `global`.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 * @see https://docs.claude.com/en/api/claude-on-vertex-ai
 */
export const vertexAi: ProviderDefinition = {
  kind: 'vertex-ai',
  telemetryName: 'gcp.vertex_ai',
  baseUrl: 'https://{region}-aiplatform.googleapis.com',
  auth: { kind: 'google-service-account', scope: 'https://www.googleapis.com/auth/cloud-platform' },
  models: ['gemini-*', 'claude-*', 'text-embedding-00*', 'text-multilingual-embedding-*'],
  quirks: ['vertex-claude-body', 'vertex-operations', 'no-gemini-service-tier'],
  endpoint({ operation, model, stream, config, region }: EndpointRequest): Endpoint | undefined {
    const project = encodeSegment(addressName('project', config.settings?.['project']));
    const location = encodeSegment(addressName('region', region ?? config.regions?.[0] ?? 'global'));
    const publishers = `/projects/${project}/locations/${location}/publishers`;
    if (model.startsWith('claude-')) {
      if (operation !== 'chat') return undefined;
      const method = stream ? ':streamRawPredict' : ':rawPredict';
      return { protocol: 'anthropic-messages', path: `/v1${publishers}/anthropic/models/${encodeSegment(model)}${method}`, headers: {} };
    }
    // The newer settings of Gemini are in the beta version alone, which is the one that Google's own clients call.
    const path = `/v1beta1${publishers}/google/models/${encodeSegment(model)}`;
    if (operation === 'chat') return { protocol: 'gemini', path: `${path}${geminiMethod(stream)}`, headers: {} };
    if (operation === 'count-tokens') return { protocol: 'gemini', path: `${path}:countTokens`, headers: {} };
    if (operation === 'embeddings') return { protocol: 'gemini', path: `${path}:predict`, headers: {} };
    return undefined;
  },
};
