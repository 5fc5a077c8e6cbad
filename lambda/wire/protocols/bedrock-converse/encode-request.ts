import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import { fitSettings, inClaudesForm, refuseOtherThanText, withFewerMarks, withMessages, withSystemInPlace } from '../../fitting';
import type { ModelRequest, ResponseFormat } from '../../model/request';
import type { Capabilities } from '../../models';
import { closedSchema } from '../closed-schema';
import type { ModelFamily } from '../model-family';
import { modelFamily } from '../model-family';
import { nativeMembers, takenMembers } from '../native-fields';
import type { EncodedRequest, TargetFacts } from '../protocol';
import { betaFields } from './betas';
import { conversation } from './encode-messages';
import { toolConfig } from './encode-tools';
import { STOP_SEQUENCE_PATH } from './finish-reason';
import type { ReasoningFields } from './reasoning';
import { reasoningFields } from './reasoning';

const TIERS: Readonly<Record<string, string | undefined>> = {
  default: 'default',
  standard_only: 'default',
  flex: 'flex',
  priority: 'priority',
  reserved: 'reserved',
};

/** Bedrock keeps at most 16 pairs with a call, of these characters. */
const METADATA_TEXT = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;
const MAX_METADATA = 16;

/** What no model can be asked for by this API. */
const NEVER: Capabilities = {
  seed: false,
  penalties: false,
  verbosity: false,
  choices: false,
  logprobs: false,
  logitBias: false,
  maxTemperature: 1,
};

/** Of `additionalModelRequestFields`: how much a model thinks, and what it chooses words from. */
const MODEL_FIELDS = new Set(
  `top_k k top_p p min_p seed repetition_penalty frequency_penalty presence_penalty thinking reasoning_config reasoning_effort reasoningConfig reasoning
   inferenceConfig`.split(/\s+/),
);
/** Of Nova's own, within those. @see https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html */
const NOVA_SAMPLING = new Set(['topK']);

/** GPT is held to a schema only by this word beside it. @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-openai-gpt-6-1-sol.html */
const STRICT_TEXT: JsonObject = { text: { format: { strict: true } } };

const JSON_ONLY = 'Answer with one valid JSON value and nothing else: no prose, no code fence.';

/**
 * Writes a Converse or ConverseStream call; the model goes into the path.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 * @throws GatewayError 400 `unsupported_parameter` naming what Converse cannot say
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const family = modelFamily(target.requestModel);
  const can = target.capabilities;
  const dropped = new Set(original.dropped ?? []);
  const request = { ...fitted(original, can, dropped), model: target.requestModel };
  refuseOtherThanText(request);
  dropUnsaid(request, dropped);

  const { system, messages } = conversation(request, family, target, dropped);
  if (request.responseFormat?.type === 'json') {
    system.push({ text: JSON_ONLY });
    dropped.add('response_format');
  }
  const reasoning = reasoningFields(request, family, can, dropped);
  const sampling = samplingFields(request, family, reasoning, dropped);

  const body: JsonObject = { messages };
  const put = (name: string, value: JsonObject | undefined): void => {
    if (value !== undefined && Object.keys(value).length > 0) body[name] = value;
  };
  if (system.length > 0) body['system'] = system;
  put('inferenceConfig', sampling.inference);
  put('toolConfig', toolConfig(request, family, can, dropped));
  put('additionalModelRequestFields', {
    ...modelFields(request),
    ...sampling.model,
    ...reasoning.model,
    ...(family === 'claude' ? betaFields(request, dropped) : {}),
    ...(family === 'gpt' && request.responseFormat?.type === 'json-schema' ? STRICT_TEXT : {}),
  });
  put('guardrailConfig', guardrailConfig(request, dropped));
  put('outputConfig', {
    ...textFormat(request.responseFormat, dropped),
    ...(reasoning.effort === undefined ? {} : { effort: reasoning.effort }),
  });
  put('serviceTier', serviceTier(request.serviceTier, dropped));
  put('requestMetadata', requestMetadata(request.metadata, dropped));
  if (family === 'claude' && request.stop !== undefined && request.stop.length > 0) {
    body['additionalModelResponseFieldPaths'] = [STOP_SEQUENCE_PATH];
  }
  return { body, dropped: [...dropped] };
}

/** The call by the rules that Converse has for every model, and by what its model takes. */
function fitted(original: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  const request = withFewerMarks(fitSettings(original, can, dropped, NEVER), dropped);
  return withMessages(request, inClaudesForm(withSystemInPlace(request.messages, dropped)));
}

