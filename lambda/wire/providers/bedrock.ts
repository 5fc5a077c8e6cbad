import type { JsonObject } from '../../platform/json';
import { BEDROCK_VENDORS, profileGeographies, withoutProfile } from '../model/bedrock-profile';
import type { WireFormat } from '../models';
import { BEDROCK_BETAS } from '../protocols/betas';
import { encodeSegment } from './address';
import { isGuarded, unguarded, withGuardrail } from './bedrock-guardrail';
import { takingBetas } from './betas';
import { THINKERS } from './openai-formats';
import { type Endpoint, type EndpointRequest, endpointOf, type Offers, type ProviderDefinition } from './provider';

const OFFERS: Offers = {
  chat,
  embeddings: (request) => ofModel(request, 'invoke'),
  'count-tokens': countTokens,
};

/**
 * Where models that have it are called in another wire format than Converse.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html
 */
const FORMATS: Readonly<Record<Exclude<WireFormat, 'converse'>, Endpoint>> = {
  responses: { protocol: 'openai-responses', path: '/openai/v1/responses', headers: {}, fetchesNothing: true, runsNoTools: true },
  chat: { protocol: 'openai-chat', path: '/openai/v1/chat/completions', headers: {}, fetchesNothing: true },
  messages: {
    protocol: 'anthropic-messages',
    path: '/anthropic/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    fetchesNothing: true,
    takenHeaders: takingBetas(BEDROCK_BETAS),
  },
};

/** The caller's own wire format where the model has it, else the first that it has; Converse where nobody says. */
function chat(request: EndpointRequest): Endpoint {
  const format = formatOf(request);
  if (format !== 'converse') return { ...FORMATS[format], model: modelId(request.model) };
  const settle = (body: JsonObject): JsonObject => withGuardrail(body, request.config.settings ?? {});
  return { ...ofModel(request, request.stream ? 'converse-stream' : 'converse'), settle };
}

/** Guardrails and the fields of its own API hold for Converse alone, and AWS's own client knows no other. */
function formatOf({ config, taken = ['converse'], preferred, nativeFields = [] }: EndpointRequest): WireFormat {
  const { client, guardrailId } = config.settings ?? {};
  const guarded = guardrailId !== undefined || nativeFields.includes('guardrailConfig');
  if (guarded && !taken.includes('converse')) throw unguarded();
  if (taken.includes('converse') && (guarded || nativeFields.length > 0 || client === 'sdk')) return 'converse';
  const own = taken.find((format) => format !== 'converse' && FORMATS[format].protocol === preferred);
  return own ?? taken[0] ?? 'converse';
}

/**
 * Only foundation models are counted by, and not all of them.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
function countTokens(request: EndpointRequest): Endpoint | undefined {
  return request.countsTokens === true ? ofModel({ ...request, model: withoutProfile(modelId(request.model)) }, 'count-tokens') : undefined;
}

/** A call whose path names the model. */
function ofModel({ model, config }: EndpointRequest, method: string): Endpoint {
  const path = `/model/${encodeSegment(model)}/${method}`;
  const transport = config.settings?.['client'] === 'sdk' ? { transport: 'bedrock-sdk' as const } : {};
  return { protocol: 'bedrock-converse', path, headers: {}, ...transport };
}

/** What an ARN of a model or of a profile names. */
function modelId(model: string): string {
  return model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model;
}

/**
 * Amazon Bedrock: Converse, and the wire formats of OpenAI and Anthropic for models that have them; InvokeModel for embeddings. With a
 * configured credential it is called with that Bedrock API key, else with the function's own role.
 *
 * Settings: `client` = `sdk` sends calls through AWS's own client where that has the API; `guardrailId` and `guardrailVersion` (default
 * `DRAFT`) put a guardrail on every chat call; `callerGuardrails`, separated by commas, are those that callers may ask for.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/apis.html
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
  quirks: ['no-reasoning-replay'],
  thinkers: THINKERS,
  isGuarded: ({ settings = {} }, nativeFields) => isGuarded(settings, nativeFields),
  processedIn(model, region) {
    const geographies = profileGeographies(model);
    return geographies === undefined ? undefined : [region, ...geographies];
  },
  endpoint: (request) => endpointOf(OFFERS, request),
};
