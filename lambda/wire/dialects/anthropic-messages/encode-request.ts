import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import type { ModelRequest, Tool } from '../../model/request';
import { closedSchema } from '../../protocols/closed-schema';
import { defined } from '../../protocols/lenient';
import { claudeVersion } from '../../protocols/model-family';
import type { EncodedRequest, TargetFacts } from '../../protocols/protocol';
import { withFittingToolNames } from '../../protocols/tool-names';
import { writeCache, writeMessages } from './encode-messages';
import { thinkingFields } from './thinking';

/** From here on tools can be held to their schema, and system messages may stand between the turns. */
const FIRST_STRICT = 4.5;
const FIRST_INLINE_SYSTEM = 4.8;

/** In characters. */
const MAX_TOOL_NAME = 128;

const JSON_MODE = 'Answer with one valid JSON object and nothing else: no prose, no code fence.';

/**
 * Writes a call for Anthropic, and for whoever serves Claude in its format.
 *
 * @see https://docs.claude.com/en/api/messages
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const request = withFittingToolNames(original, MAX_TOOL_NAME);
  refuse(request);
  const dropped = new Set(request.dropped ?? []);
  noteDropped(request, dropped);
  const version = claudeVersion(target.requestModel) ?? Number.POSITIVE_INFINITY;
  const maxTokens = request.maxOutputTokens ?? target.defaultMaxOutputTokens;
  const { thinking, effort, translated } = thinkingFields(request, target.requestModel, maxTokens, dropped);
  const { system, messages } = writeMessages(request.messages, { inlineSystem: takesInlineSystem(target.requestModel, version), dropped });
  if (request.responseFormat?.type === 'json') {
    dropped.add('response_format');
    system.push({ type: 'text', text: JSON_MODE });
  }
  const format = request.responseFormat?.type === 'json-schema' ? closedSchema(request.responseFormat.schema, dropped) : undefined;
  const config = defined({ effort, format: format === undefined ? undefined : { type: 'json_schema', schema: format } });

  const body: JsonObject = defined({
    model: target.requestModel,
    max_tokens: maxTokens,
    system: system.length === 0 ? undefined : system.length === 1 && isPlain(system[0]) ? (system[0]?.text ?? '') : system,
    messages: messages as JsonObject[],
    stream: request.stream ? true : undefined,
    tools: writeTools(request.tools, version, dropped),
    tool_choice: writeToolChoice(request),
    ...sampling(request, translated, dropped),
    stop_sequences: writeStop(request.stop, dropped),
    thinking,
    output_config: Object.keys(config).length === 0 ? undefined : config,
    metadata: request.user === undefined ? undefined : { user_id: request.user },
    service_tier: writeServiceTier(request.serviceTier, dropped),
  });
  return { body, dropped: [...dropped] };
}

function isPlain(block: JsonObject | undefined): boolean {
  return block !== undefined && Object.keys(block).length === 2;
}

/** What would make the answer another one than was asked for. */
/** Whether Sonnet 5 takes them is told both ways; leading the call, they are understood by every model. */
function takesInlineSystem(model: string, version: number): boolean {
  return version >= FIRST_INLINE_SYSTEM && !(version === 5 && model.includes('sonnet'));
}

function refuse(request: ModelRequest): void {
  if ((request.choices ?? 1) > 1) throw unsupported('n', 'n must be 1: the chosen model gives one answer per call.');
  if (request.logprobs !== undefined) throw unsupported('logprobs', 'logprobs: the chosen model does not give log probabilities.');
  if (request.logitBias !== undefined) throw unsupported('logit_bias', 'logit_bias: the chosen model does not take token biases.');
  if (request.modalities?.some((modality) => modality !== 'text')) {
    throw unsupported('modalities', 'modalities: the chosen model answers with text only.');
  }
  if (request.audio !== undefined) throw unsupported('audio', 'audio: the chosen model answers with text only.');
}

/** What the answer's meaning does not hang on. */
function noteDropped(request: ModelRequest, dropped: Set<string>): void {
  if (request.seed !== undefined) dropped.add('seed');
  if ((request.frequencyPenalty ?? 0) !== 0) dropped.add('frequency_penalty');
  if ((request.presencePenalty ?? 0) !== 0) dropped.add('presence_penalty');
  if (request.verbosity !== undefined) dropped.add('verbosity');
  if (request.promptCacheKey !== undefined) dropped.add('prompt_cache_key');
  if (request.metadata !== undefined) dropped.add('metadata');
}

function writeTools(tools: readonly Tool[] | undefined, version: number, dropped: Set<string>): JsonObject[] | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  return tools.map((tool, index) => {
    if (tool.custom !== undefined) {
      throw unsupported(
        `tools[${index}]`,
        `tools[${index}] is a free-text tool, which the chosen model does not have; give it parameters.`,
      );
    }
    const strict = tool.strict === true && version >= FIRST_STRICT;
    if (tool.strict === true && !strict) dropped.add('tools.strict');
    return defined({
      name: tool.name,
      description: tool.description,
      input_schema: schemaOf(tool),
      strict: strict ? true : undefined,
      cache_control: writeCache(tool.cache),
    });
  });
}

/** Arguments are an object, and Anthropic wants it said. */
function schemaOf(tool: Tool): JsonObject {
  if (tool.parameters === undefined) return { type: 'object', properties: {} };
  return 'type' in tool.parameters ? tool.parameters : { type: 'object', ...tool.parameters };
}

function writeToolChoice(request: ModelRequest): JsonObject | undefined {
  if (request.tools === undefined || request.tools.length === 0) return undefined;
  const { toolChoice: choice, parallelToolCalls: parallel } = request;
  if (choice === undefined && parallel === undefined) return undefined;
  if (choice?.type === 'none') return { type: 'none' };
  const type = choice === undefined || choice.type === 'auto' ? 'auto' : choice.type === 'required' ? 'any' : 'tool';
  return defined({
    type,
    name: choice?.type === 'tool' ? choice.name : undefined,
    disable_parallel_tool_use: parallel === undefined ? undefined : !parallel,
  });
}

/** Anthropic's temperature ends at 1, and thinking excludes most settings. */
function sampling(request: ModelRequest, thinking: boolean, dropped: Set<string>): JsonObject {
  const { temperature, topP, topK } = request;
  if (!thinking) {
    if (temperature !== undefined && temperature > 1) dropped.add('temperature');
    return {
      temperature: temperature === undefined ? undefined : Math.min(temperature, 1),
      top_p: topP,
      top_k: topK === -1 ? undefined : topK,
    };
  }
  if (temperature !== undefined && temperature !== 1) dropped.add('temperature');
  if (topP !== undefined && topP < 0.95) dropped.add('top_p');
  if (topK !== undefined) dropped.add('top_k');
  return { top_p: topP !== undefined && topP >= 0.95 ? topP : undefined };
}

/** Sequences of white space are refused. */
function writeStop(stop: readonly string[] | undefined, dropped: Set<string>): string[] | undefined {
  if (stop === undefined || stop.length === 0) return undefined;
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) dropped.add('stop');
  return kept.length === 0 ? undefined : kept;
}

function writeServiceTier(tier: string | undefined, dropped: Set<string>): string | undefined {
  if (tier === undefined || tier === 'auto' || tier === 'standard_only') return tier;
  if (tier === 'default') return 'standard_only';
  dropped.add('service_tier');
  return undefined;
}
