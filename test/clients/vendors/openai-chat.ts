import type { Body } from '../upstreams/turn';
import { checkCap, checkEffort, checkProbe, checkSampling, gptOf } from './openai-models';
import { checkFunction, checkHeldSchema, checkToolList } from './openai-tools';
import { doubled, must, unknownFields } from './refusal';

const FIELDS = `model messages store metadata reasoning_effort frequency_penalty presence_penalty logit_bias logprobs top_logprobs
 max_tokens max_completion_tokens n modalities prediction audio response_format seed service_tier stop stream stream_options temperature top_p tools
 tool_choice parallel_tool_calls user function_call functions web_search_options verbosity safety_identifier prompt_cache_key prompt_cache_retention
 prompt_cache_options moderation`;
const OF_ROLE: Readonly<Record<string, string>> = {
  developer: 'role content name',
  system: 'role content name',
  user: 'role content name',
  assistant: 'role content name refusal tool_calls function_call audio annotations',
  tool: 'role content tool_call_id',
};

/**
 * What OpenAI refuses of Chat Completions.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function checkOpenAiChat(body: Body, model: string): void {
  const gpt = gptOf(model);
  const [extra] = unknownFields(body, FIELDS);
  must(extra === undefined, `Unrecognized request argument supplied: ${extra}`, extra);
  must(gpt.only === undefined, 'This model is only supported in v1/responses and not in v1/chat/completions.', 'model');
  must(Array.isArray(body.messages) && body.messages.length > 0, "Invalid 'messages': empty array.", 'messages');
  body.messages.forEach((message: Body, index: number) => {
    checkMessage(message, `messages[${index}]`);
  });
  checkPairs(body.messages);
  checkTools(body);
  checkEffort(gpt, body.reasoning_effort, 'reasoning_effort');
  const effort = body.reasoning_effort ?? gpt.usualEffort ?? 'none';
  must(
    gpt.toolsWithEffortInChat !== false || effort === 'none' || body.tools === undefined,
    `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`,
    'reasoning_effort',
  );
  checkSampling(gpt, body, body.reasoning_effort);
  must(
    body.max_tokens === undefined || gpt.efforts.length === 0,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'max_tokens',
  );
  checkCap(gpt, body.max_tokens, 'max_tokens', 1);
  checkCap(gpt, body.max_completion_tokens, 'max_completion_tokens', 1);
  checkProbe(gpt, body.max_completion_tokens);
  must(body.stop === undefined || gpt.stop, "Unsupported parameter: 'stop' is not supported with this model.", 'stop');
  must((body.stop?.length ?? 0) <= 4 || typeof body.stop === 'string', "Invalid 'stop': array too long.", 'stop');
  must(
    body.stream_options === undefined || body.stream === true,
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
  );
  must(body.metadata === undefined || body.store === true, "The 'metadata' parameter is only allowed when 'store' is enabled.", 'metadata');
  must((body.safety_identifier ?? '').length <= 64, "Invalid 'safety_identifier': string too long.", 'safety_identifier');
  must((body.prompt_cache_key ?? '').length <= 64, "Invalid 'prompt_cache_key': string too long.", 'prompt_cache_key');
  checkFormat(body);
}

function checkMessage(message: Body, at: string): void {
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  must(
    role in OF_ROLE,
    `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
    `${at}.role`,
  );
  const [extra] = unknownFields(message, OF_ROLE[role] ?? '');
  must(extra === undefined, `Additional properties are not allowed ('${extra}' was unexpected) - '${at}'`, at);
  const empty = content === null || content === undefined;
  const mayBeEmpty = role === 'assistant' && (calls !== undefined || message.refusal !== undefined || message.audio !== undefined);
  must(!empty || mayBeEmpty, `Invalid value for 'content': expected a string, got null.`, `${at}.content`);
  if (Array.isArray(content)) checkParts(content, role, at);
  must(
    role !== 'tool' || typeof id === 'string',
    `Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.`,
    `${at}.tool_call_id`,
  );
  must(
    (id ?? '').length <= 40,
    `Invalid '${at}.tool_call_id': string too long. Expected a string with maximum length 40, but got a string with length ${id?.length} instead.`,
    `${at}.tool_call_id`,
  );
  if (calls === undefined) return;
  must(
    calls.length > 0,
    `Invalid '${at}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    `${at}.tool_calls`,
  );
  calls.forEach((call: Body, index: number) => {
    const field = `${at}.tool_calls[${index}]`;
    must(
      call.id.length <= 40,
      `Invalid '${field}.id': string too long. Expected a string with maximum length 40, but got a string with length ${call.id.length} instead.`,
      `${field}.id`,
    );
    must(
      unknownFields(call, 'id type function custom').length === 0,
      `Unknown parameter: '${field}.${unknownFields(call, 'id type function custom')[0]}'.`,
      field,
    );
    const name = call.function?.name ?? call.custom?.name;
    must(
      /^[a-zA-Z0-9_-]{1,64}$/.test(name),
      `Invalid '${field}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      field,
    );
    must(
      call.type !== 'function' || typeof call.function.arguments === 'string',
      `Invalid type for '${field}.function.arguments': expected a string.`,
      field,
    );
  });
}

function checkParts(parts: Body[], role: string, at: string): void {
  must(
    parts.length > 0,
    `Invalid '${at}.content': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    at,
  );
  const types = role === 'user' ? ['text', 'image_url', 'input_audio', 'file'] : role === 'assistant' ? ['text', 'refusal'] : ['text'];
  for (const [index, part] of parts.entries()) {
    must(
      types.includes(part.type),
      `Invalid value: '${part.type}'. Supported values are: ${types.join(', ')}.`,
      `${at}.content[${index}].type`,
    );
    const [extra] = unknownFields(part, `type ${part.type}`);
    must(extra === undefined, `Unknown parameter: '${at}.content[${index}].${extra}'.`, at);
  }
}

/** Results stand directly behind the calls. */
export function checkPairs(messages: readonly Body[]): void {
  messages.forEach((message, index) => {
    const ids: string[] = (message.tool_calls ?? []).map(({ id }: Body) => id);
    must(
      doubled(ids).length === 0,
      `Duplicate value for 'tool_call_id' of '${ids[0]}' in messages[${index}].`,
      `messages[${index}].tool_calls`,
    );
    const end = messages.slice(index + 1).findIndex(({ role }) => role !== 'tool');
    const answers = messages.slice(index + 1, end < 0 ? undefined : index + 1 + end).map(({ tool_call_id: id }) => id);
    const missing = ids.filter((id) => !answers.includes(id));
    must(
      missing.length === 0,
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
      `messages[${index}].role`,
    );
    if (message.role !== 'tool') return;
    const before = messages.slice(0, index).findLast(({ role }) => role !== 'tool');
    must(
      (before?.tool_calls ?? []).some(({ id }: Body) => id === message.tool_call_id),
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      `messages[${index}].role`,
    );
  });
}