function dropUnsaid(request: ModelRequest, dropped: Set<string>): void {
  if (request.user !== undefined) dropped.add('user');
  if (request.promptCacheKey !== undefined) dropped.add('prompt_cache_key');
}

interface SamplingFields {
  readonly inference: JsonObject;
  readonly model: JsonObject;
}

/** A model that was told to think takes no sampling settings of the caller's. */
function samplingFields(request: ModelRequest, family: ModelFamily, reasoning: ReasoningFields, dropped: Set<string>): SamplingFields {
  const inference: JsonObject = {};
  const model: JsonObject = {};
  if (request.maxOutputTokens !== undefined) inference['maxTokens'] = request.maxOutputTokens;
  if (request.temperature !== undefined) {
    if (reasoning.thinking && request.temperature !== 1) dropped.add('temperature');
    else inference['temperature'] = request.temperature;
  }
  if (request.topP !== undefined) {
    // Thinking accepts 0.95 to 1: https://docs.claude.com/en/docs/build-with-claude/extended-thinking#feature-compatibility
    if (reasoning.thinking && request.topP < 0.95) dropped.add('top_p');
    else inference['topP'] = request.topP;
  }
  const stop = (request.stop ?? []).filter((sequence) => sequence.trim() !== '');
  // Sequences of white space are refused.
  if (stop.length < (request.stop?.length ?? 0)) dropped.add('stop');
  if (stop.length > 0) inference['stopSequences'] = stop;
  if (request.topK !== undefined) {
    if (family === 'claude' && !reasoning.thinking) model['top_k'] = request.topK;
    else if (family === 'nova') model['inferenceConfig'] = { topK: request.topK };
    else dropped.add('top_k');
  }
  return { inference, model };
}

function modelFields(request: ModelRequest): JsonObject {
  const fields = nativeMembers(request, 'additionalModelRequestFields', MODEL_FIELDS);
  takenMembers(fields['inferenceConfig'], 'additionalModelRequestFields.inferenceConfig', NOVA_SAMPLING);
  return fields;
}

/** Of `guardrailConfig`. What a guardrail found is shown by no dialect, so no caller is given its trace. */
const GUARDRAIL_FIELDS = new Set(['guardrailIdentifier', 'guardrailVersion', 'streamProcessingMode', 'trace']);

/** Which guardrails a caller may name is the provider's own. @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html */
function guardrailConfig(request: ModelRequest, dropped: Set<string>): JsonObject {
  const { trace, streamProcessingMode, ...guardrail } = nativeMembers(request, 'guardrailConfig', GUARDRAIL_FIELDS);
  if (trace !== undefined && trace !== 'disabled') dropped.add('guardrailConfig.trace');
  return { ...guardrail, ...(request.stream && streamProcessingMode !== undefined ? { streamProcessingMode } : {}) };
}

/** Bedrock takes closed objects and the keywords that Claude's own API takes. */
function textFormat(format: ResponseFormat | undefined, dropped: Set<string>): JsonObject {
  if (format?.type !== 'json-schema') return {};
  const jsonSchema: JsonObject = { schema: JSON.stringify(closedSchema(format.schema, 'response_format', dropped)), name: format.name };
  if (format.description) jsonSchema['description'] = format.description;
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function serviceTier(tier: string | undefined, dropped: Set<string>): JsonObject | undefined {
  if (tier === undefined || tier === 'auto') return undefined;
  const type = entryOf(TIERS, tier);
  if (type === undefined) dropped.add('service_tier');
  return type === undefined ? undefined : { type };
}

function requestMetadata(metadata: ModelRequest['metadata'], dropped: Set<string>): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const pairs = Object.entries(metadata);
  const carried = pairs
    .filter(([name, value]) => name !== '' && METADATA_TEXT.test(name) && METADATA_TEXT.test(value))
    .slice(0, MAX_METADATA);
  if (carried.length < pairs.length) dropped.add('metadata');
  return Object.fromEntries(carried);
}
