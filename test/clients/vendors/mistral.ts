import type { Body } from '../upstreams/turn';
import { doubled, isObject, must, Refusal, unknownFields } from './refusal';

const FIELDS = `model messages temperature top_p max_tokens min_tokens stream stop random_seed metadata response_format tools tool_choice presence_penalty
 frequency_penalty n prediction parallel_tool_calls prompt_mode reasoning_effort guardrails safe_prompt`;
const OF_ROLE: Readonly<Record<string, string>> = {
  system: 'role content',
  user: 'role content',
  assistant: 'role content tool_calls prefix',
  tool: 'role content tool_call_id name',
};
/** Which role may follow which. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  system: ['system', 'user', 'assistant'],
  user: ['user', 'assistant', 'system'],
  assistant: ['user', 'assistant', 'tool'],
  tool: ['assistant', 'tool'],
};
const ID = /^[a-zA-Z0-9]{9}$/;
const REASONS = /^(?:mistral-small-latest|mistral-medium-3-5)$/;
const MODELS = /^(?:mistral|ministral|devstral|codestral|magistral|open-mi|pixtral|voxtral)/;

/**
 * What Mistral refuses: a field that it does not know (422), and conversations whose order its templates do not have (400).
 *
 * @see https://docs.mistral.ai/api/endpoint/chat
 * @see https://docs.mistral.ai/capabilities/function_calling
 */
export function checkMistral(body: Body, model: string): void {
  must(MODELS.test(model), `Invalid model: ${model}`, 'invalid_model');
  noExtra(body, FIELDS, ['body']);
  within(body, 'temperature', 0, 1.5);
  within(body, 'top_p', Number.MIN_VALUE, 1);
  within(body, 'presence_penalty', -2, 2);
  within(body, 'frequency_penalty', -2, 2);
  within(body, 'max_tokens', 1, Number.POSITIVE_INFINITY);
  must(body.messages?.length > 0, 'Conversation must have at least one message');
  body.messages.forEach((message: Body, index: number) => {
    checkMessage(message, index);
  });
  checkOrder(body.messages);
  checkTools(body);
  const { reasoning_effort: effort } = body;
  if (effort === undefined) return;
  must(REASONS.test(model), `reasoning_effort is not enabled for this model`, 'invalid_request_invalid_args');
  invalid(['none', 'high'].includes(effort), ['body', 'reasoning_effort'], "Input should be 'none' or 'high'", 'enum');
}

function noExtra(value: Body, known: string, at: readonly (string | number)[]): void {
  const [extra] = unknownFields(value, known);
  invalid(extra === undefined, [...at, extra ?? ''], 'Extra inputs are not permitted', 'extra_forbidden');
}

function within(body: Body, field: string, least: number, most: number): void {
  const value = body[field];
  invalid(
    value === undefined || value === null || (value >= least && value <= most),
    ['body', field],
    `Input should be between ${least} and ${most}`,
    'less_than_equal',
  );
}

/** @throws Refusal 422 as validation answers */
function invalid(holds: boolean, where: readonly (string | number)[], message: string, type: string): void {
  if (!holds) throw new Refusal(JSON.stringify({ detail: [{ type, loc: where, msg: message }] }), where.join('.'), 422);
}

function checkMessage(message: Body, index: number): void {
  const { role, content, tool_calls: calls } = message;
  invalid(
    role in OF_ROLE,
    ['body', 'messages', index],
    `Input tag '${role}' found using 'role' does not match any of the expected tags: 'assistant', 'system', 'tool', 'user'`,
    'union_tag_invalid',
  );
  noExtra(message, OF_ROLE[role] ?? '', ['body', 'messages', index, role]);
  must(
    role !== 'tool' || ID.test(message.tool_call_id),
    `Tool call id was ${message.tool_call_id} but must be a-z, A-Z, 0-9, with a length of 9.`,
    'invalid_function_call',
  );
  must(role === 'assistant' || role === 'tool' || (content?.length ?? 0) > 0, `${role} message must have content`);
  if (role !== 'assistant') return;
  must(
    (content?.length ?? 0) > 0 || (calls?.length ?? 0) > 0,
    'Assistant message must have either content or tool_calls, but not none.',
    'invalid_request_assistant_message',
  );
  for (const [place, call] of (calls ?? []).entries()) {
    noExtra(call, 'id type function index', ['body', 'messages', index, 'assistant', 'tool_calls', place]);
    must(ID.test(call.id), `Tool call id was ${call.id} but must be a-z, A-Z, 0-9, with a length of 9.`, 'invalid_function_call');
    checkName(call.function.name);
  }
}

function checkName(name: string): void {
  must(
    /^[a-zA-Z0-9_-]{1,64}$/.test(name),
    `Function name was ${name} but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.`,
    'invalid_function_call',
  );
}

function checkOrder(messages: readonly Body[]): void {
  const order = (holds: boolean, message: string): void => must(holds, message, 'invalid_request_message_order');
  const first = messages[0].role;
  order(first === 'system' || first === 'user', `Expected first message to be of role 'system' or 'user' but got ${first}`);
  messages.forEach(({ role }, index) => {
    const before = messages[index - 1]?.role;
    order(before === undefined || AFTER[before]?.includes(role) === true, `Unexpected role '${role}' after role '${before}'`);
  });
  const last = messages.at(-1);
  order(
    last.role === 'user' || last.role === 'tool' || last.prefix === true,
    `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${last.role}`,
  );
  messages.forEach(({ tool_calls: calls = [] }, index) => {
    if (calls.length === 0) return;
    const end = messages.slice(index + 1).findIndex(({ role }) => role !== 'tool');
    const answers = messages.slice(index + 1, end < 0 ? undefined : index + 1 + end).map(({ tool_call_id: id }) => id);
    order(answers.length === calls.length, 'Not the same number of function calls and responses');
    order(
      calls.every(({ id }: Body) => answers.includes(id)),
      'Tool responses do not answer the calls before',
    );
  });
}

function checkTools({ tools, tool_choice: choice }: Body): void {
  if (tools === undefined) return;
  for (const [index, tool] of tools.entries()) {
    noExtra(tool, 'type function', ['body', 'tools', index]);
    noExtra(tool.function, 'name description parameters strict', ['body', 'tools', index, 'function']);
    checkName(tool.function.name);
    invalid(isObject(tool.function.parameters), ['body', 'tools', index, 'function', 'parameters'], 'Field required', 'missing');
  }
  must(doubled(tools.map((tool: Body) => tool.function.name)).length === 0, 'Duplicate tool names', 'invalid_request_tools');
  const named = choice?.function?.name;
  must(
    named === undefined || tools.some((tool: Body) => tool.function.name === named),
    `Tool ${named} is not among the tools`,
    'invalid_request_tools',
  );
}
