import { EFFORTS } from '../../../../lib/private/contract';
import { invalidRequest, unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { ModelRequest, Reasoning, ResponseFormat, Tool, ToolChoice } from '../../model/request';
import { markedAtEnd, readCacheMark } from '../../protocols/cache-mark';
import { defined, objectOf, objectsOf } from '../../protocols/lenient';
import { nativeFieldsOf, readNative } from '../../protocols/native-fields';
import {
  noteOthers,
  optionalChoice,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalObjects,
  optionalText,
  optionalTexts,
  requiredMessages,
  requiredObject,
  requiredText,
} from '../../protocols/strict';
import { readFunctionChoice, readFunctions, speaksFunctions } from './decode-functions';
import { readMessages } from './decode-messages';

/** Fields that are read below. */
const KNOWN = new Set(
  `model messages stream stream_options tools tool_choice functions function_call parallel_tool_calls max_tokens max_completion_tokens temperature top_p top_k
   stop seed frequency_penalty presence_penalty logit_bias n logprobs top_logprobs response_format reasoning_effort reasoning thinking
   verbosity service_tier metadata user safety_identifier prompt_cache_key modalities audio
   cache_control`.split(/\s+/),
);

/** Fields that never change an answer: they only speed it up or concern the provider's own records. */
const DROPPED = new Set(['store', 'prediction', 'prompt_cache_retention', 'prompt_cache_options', 'moderation']);

/**
 * Reads a whole call.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function decodeRequest(body: JsonObject): ModelRequest {
  const dropped = unknownFields(body);
  const top = optionalCount(body['top_logprobs'], 'top_logprobs', 0, 100);
  const stop = body['stop'];
  const choices = optionalCount(body['n'], 'n', 1, 128);
  return defined({
    model: requiredText(body['model'], 'model'),
    messages: markedAtEnd(readMessages(requiredMessages(body['messages']), dropped), readCacheMark(body, 'body', dropped)),
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    tools:
      readFunctions(body, dropped) ??
      allowedTools(
        optionalObjects(body['tools'], 'tools')?.map((tool, index) => readTool(tool, index, dropped)),
        body['tool_choice'],
      ),
    toolChoice: readToolChoice(body) ?? readFunctionChoice(body),
    // There is room for one call in an answer.
    parallelToolCalls: speaksFunctions(body) ? false : optionalFlag(body['parallel_tool_calls'], 'parallel_tool_calls'),
    answersByFunctionCall: speaksFunctions(body) ? true : undefined,
    maxOutputTokens:
      optionalCount(body['max_completion_tokens'], 'max_completion_tokens', 1) ?? optionalCount(body['max_tokens'], 'max_tokens', 1),
    temperature: optionalNumber(body['temperature'], 'temperature', 0, 2),
    topP: optionalNumber(body['top_p'], 'top_p', 0, 1),
    topK: optionalCount(body['top_k'], 'top_k', -1),
    stop: typeof stop === 'string' ? [stop] : optionalList(stop, 'stop')?.map((item, index) => requiredText(item, `stop[${index}]`)),
    seed: optionalCount(body['seed'], 'seed', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty', -2, 2),
    presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty', -2, 2),
    logitBias: readLogitBias(body),
    choices,
    logprobs: optionalFlag(body['logprobs'], 'logprobs') === true ? { top: top ?? 0 } : undefined,
    responseFormat: readResponseFormat(body),
    reasoning: readReasoningSettings(body),
    verbosity: optionalText(body['verbosity'], 'verbosity'),
    serviceTier: optionalText(body['service_tier'], 'service_tier'),
    metadata: optionalTexts(body['metadata'], 'metadata'),
    user: optionalText(body['safety_identifier'], 'safety_identifier') ?? optionalText(body['user'], 'user'),
    promptCacheKey: optionalText(body['prompt_cache_key'], 'prompt_cache_key'),
    modalities: optionalList(body['modalities'], 'modalities')?.map((item, index) => requiredText(item, `modalities[${index}]`)),
    audio: optionalObject(body['audio'], 'audio'),
    native: readNative(body),
    dropped: dropped.length === 0 ? undefined : dropped,
  });
}

function unknownFields(body: JsonObject): string[] {
  const dropped: string[] = [];
  const native = nativeFieldsOf(body);
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null || KNOWN.has(field) || native.includes(field)) continue;
    if (!DROPPED.has(field)) throw unsupported(field, `${field} cannot be carried to the chosen model's provider; leave it out.`);
    dropped.push(field);
  }
  return dropped;
}

const FUNCTION_FIELDS = new Set(['name', 'description', 'parameters', 'strict']);

function readTool(tool: JsonObject, index: number, dropped: string[]): Tool {
  const path = `tools[${index}]`;
  const type = optionalText(tool['type'], `${path}.type`) ?? 'function';
  if (type === 'custom') {
    const custom = requiredObject(tool['custom'], `${path}.custom`);
    const format = readFormat(optionalObject(custom['format'], `${path}.custom.format`), `${path}.custom.format`);
    return defined({
      name: requiredText(custom['name'], `${path}.custom.name`),
      description: optionalText(custom['description'], `${path}.custom.description`),
      custom: format === undefined ? {} : { format },
    });
  }
  if (type !== 'function') throw unsupported(path, `${path} has the type ${type}, which the chosen model's provider does not have.`);
  const definition = requiredObject(tool['function'], `${path}.function`);
  noteOthers(definition, FUNCTION_FIELDS, `${path}.function`, dropped);
  return defined({
    name: requiredText(definition['name'], `${path}.function.name`),
    description: optionalText(definition['description'], `${path}.function.description`),
    parameters: optionalObject(definition['parameters'], `${path}.function.parameters`),
    strict: optionalFlag(definition['strict'], `${path}.function.strict`),
    cache: readCacheMark(tool, path, dropped) ?? readCacheMark(definition, `${path}.function`, dropped),
  });
}

/** What tells a grammar stands one deeper than in Responses. */
function readFormat(format: JsonObject | undefined, path: string): JsonObject | undefined {
  const grammar = optionalObject(format?.['grammar'], `${path}.grammar`);
  return format === undefined || grammar === undefined ? format : defined({ type: format['type'], ...grammar });
}

function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'];
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') {
    if (choice === 'any') return { type: 'required' };
    return { type: optionalChoice(choice, 'tool_choice', ['auto', 'none', 'required'] as const) ?? 'auto' };
  }
  const object = requiredObject(choice, 'tool_choice');
  const type = requiredText(object['type'], 'tool_choice.type');
  if (type === 'allowed_tools') {
    const allowed = requiredObject(object['allowed_tools'], 'tool_choice.allowed_tools');
    return { type: optionalChoice(allowed['mode'], 'tool_choice.allowed_tools.mode', ['auto', 'required'] as const) ?? 'auto' };
  }
  if (type !== 'function' && type !== 'custom') {
    throw unsupported('tool_choice', `tool_choice of the type ${type} cannot be carried to the chosen model's provider; name one tool.`);
  }
  return { type: 'tool', name: requiredText(requiredObject(object[type], `tool_choice.${type}`)['name'], `tool_choice.${type}.name`) };
}

