import { addressName, encodeSegment } from './address';
import { openAiFormats, THINKERS } from './openai-formats';
import { compatibleEndpoint } from './openai-style';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/**
 * Azure OpenAI. The base URL is the resource's (`https://<resource>.openai.azure.com`).
 *
 * Without the setting `apiVersion` (or with `v1`) calls go to the v1 endpoint, where the body's model names the deployment;
 * with a dated `apiVersion` they go to the deployment's own path: the setting `deployment`, else the model's name.
 *
 * @see https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle
 */
export const azureOpenAi: ProviderDefinition = {
  kind: 'azure-openai',
  telemetryName: 'azure.ai.openai',
  auth: { kind: 'header', name: 'api-key' },
  models: [],
  quirks: ['no-reasoning-replay'],
  thinkers: THINKERS,
  endpoint(request: EndpointRequest): Endpoint | undefined {
    const version = request.config.settings?.['apiVersion'];
    if (version === undefined || version === 'v1') {
      return prefixed('/openai/v1', compatibleEndpoint(request, openAiFormats(request.model), true));
    }
    const deployment = encodeSegment(addressName('deployment', request.config.settings?.['deployment'] ?? request.model));
    const endpoint = compatibleEndpoint(request, ['openai-chat'], true);
    return prefixed(`/openai/deployments/${deployment}`, endpoint, `?api-version=${encodeSegment(version)}`);
  },
};

function prefixed(prefix: string, endpoint: Endpoint | undefined, query = ''): Endpoint | undefined {
  return endpoint === undefined ? undefined : { ...endpoint, path: `${prefix}${endpoint.path}${query}` };
}
