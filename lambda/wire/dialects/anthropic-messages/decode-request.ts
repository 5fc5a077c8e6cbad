import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { Message, ModelRequest, Reasoning, ResponseFormat, Tool, ToolChoice } from '../../model/request';
import { markedAtEnd } from '../../protocols/cache-mark';
import { defined, objectOf } from '../../protocols/lenient';
import { nativeFieldsOf, readNative } from '../../protocols/native-fields';
import type { CallEnvelope } from '../../protocols/protocol';
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
  requiredMessages,
  requiredObject,
  requiredText,
} from '../../protocols/strict';
import { readCache } from './decode-content';
import { readMessages, readSystem } from './decode-messages';

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** Fields that are read below. All others are dropped: Anthropic's clients add fields often, and must not fail for it. */
const KNOWN = new Set(
  `model messages system tools tool_choice max_tokens temperature top_p top_k stop_sequences stream metadata service_tier thinking
   output_config output_format cache_control`.split(/\s+/),
);

/** Fields without which the answer would not be the one that was asked for. */
const REFUSED: Readonly<Record<string, string>> = {
  mcp_servers: 'MCP servers are called by Anthropic itself',
  container: 'a container is kept at Anthropic',
};

/**
 * Reads a whole call, or the body of `count_tokens`, which has no `max_tokens`.
 *
 * @see https://docs.claude.com/en/api/messages
 */
export function decodeRequest(body: JsonObject, envelope?: CallEnvelope): ModelRequest {
  const dropped = otherFields(body);
  const messages: Message[] = [...readSystem(body['system'], dropped), ...readMessages(requiredMessages(body['messages']), dropped)];
  const config = optionalObject(body['output_config'], 'output_config');
  const choice = optionalObject(body['tool_choice'], 'tool_choice');
  const disableParallel = optionalFlag(choice?.['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use');
  return defined({
    model: requiredText(body['model'], 'model'),
    messages: markedAtEnd(messages, readCache(body, 'body')),
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    tools: optionalObjects(body['tools'], 'tools')?.map((tool, index) => readTool(tool, index, dropped)),
    toolChoice: choice === undefined ? undefined : readToolChoice(choice),
    parallelToolCalls: disableParallel === undefined ? undefined : !disableParallel,
    maxOutputTokens: optionalCount(body['max_tokens'], 'max_tokens', 1),
    temperature: optionalNumber(body['temperature'], 'temperature', 0, 1),
    topP: optionalNumber(body['top_p'], 'top_p', 0, 1),
    topK: optionalCount(body['top_k'], 'top_k', 0),
    stop: optionalList(body['stop_sequences'], 'stop_sequences')?.map((item, index) => requiredText(item, `stop_sequences[${index}]`)),
    responseFormat: readFormat(optionalObject(config?.['format'] ?? body['output_format'], 'output_config.format')),
    reasoning: readReasoning(body, config),
    serviceTier: optionalText(body['service_tier'], 'service_tier'),
    user: optionalText(optionalObject(body['metadata'], 'metadata')?.['user_id'], 'metadata.user_id'),
    betas: readBetas(envelope),
    native: readNative(body),
    dropped: dropped.length === 0 ? undefined : dropped,
  });
}

function readBetas(envelope: CallEnvelope | undefined): readonly string[] | undefined {
  const header = envelope?.headers?.['anthropic-beta'];
  const betas =
    header === undefined
      ? []
      : String(header)
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '');
  return betas.length === 0 ? undefined : betas;
}

function otherFields(body: JsonObject): string[] {
  const native = nativeFieldsOf(body);
  const others = Object.keys(body).filter((field) => !KNOWN.has(field) && !native.includes(field) && !isEmpty(body[field]));
  for (const field of others) {
    const reason = entryOf(REFUSED, field);
    if (reason !== undefined) throw unsupported(field, `${field} cannot be carried to the chosen model's provider: ${reason}.`);
  }
  return others;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** What a tool may say beside its definition: how Anthropic loads, checks or streams it. */
const TOOL_FIELDS = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']);

function readTool(tool: JsonObject, index: number, dropped: string[]): Tool {
  const path = `tools[${index}]`;
  const type = optionalText(tool['type'], `${path}.type`) ?? 'custom';
  if (type !== 'custom') {
    throw unsupported(path, `${path} has the type ${type}, which only Anthropic's models know; describe it with an input_schema.`);
  }
  noteOthers(tool, TOOL_FIELDS, path, dropped);
  return defined({
    name: requiredText(tool['name'], `${path}.name`),
    description: optionalText(tool['description'], `${path}.description`),
    parameters: optionalObject(tool['input_schema'], `${path}.input_schema`),
    strict: optionalFlag(tool['strict'], `${path}.strict`),
    cache: readCache(tool, path),
  });
}

function readToolChoice(choice: JsonObject): ToolChoice {
  const type = optionalChoice(choice['type'], 'tool_choice.type', ['auto', 'any', 'tool', 'none'] as const) ?? 'auto';
  if (type === 'tool') return { type: 'tool', name: requiredText(choice['name'], 'tool_choice.name') };
  return { type: type === 'any' ? 'required' : type };
}

/** @see https://docs.claude.com/en/docs/build-with-claude/structured-outputs */
function readFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined;
  const path = 'output_config.format';
  if (format['type'] !== 'json_schema') throw unsupported(`${path}.type`, `${path}.type must be json_schema.`);
  return { type: 'json-schema', name: 'response', schema: requiredObject(format['schema'], `${path}.schema`), strict: true };
}

/**
 * `thinking` and the effort together. `adaptive: false` says that an effort came without any thinking; a budget of zero that
 * thinking was switched off.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking
 * @see https://docs.claude.com/en/docs/build-with-claude/effort
 */
function readReasoning(body: JsonObject, config: JsonObject | undefined): Reasoning | undefined {
  const thinking = optionalObject(body['thinking'], 'thinking');
  const effort = optionalChoice(config?.['effort'], 'output_config.effort', EFFORTS);
  if (thinking === undefined) return effort === undefined ? undefined : { effort, adaptive: false };
  const type = optionalChoice(thinking['type'], 'thinking.type', ['enabled', 'adaptive', 'disabled'] as const);
  if (type === 'disabled') return { effort: 'none', budgetTokens: 0 };
  const display = optionalChoice(objectOf(thinking)?.['display'], 'thinking.display', ['summarized', 'omitted'] as const);
  return defined({
    effort,
    budgetTokens: type === 'enabled' ? optionalCount(thinking['budget_tokens'], 'thinking.budget_tokens', 1) : undefined,
    adaptive: type === 'adaptive' ? true : undefined,
    summary: display === undefined ? undefined : display === 'omitted' ? 'hidden' : 'auto',
  });
}