function checkTools({ tools, tool_choice: choice, parallel_tool_calls: parallel }: Body): void {
  if (tools === undefined) {
    must(choice === undefined, "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
    must(
      parallel === undefined,
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
      'parallel_tool_calls',
    );
    return;
  }
  checkToolList(tools.map((tool: Body) => tool.function?.name ?? tool.custom?.name));
  tools.forEach((tool: Body, index: number) => {
    const at = `tools[${index}]`;
    must(
      ['function', 'custom'].includes(tool.type),
      `Invalid value: '${tool.type}'. Supported values are: 'function' and 'custom'.`,
      `${at}.type`,
    );
    const [extra] = unknownFields(tool, `type ${tool.type}`);
    must(extra === undefined, `Unknown parameter: '${at}.${extra}'.`, `${at}.${extra}`);
    if (tool.type === 'function') checkFunction(tool.function, `${at}.function`);
  });
  const named = choice?.function?.name ?? choice?.custom?.name;
  must(
    named === undefined || tools.some((tool: Body) => (tool.function?.name ?? tool.custom?.name) === named),
    `Tool choice '${named}' not found in 'tools' parameter.`,
    'tool_choice',
  );
}

function checkFormat({ response_format: format, messages }: Body): void {
  if (format?.type === 'json_object') {
    must(
      /json/i.test(JSON.stringify(messages)),
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  if (format?.type !== 'json_schema') return;
  const { name, schema, strict } = format.json_schema;
  must(/^[a-zA-Z0-9_-]{1,64}$/.test(name), "Invalid 'response_format.json_schema.name': string does not match pattern.", 'response_format');
  if (strict === true) checkHeldSchema(schema, (what) => `Invalid schema for response_format '${name}': ${what}`, 'response_format');
}
