import { betasNamed } from '../protocols/betas';
import { addressName, encodeSegment } from './address';
import { takingBetas } from './betas';
import { geminiMethod } from './google-ai-studio';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';

/** Features of Anthropic's API that Vertex AI has; it refuses a call for others with "Unexpected value(s) for the `anthropic-beta` header". */
const BETAS = betasNamed(
  'interleaved-thinking|context-1m|context-management|compact|computer-use|web-search|tool-search-tool|per-turn-control',
  'dangerous-tool-use|thinking-binding-controls|thinking-display-updates',
);

const OF_ANTHROPIC: Offers = {
  chat: (request) => ({
    protocol: 'anthropic-messages',
    path: `/v1${publisher(request, 'anthropic')}${request.stream ? ':streamRawPredict' : ':rawPredict'}`,
    headers: {},
    takenHeaders: takingBetas(BETAS),
    // https://platform.claude.com/docs/en/build-with-claude/vision
    fetchesNothing: true,
  }),
  'count-tokens': 'not-offered',
  embeddings: 'not-offered',
};

const OF_GOOGLE: Offers = {
  chat: (request) => gemini(request, geminiMethod(request.stream)),
  'count-tokens': (request) => gemini(request, ':countTokens'),
  embeddings: (request) => gemini(request, ':predict'),
};

/** The newer settings of Gemini are in the beta version alone, which is the one that Google's own clients call. */
function gemini(request: EndpointRequest, method: string): Endpoint {
  return { protocol: 'gemini', path: `/v1beta1${publisher(request, 'google')}${method}`, headers: {} };
}

function publisher({ config, region, model }: EndpointRequest, name: string): string {
  const project = encodeSegment(addressName('project', config.settings?.['project']));
  const location = encodeSegment(addressName('region', region ?? config.regions?.[0] ?? 'global'));
  return `/projects/${project}/locations/${location}/publishers/${name}/models/${encodeSegment(model)}`;
}

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
  readsBuckets: 'gs',
  models: ['gemini-*', 'claude-*', 'text-embedding-00*', 'text-multilingual-embedding-*'],
  quirks: ['vertex-claude-body', 'vertex-operations', 'no-gemini-service-tier'],
  endpoint: (request) => endpointOf(request.model.startsWith('claude-') ? OF_ANTHROPIC : OF_GOOGLE, request),
};
