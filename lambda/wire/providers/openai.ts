import { openAiFormats, THINKERS } from './openai-formats';
import { compatibleEndpoint } from './openai-style';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/** @see https://platform.openai.com/docs/guides/your-data#data-residency-controls */
const RESIDENCE = /^([a-z]{2,3})\.api\.openai\.com$/;

/**
 * OpenAI.
 *
 * @see https://platform.openai.com/docs/api-reference
 */
export const openAi: ProviderDefinition = {
  kind: 'openai',
  maker: true,
  telemetryName: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  auth: { kind: 'bearer' },
  models: ['gpt-*', 'chatgpt-*', 'o1*', 'o3*', 'o4*', 'codex-*', 'computer-use-*', 'text-embedding-*'],
  quirks: ['no-reasoning-replay', 'metadata-of-stored-only'],
  thinkers: THINKERS,
  residence: (host) => RESIDENCE.exec(host)?.[1],
  // https://platform.openai.com/docs/guides/migrate-to-responses
  storesChat: true,
  endpoint(request: EndpointRequest): Endpoint | undefined {
    return compatibleEndpoint(request, openAiFormats(request.model), true, { store: false });
  },
};
