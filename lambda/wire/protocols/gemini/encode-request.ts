import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import {
  beginningWithUser,
  fitSettings,
  objectAtRoot,
  withMessages,
  withoutBlankTexts,
  withPairedCalls,
  withSystemInPlace,
} from '../../fitting';
import type { ModelRequest, Tool } from '../../model/request';
import type { Capabilities } from '../../models';
import { noteCacheMarks } from '../cache-mark';
import { defined } from '../lenient';
import { nativeMembers } from '../native-fields';
import { inNewerWords, withoutTuples } from '../newer-schema';
import type { EncodedRequest, TargetFacts } from '../protocol';
import { optionalObjects } from '../strict';
import { writeContents } from './encode-messages';
import { thinkingConfig } from './thinking';

/** Of `generationConfig`. */
const SETTINGS = new Set(
  `temperature topP topK seed stopSequences presencePenalty frequencyPenalty responseMimeType responseSchema responseJsonSchema
   thinkingConfig`.split(/\s+/),
);

const TIERS: Readonly<Record<string, string>> = { default: 'standard', standard_only: 'standard', flex: 'flex', priority: 'priority' };

/** What no model can be asked for by this API. */
const NEVER: Capabilities = { verbosity: false };

/**
 * Writes a `generateContent` call; the model and whether it streams go into the path.
 *
 * @see https://ai.google.dev/api/generate-content#request-body
 * @throws GatewayError 400 `unsupported_parameter` naming what Gemini cannot say
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const can = target.capabilities;
  const dropped = new Set(original.dropped ?? []);
  const request = fitted(original, can, dropped);
  refuse(request);
  noteCacheMarks(request, dropped);
  for (const [name, value] of Object.entries({
    metadata: request.metadata,
    user: request.user,
    prompt_cache_key: request.promptCacheKey,
  })) {
    if (value !== undefined) dropped.add(name);
  }

  const { system, contents } = writeContents(request.messages, target, dropped);
  const config = { ...nativeMembers(request, 'generationConfig', SETTINGS), ...generationConfig(request, can, dropped) };
  const tools = request.tools ?? [];
  const body: JsonObject = defined({
    contents,
    systemInstruction: system.length === 0 ? undefined : { parts: system },
    generationConfig: Object.keys(config).length === 0 ? undefined : config,
    tools: tools.length === 0 ? undefined : [{ functionDeclarations: tools.map((tool, index) => declaration(tool, index, dropped)) }],
    toolConfig: tools.length === 0 ? undefined : toolConfig(request, dropped),
    safetySettings: safetySettings(request),
    serviceTier: serviceTier(request.serviceTier, dropped),
  });
  return { body, dropped: [...dropped] };
}

/** The call by the rules that the API has for every model, and by what its model takes. */
function fitted(original: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  const request = fitSettings(original, can, dropped, NEVER);
  return withMessages(request, beginningWithUser(withoutBlankTexts(withPairedCalls(withSystemInPlace(request.messages, dropped)))));
}

function refuse(request: ModelRequest): void {
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0) {
    throw unsupported('logit_bias', 'logit_bias: Gemini takes no token biases.');
  }
  const field = request.modalities?.includes('audio') === true ? 'modalities' : request.audio === undefined ? undefined : 'audio';
  if (field !== undefined) throw unsupported(field, `${field}: sound of Gemini is not carried.`);
}

function generationConfig(request: ModelRequest, can: Capabilities, dropped: Set<string>): JsonObject {
  const format = request.responseFormat;
  return defined({
    maxOutputTokens: request.maxOutputTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    stopSequences: request.stop === undefined || request.stop.length === 0 ? undefined : [...request.stop],
    // 32 bits; what a seed says is only whether it is the same as another.
    seed: request.seed === undefined ? undefined : request.seed | 0,
    frequencyPenalty: request.frequencyPenalty,
    presencePenalty: request.presencePenalty,
    candidateCount: request.choices === undefined || request.choices === 1 ? undefined : request.choices,
    responseLogprobs: request.logprobs === undefined ? undefined : true,
    logprobs: request.logprobs === undefined || request.logprobs.top === 0 ? undefined : request.logprobs.top,
    responseMimeType: format === undefined || format.type === 'text' ? undefined : 'application/json',
    responseJsonSchema: format?.type === 'json-schema' ? inNewerWords(format.schema) : undefined,
    responseModalities: request.modalities?.map((modality) => modality.toUpperCase()),
    thinkingConfig: thinkingConfig(request, can, dropped),
  });
}

function declaration(tool: Tool, index: number, dropped: Set<string>): JsonObject {
  if (tool.custom !== undefined)
    throw unsupported(`tools[${index}]`, `tools[${index}]: Gemini has no custom tools; declare a function instead.`);
  if (tool.strict === true) dropped.add('tools.strict');
  const parameters =
    tool.parameters === undefined ? undefined : withoutTuples(objectAtRoot(tool.parameters, dropped), 'tools.parameters', dropped);
  return defined({ name: tool.name, description: tool.description, parametersJsonSchema: parameters });
}

/** @see https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes */
function toolConfig(request: ModelRequest, dropped: Set<string>): JsonObject | undefined {
  if (request.parallelToolCalls === false) dropped.add('parallel_tool_calls');
  switch (request.toolChoice?.type) {
    case undefined:
      return undefined;
    case 'auto':
      return { functionCallingConfig: { mode: 'AUTO' } };
    case 'none':
      return { functionCallingConfig: { mode: 'NONE' } };
    case 'required':
      return { functionCallingConfig: { mode: 'ANY' } };
    case 'tool':
      return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [request.toolChoice.name] } };
  }
}

/** @see https://ai.google.dev/gemini-api/docs/flex-inference */
function serviceTier(tier: string | undefined, dropped: Set<string>): string | undefined {
  if (tier === undefined || tier === 'auto') return undefined;
  const known = entryOf(TIERS, tier);
  if (known === undefined) dropped.add('service_tier');
  return known;
}

/** @see https://ai.google.dev/gemini-api/docs/safety-settings */
function safetySettings({ native }: ModelRequest): JsonObject[] | undefined {
  return optionalObjects(native?.['safetySettings'], 'safetySettings')?.map((setting) => ({ ...setting }));
}
