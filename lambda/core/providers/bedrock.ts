import type { ProviderConfig } from '../../../lib/private/contract';
import { encodeSegment } from './address';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html */
const GEOGRAPHIES = ['us', 'eu', 'apac', 'jp', 'au', 'ca', 'us-gov', 'global'];

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
  models: [
    // Inference profiles.
    ...GEOGRAPHIES.map((geography) => `${geography}.*`),
    // Foundation models, by vendor: https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
    'ai21.*',
    'amazon.*',
    'anthropic.*',
    'cohere.*',
    'deepseek.*',
    'google.*',
    'meta.*',
    'minimax.*',
    'mistral.*',
    'moonshot*.*',
    'nvidia.*',
    'openai.*',
    'qwen.*',
    'writer.*',
    'zai.*',
    // Provisioned throughput, prompts, application inference profiles.
    'arn:aws*:bedrock:*',
  ],
  quirks: [],
  otherNames(model) {
    const named = model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model;
    const geography = GEOGRAPHIES.find((prefix) => named.startsWith(`${prefix}.`));
    const names = geography === undefined ? [named] : [named, named.slice(geography.length + 1)];
    return names.filter((name) => name !== model);
  },
  endpoint({ operation, model, stream, config }: EndpointRequest): Endpoint | undefined {
    const path = `/model/${encodeSegment(model)}`;
    const transport = config.settings?.['client'] === 'sdk' ? { transport: 'bedrock-sdk' as const } : {};
    if (operation === 'chat') {
      return {
        protocol: 'bedrock-converse',
        path: `${path}/${stream ? 'converse-stream' : 'converse'}`,
        headers: {},
        ...guardrail(config),
        ...transport,
      };
    }
    if (operation === 'embeddings') return { protocol: 'bedrock-converse', path: `${path}/invoke`, headers: {}, ...transport };
    return undefined;
  },
};

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html */
function guardrail({ settings }: ProviderConfig): Pick<Endpoint, 'fields'> {
  const guardrailIdentifier = settings?.['guardrailId'];
  if (guardrailIdentifier === undefined) return {};
  return { fields: { guardrailConfig: { guardrailIdentifier, guardrailVersion: settings?.['guardrailVersion'] ?? 'DRAFT' } } };
}