/** Only the tools that `tool_choice: {type: allowed_tools}` lists, when it does. */
function allowedTools(tools: Tool[] | undefined, choice: JsonValue | undefined): Tool[] | undefined {
  const allowed = objectOf(choice);
  if (tools === undefined || allowed?.['type'] !== 'allowed_tools') return tools;
  const listed = objectsOf(objectOf(allowed['allowed_tools'])?.['tools']);
  const names = new Set(listed.map((tool) => objectOf(tool['function'] ?? tool['custom'])?.['name']));
  return tools.filter(({ name }) => names.has(name));
}

function readLogitBias(body: JsonObject): Record<string, number> | undefined {
  const bias = optionalObject(body['logit_bias'], 'logit_bias');
  if (bias === undefined || Object.keys(bias).length === 0) return undefined;
  return Object.fromEntries(
    Object.entries(bias).map(([token, value]) => [token, optionalNumber(value, `logit_bias.${token}`, -100, 100) ?? 0]),
  );
}

function readResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = optionalObject(body['response_format'], 'response_format');
  if (format === undefined) return undefined;
  const type = optionalChoice(format['type'], 'response_format.type', ['text', 'json_object', 'json_schema'] as const);
  if (type === 'text') return { type: 'text' };
  if (type === 'json_object') return { type: 'json' };
  if (type === undefined) throw invalidRequest('response_format.type', 'response_format.type is missing.', 'missing_required_parameter');
  const path = 'response_format.json_schema';
  const schema = requiredObject(format['json_schema'], path);
  return defined({
    type: 'json-schema' as const,
    name: requiredText(schema['name'], `${path}.name`),
    schema: optionalObject(schema['schema'], `${path}.schema`) ?? {},
    strict: optionalFlag(schema['strict'], `${path}.strict`),
    description: optionalText(schema['description'], `${path}.description`),
  });
}

/**
 * OpenAI's `reasoning_effort`, OpenRouter's `reasoning` and the `thinking` that Anthropic-minded clients of compatible servers
 * send: one of them. Switched on without a measure is medium, as OpenRouter has it.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#enable-reasoning-with-default-config
 * @see https://api-docs.deepseek.com/guides/thinking_mode
 */
function readReasoningSettings(body: JsonObject): Reasoning | undefined {
  const effort = optionalChoice(body['reasoning_effort'], 'reasoning_effort', EFFORTS);
  const settings = optionalObject(body['reasoning'], 'reasoning');
  const thinking = optionalObject(body['thinking'], 'thinking');
  const budgetTokens =
    optionalCount(settings?.['max_tokens'], 'reasoning.max_tokens', 1) ??
    optionalCount(thinking?.['budget_tokens'], 'thinking.budget_tokens', 1);
  const measured = effort ?? optionalChoice(settings?.['effort'], 'reasoning.effort', EFFORTS);
  const switchedOn = budgetTokens === undefined && (thinking?.['type'] === 'enabled' || settings?.['enabled'] === true);
  const reasoning: Reasoning = defined({
    effort: measured ?? offOf(thinking, settings) ?? (switchedOn ? 'medium' : undefined),
    budgetTokens,
    adaptive: thinking?.['type'] === 'adaptive' ? true : undefined,
  });
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}

function offOf(thinking: JsonObject | undefined, settings: JsonObject | undefined): 'none' | undefined {
  return thinking?.['type'] === 'disabled' || settings?.['enabled'] === false ? 'none' : undefined;
}
