import { compatibleEndpoint } from './openai-style';
import type { EndpointRequest, ProviderDefinition } from './provider';

/** @see https://platform.openai.com/docs/models — these answer on the Responses API alone */
const RESPONSES_ONLY = /^(o1-pro|o3-pro|o3-deep-research|o4-mini-deep-research|gpt-5(\.\d+)?-pro|codex-|computer-use-|gpt-5(\.\d+)?-codex)/;

/**
 * OpenAI.
 *
 * @see https://platform.openai.com/docs/api-reference
 */
export const openAi: ProviderDefinition = {
  kind: 'openai',
  telemetryName: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  auth: { kind: 'bearer' },
  models: ['gpt-*', 'chatgpt-*', 'o1*', 'o3*', 'o4*', 'codex-*', 'computer-use-*', 'text-embedding-*'],
  quirks: ['no-reasoning-replay'],
  endpoint: (request: EndpointRequest) =>
    compatibleEndpoint(request, RESPONSES_ONLY.test(request.model) ? ['openai-responses'] : ['openai-chat', 'openai-responses'], true),
};
