import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

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
  endpoint({ operation }: EndpointRequest): Endpoint | undefined {
    if (operation === 'chat') return { protocol: 'cohere-v2', path: '/v2/chat', headers: {} };
    if (operation === 'embeddings') return { protocol: 'cohere-v2', path: '/v2/embed', headers: {} };
    return undefined;
  },
};
