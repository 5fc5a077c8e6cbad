import { unsupported } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import {
  claudeThinking,
  fitSettings,
  inClaudesForm,
  objectAtRoot,
  refuseOtherThanText,
  withFewerMarks,
  withMessages,
  withSystemInPlace,
} from '../../fitting';
import type { ModelRequest, Tool } from '../../model/request';
import type { Capabilities } from '../../models';
import { closedParameters, closedSchema } from '../../protocols/closed-schema';
import { defined } from '../../protocols/lenient';
import { inNewerWords } from '../../protocols/newer-schema';
import type { EncodedRequest, TargetFacts } from '../../protocols/protocol';
import { typedParameters } from '../../protocols/typed-schema';
import { writeCache, writeMessages } from './encode-messages';
import { writeThinking } from './thinking';

/** What no model can be asked for by this API. */
const NEVER: Capabilities = {
  maxTemperature: 1,
  seed: false,
  penalties: false,
  verbosity: false,
  choices: false,
  logprobs: false,
  logitBias: false,
};

/** @see https://platform.claude.com/docs/en/api/messages#body-metadata-user-id */
const PERSONAL = /^(?:[^\s@]+@[^\s@]+\.[^\s@]+|\+?[\d\s().-]{7,15})$/;

const JSON_MODE = 'Answer with one valid JSON object and nothing else: no prose, no code fence.';

/**
 * Writes a call for Anthropic, and for whoever serves Claude in its format.
 *
 * @see https://docs.claude.com/en/api/messages
 */
export function encodeRequest(original: ModelRequest, target: TargetFacts): EncodedRequest {
  const can = target.capabilities;
  const dropped = new Set(original.dropped ?? []);
  const request = fitted(original, can, dropped);
  refuseOtherThanText(request);
  noteDropped(request, dropped);
  const told = claudeThinking(request, can, request.maxOutputTokens, dropped);
  const { system, messages } = writeMessages(request.messages, dropped);
  if (request.responseFormat?.type === 'json') {
    dropped.add('response_format');
    system.push({ type: 'text', text: JSON_MODE });
  }
  const format =
    request.responseFormat?.type === 'json-schema' ? closedSchema(request.responseFormat.schema, 'response_format', dropped) : undefined;
  const config = defined({ effort: told.effort, format: format === undefined ? undefined : { type: 'json_schema', schema: format } });

  const body: JsonObject = defined({
    model: target.requestModel,
    max_tokens: request.maxOutputTokens,
    system: system.length === 0 ? undefined : system.length === 1 && isPlain(system[0]) ? (system[0]?.text ?? '') : system,
    messages: messages as JsonObject[],
    stream: request.stream ? true : undefined,
    tools: writeTools(request.tools, can, dropped),
    tool_choice: writeToolChoice(request),
    ...sampling(request, told.mode === 'adaptive' || told.mode === 'budget', dropped),
    stop_sequences: writeStop(request.stop, dropped),
    thinking: writeThinking(told, request.reasoning),
    output_config: Object.keys(config).length === 0 ? undefined : config,
    metadata: writeUser(request.user, dropped),
    service_tier: writeServiceTier(request.serviceTier, dropped),
  });
  return { body, dropped: [...dropped] };
}

function isPlain(block: JsonObject | undefined): boolean {
  return block !== undefined && Object.keys(block).length === 2;
}

/** The call by the rules that the API has for every model, and by what its model takes. */
function fitted(original: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  const request = withFewerMarks(fitSettings(original, can, dropped, NEVER), dropped);
  const inPlace = can.systemBetweenTurns === true ? request.messages : withSystemInPlace(request.messages, dropped);
  return withMessages(request, inClaudesForm(inPlace));
}

/** What the answer's meaning does not hang on. */
function noteDropped(request: ModelRequest, dropped: Set<string>): void {
  if (request.promptCacheKey !== undefined) dropped.add('prompt_cache_key');
  if (request.metadata !== undefined) dropped.add('metadata');
}

function writeTools(tools: readonly Tool[] | undefined, { schemaSubset }: Capabilities, dropped: Set<string>): JsonObject[] | undefined {
  if (tools === undefined || tools.length === 0) return undefined;
  return tools.map((tool, index) => {
    if (tool.custom !== undefined) {
      throw unsupported(
        `tools[${index}]`,
        `tools[${index}] is a free-text tool, which the chosen model does not have; give it parameters.`,
      );
    }
    const schema =
      schemaSubset?.includes('kimi') === true
        ? typedParameters(tool.parameters, dropped)
        : inNewerWords(objectAtRoot(tool.parameters, dropped));
    const closed = tool.strict === true ? closedParameters(schema, dropped) : undefined;
    return defined({
      name: tool.name,
      description: tool.description,
      input_schema: closed ?? schema,
      strict: closed === undefined ? undefined : true,
      cache_control: writeCache(tool.cache),
    });
  });
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

/** Thinking excludes most settings. */
function sampling(request: ModelRequest, thinking: boolean, dropped: Set<string>): JsonObject {
  const { temperature, topP, topK } = request;
  if (!thinking) return { temperature, top_p: topP, top_k: topK };
  if (temperature !== undefined && temperature !== 1) dropped.add('temperature');
  if (topP !== undefined && topP < 0.95) dropped.add('top_p');
  if (topK !== undefined) dropped.add('top_k');
  return { top_p: topP !== undefined && topP >= 0.95 ? topP : undefined };
}

/** Sequences of white space are refused. */
/** An end user's mail address or telephone number is refused. */
function writeUser(user: string | undefined, dropped: Set<string>): JsonObject | undefined {
  if (user === undefined || !PERSONAL.test(user)) return user === undefined ? undefined : { user_id: user };
  dropped.add('user');
  return undefined;
}

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
