import { endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = {
  chat: () => ({ protocol: 'cohere-v2', path: '/v2/chat', headers: {} }),
  embeddings: () => ({ protocol: 'cohere-v2', path: '/v2/embed', headers: {} }),
  'count-tokens': 'not-offered',
};

/**
 * Cohere, version 2 of its API.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const cohere: ProviderDefinition = {
  kind: 'cohere',
  telemetryName: 'cohere',
  baseUrl: 'https://api.cohere.com',
  auth: { kind: 'bearer' },
  models: ['command-*', 'c4ai-*', 'embed-*'],
  quirks: [],
  endpoint: (request) => endpointOf(OFFERS, request),
};
