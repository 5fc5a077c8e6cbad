import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

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
  endpoint({ operation }: EndpointRequest): Endpoint | undefined {
    if (operation === 'chat') return { protocol: 'openai-chat', path: '/v1/chat/completions', headers: {} };
    if (operation === 'embeddings') return { protocol: 'openai-chat', path: '/v1/embeddings', headers: {} };
    return undefined;
  },
};
