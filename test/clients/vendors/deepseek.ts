import type { Body } from '../upstreams/turn';
import { isObject, must } from './refusal';

const ROLES = ['system', 'user', 'assistant', 'tool', 'latest_reminder'];
const MODELS = /^deepseek-(?:v4-pro|v4-flash|flash|pro)/;
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * What DeepSeek refuses. It does not mind fields that it does not know; thinking is on unless it is switched off.
 *
 * @see https://api-docs.deepseek.com/api/create-chat-completion
 * @see https://api-docs.deepseek.com/guides/thinking_mode
 */
export function checkDeepSeek(body: Body, model: string): void {
  must(MODELS.test(model), 'Model Not Exist');
  must(body.messages?.length > 0, 'Empty input messages');
  body.messages.forEach((message: Body, index: number) => {
    checkMessage(message, `messages[${index}]`);
  });
  checkPairs(body.messages);
  checkTools(body.tools ?? []);
  within(body, 'max_tokens', 1, 393_216);
  within(body, 'temperature', 0, 2);
  within(body, 'top_p', 0, 1);
  within(body, 'frequency_penalty', -2, 2);
  within(body, 'presence_penalty', -2, 2);
  typed(typeof (body.stop ?? '') === 'string' || body.stop.length <= 16, 'stop', 'too many stop sequences');
  typed(
    [undefined, 'text', 'json_object'].includes(body.response_format?.type),
    'response_format',
    'This response_format type is unavailable now',
  );
  must(
    body.response_format?.type !== 'json_object' || /json/i.test(JSON.stringify(body.messages)),
    "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.",
  );
  if (body.thinking?.type !== 'disabled' && body.reasoning_effort !== 'none') checkThinking(body);
}

/** As its reader of JSON answers. */
function typed(holds: boolean, at: string, problem: string): void {
  must(holds, `Failed to deserialize the JSON body into the target type: ${at}: ${problem}`);
}

function within(body: Body, field: string, least: number, most: number): void {
  const value = body[field];
  must(
    value === undefined || value === null || (value >= least && value <= most),
    `Invalid ${field} value, the valid range of ${field} is [${least}, ${most}]`,
  );
}

function checkMessage({ role, content, tool_calls: calls, tool_call_id: id }: Body, at: string): void {
  typed(ROLES.includes(role), `${at}.role`, `unknown variant \`${role}\`, expected one of ${ROLES.map((one) => `\`${one}\``).join(', ')}`);
  const isText = typeof content === 'string' || (role === 'assistant' && (content === null || content === undefined));
  typed(isText, at, `invalid type: ${Array.isArray(content) ? 'sequence' : 'null'}, expected a string`);
  must(
    role !== 'assistant' || typeof content === 'string' || calls?.length > 0,
    'Invalid assistant message: content or tool_calls must be set',
  );
  typed(role !== 'tool' || typeof id === 'string', at, 'missing field `tool_call_id`');
  for (const [index, call] of (calls ?? []).entries()) {
    typed(call.type === 'function', `${at}.tool_calls[${index}]`, `unknown variant \`${call.type}\`, expected \`function\``);
    typed(typeof call.function?.arguments === 'string', `${at}.tool_calls[${index}].function`, 'missing field `arguments`');
    must(NAME.test(call.function.name), `Invalid '${at}.tool_calls[${index}].function.name': string does not match pattern.`);
  }
}

/** Results stand directly behind the calls. */
function checkPairs(messages: readonly Body[]): void {
  messages.forEach(({ role, tool_calls: calls = [], tool_call_id: id }, index) => {
    const end = messages.slice(index + 1).findIndex((next) => next.role !== 'tool');
    const answers = messages.slice(index + 1, end < 0 ? undefined : index + 1 + end).map((next) => next.tool_call_id);
    must(
      calls.every((call: Body) => answers.includes(call.id)),
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. (insufficient tool messages following tool_calls message)",
    );
    if (role !== 'tool') return;
    const before = messages.slice(0, index).findLast((message) => message.role !== 'tool');
    must(
      (before?.tool_calls ?? []).some((call: Body) => call.id === id),
      "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
    );
  });
}

function checkTools(tools: readonly Body[]): void {
  must(tools.length <= 128, 'Too many tools');
  tools.forEach((tool, index) => {
    typed(tool.type === 'function', `tools[${index}].type`, `unknown variant \`${tool.type}\`, expected \`function\``);
    const { name, parameters } = tool.function;
    must(
      NAME.test(name),
      `Invalid 'tools[${index}].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    );
    if (parameters === undefined) return;
    must(
      isObject(parameters) && parameters.type === 'object',
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${parameters.type ?? 'null'}"'.`,
    );
  });
}

/** While it thinks it is not made to use a tool, and wants the thinking of every turn back once tools were called. */
function checkThinking({ messages, tool_choice: choice }: Body): void {
  must([undefined, null, 'auto', 'none'].includes(choice), 'Thinking mode does not support this tool_choice');
  if (!messages.some(({ tool_calls: calls }: Body) => calls?.length > 0)) return;
  const index = messages.findIndex((message: Body) => message.role === 'assistant' && (message.reasoning_content ?? '') === '');
  must(index < 0, 'The `reasoning_content` in the thinking mode must be passed back to the API.');
}
