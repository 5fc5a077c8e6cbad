import type { ProviderConfig } from '../../../lib/private/contract';
import { BEDROCK_VENDORS } from '../model/bedrock-profile';
import { encodeSegment } from './address';
import type { Endpoint, EndpointRequest, ProviderDefinition } from './provider';

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
    // Foundation models and their inference profiles.
    ...BEDROCK_VENDORS.flatMap((vendor) => [`${vendor}.*`, `*.${vendor}.*`]),
    // Provisioned throughput, prompts, application inference profiles.
    'arn:aws*:bedrock:*',
  ],
  quirks: [],
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
