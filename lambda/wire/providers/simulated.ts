import { endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = {
  chat: () => ({ protocol: 'openai-chat', path: '/v1/chat/completions', headers: {} }),
  embeddings: () => ({ protocol: 'openai-chat', path: '/v1/embeddings', headers: {} }),
  'count-tokens': 'not-offered',
};

/**
 * The simulated provider (`lambda/simulated`): OpenAI's dialect on loopback, for demos, load tests and game days.
 * Its base URL is known once the process has started it.
 */
export const simulated: ProviderDefinition = {
  kind: 'simulated',
  telemetryName: 'simulated',
  auth: { kind: 'none' },
  startsInProcess: true,
  models: ['simulated-*'],
  quirks: [],
  endpoint: (request) => endpointOf(OFFERS, request),
};
