import type { ProviderConfig } from '../../../lib/private/contract';
import { BEDROCK_VENDORS } from '../model/bedrock-profile';
import { encodeSegment } from './address';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = {
  chat: (request) => ({ ...at(request, request.stream ? 'converse-stream' : 'converse'), ...guardrail(request.config) }),
  embeddings: (request) => at(request, 'invoke'),
  'count-tokens': 'not-offered',
};

function at({ model, config }: EndpointRequest, method: string): Endpoint {
  const path = `/model/${encodeSegment(model)}/${method}`;
  const transport = config.settings?.['client'] === 'sdk' ? { transport: 'bedrock-sdk' as const } : {};
  return { protocol: 'bedrock-converse', path, headers: {}, ...transport };
}

/**
 * Amazon Bedrock: Converse for chat, InvokeModel for embeddings. With a configured credential it is called with that
 * Bedrock API key, else with the function's own role.
 *
 * Settings: `client` = `sdk` sends calls through AWS's own client; `guardrailId` and `guardrailVersion` (default `DRAFT`) put a
 * guardrail on every chat call.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrock: ProviderDefinition = {
  kind: 'bedrock',
  telemetryName: 'aws.bedrock',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  auth: { kind: 'sigv4', service: 'bedrock' },
  awsService: 'BEDROCK_RUNTIME',
  readsBuckets: 's3',
  models: [
    // Foundation models and their inference profiles.
    ...BEDROCK_VENDORS.flatMap((vendor) => [`${vendor}.*`, `*.${vendor}.*`]),
    // Provisioned throughput, prompts, application inference profiles.
    'arn:aws*:bedrock:*',
  ],
  quirks: [],
  endpoint: (request) => endpointOf(OFFERS, request),
};

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html */
function guardrail({ settings }: ProviderConfig): Pick<Endpoint, 'fields'> {
  const guardrailIdentifier = settings?.['guardrailId'];
  if (guardrailIdentifier === undefined) return {};
  return { fields: { guardrailConfig: { guardrailIdentifier, guardrailVersion: settings?.['guardrailVersion'] ?? 'DRAFT' } } };
}
