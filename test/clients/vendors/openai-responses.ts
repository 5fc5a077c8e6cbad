import { isSignature } from '../upstreams/scripted-state';
import type { Body } from '../upstreams/turn';
import { checkCap, checkEffort, checkSampling, gptOf } from './openai-models';
import { checkFunction, checkHeldSchema, checkToolList } from './openai-tools';
import { doubled, must, unknownFields } from './refusal';

const FIELDS = `model input instructions store metadata reasoning text tools tool_choice parallel_tool_calls max_output_tokens max_tool_calls
 temperature top_p top_logprobs truncation stream stream_options include user safety_identifier prompt_cache_key prompt_cache_retention
 service_tier background previous_response_id conversation prompt context_management client_metadata moderation prompt_cache_options`;
/** Fields of an item beside its type, and how its id begins. */
const ITEMS: Readonly<Record<string, readonly [fields: string, id: string]>> = {
  message: ['id status role content phase', 'msg'],
  reasoning: ['id status summary content encrypted_content', 'rs'],
  function_call: ['id status call_id name namespace arguments', 'fc'],
  function_call_output: ['id status call_id output', 'fc'],
  custom_tool_call: ['id status call_id name namespace input', 'ctc'],
  custom_tool_call_output: ['id status call_id output', 'ctc'],
  additional_tools: ['id role tools', ''],
  configuration_update: ['id reasoning text', ''],
  compaction: ['id encrypted_content', 'cmp'],
};
const PARTS: Readonly<Record<string, readonly string[]>> = {
  user: ['input_text', 'input_image', 'input_file', 'input_audio'],
  system: ['input_text'],
  developer: ['input_text'],
  assistant: ['output_text', 'refusal'],
  output: ['input_text', 'input_image', 'input_file'],
};

/**
 * What OpenAI refuses of Responses.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function checkOpenAiResponses(body: Body, model: string, _headers?: unknown, takesMarks = true): void {
  const gpt = gptOf(model);
  const [extra] = unknownFields(body, FIELDS);
  must(extra === undefined, `Unknown parameter: '${extra}'.`, extra);
  const items = typeof body.input === 'string' ? [{ type: 'message', role: 'user', content: body.input }] : body.input;
  must(Array.isArray(items) && items.length > 0, "Missing required parameter: 'input'.", 'input');
  items.forEach((item: Body, index: number) => {
    checkItem(item, `input[${index}]`, takesMarks);
  });
  checkPairs(items);
  checkTools(body, items);
  checkEffort(gpt, body.reasoning?.effort, 'reasoning.effort');
  must(
    body.reasoning === undefined || gpt.efforts.length > 0,
    "Unsupported parameter: 'reasoning' is not supported with this model.",
    'reasoning',
  );
  const [setting] = unknownFields(body.reasoning, 'effort summary generate_summary context');
  must(setting === undefined, `Unknown parameter: 'reasoning.${setting}'.`, 'reasoning');
  must(
    [undefined, null, 'auto', 'concise', 'detailed'].includes(body.reasoning?.summary),
    `Invalid value: '${body.reasoning?.summary}'. Supported values are: 'concise', 'detailed', and 'auto'.`,
    'reasoning.summary',
  );
  checkSampling(gpt, body, body.reasoning?.effort ?? undefined);
  checkCap(gpt, body.max_output_tokens, 'max_output_tokens', 16);
  must((body.safety_identifier ?? '').length <= 64, "Invalid 'safety_identifier': string too long.", 'safety_identifier');
  must((body.prompt_cache_key ?? '').length <= 64, "Invalid 'prompt_cache_key': string too long.", 'prompt_cache_key');
  const { format } = body.text ?? {};
  if (format?.type === 'json_object') {
    must(
      /json/i.test(JSON.stringify([items, body.instructions])),
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    );
  }
  if (format?.type === 'json_schema' && format.strict !== false) {
    checkHeldSchema(format.schema, (what) => `Invalid schema for response_format '${format.name}': ${what}`, 'text.format.schema');
  }
}

function checkItem(item: Body, at: string, takesMarks: boolean): void {
  const type = item.type ?? 'message';
  const known = ITEMS[type];
  must(known !== undefined, `Invalid value: '${type}'. Supported values are: ${Object.keys(ITEMS).join(', ')}.`, `${at}.type`);
  const [fields, prefix] = known;
  // Codex marks items so, where it takes whom it speaks to for OpenAI.
  const [extra] = unknownFields(item, `type ${takesMarks ? 'internal_chat_message_metadata_passthrough' : ''} ${fields}`);
  must(extra === undefined, `Unknown parameter: '${at}.${extra}'.`, `${at}.${extra}`);
  const { id, call_id: call, content } = item;
  must(
    id === undefined || id === null || id.startsWith(prefix),
    `Invalid '${at}.id': '${id}'. Expected an ID that begins with '${prefix}'.`,
    `${at}.id`,
  );
  must(
    (id ?? '').length <= 64 && (call ?? '').length <= 64,
    `Invalid '${at}.call_id': string too long. Expected a string with maximum length 64.`,
    at,
  );
  if (type === 'message') {
    const parts = PARTS[item.role];
    must(
      parts !== undefined,
      `Invalid value: '${item.role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `${at}.role`,
    );
    checkParts(content, parts, `${at}.content`);
  }
  if (type.endsWith('_output')) checkParts(item.output, PARTS['output'] ?? [], `${at}.output`);
  if (type === 'function_call') must(typeof item.arguments === 'string', `Invalid type for '${at}.arguments': expected a string.`, at);
  if (type.endsWith('_call'))
    must(
      /^[a-zA-Z0-9_-]{1,128}$/.test(item.name),
      `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${at}.name`,
    );
  if (type !== 'reasoning') return;
  must(Array.isArray(item.summary), `Missing required parameter: '${at}.summary'.`, at);
  must(
    typeof item.encrypted_content === 'string',
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    at,
  );
  must(
    isSignature(item.encrypted_content),
    `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    at,
  );
}

function checkParts(content: Body, types: readonly string[], at: string): void {
  if (typeof content === 'string') return;
  must(Array.isArray(content), `Invalid type for '${at}': expected one of an array of objects or string.`, at);
  for (const [index, part] of content.entries()) {
    must(
      types.includes(part.type),
      `Invalid value: '${part.type}'. Supported values are: ${types.map((type) => `'${type}'`).join(', ')}.`,
      `${at}[${index}].type`,
    );
  }
}

function checkPairs(items: readonly Body[]): void {
  const idsOf = (suffix: string): string[] => items.filter(({ type }) => type?.endsWith(suffix)).map(({ call_id: id }) => id);
  const [calls, outputs] = [idsOf('_call'), idsOf('_call_output')];
  const open = calls.find((id) => !outputs.includes(id));
  must(open === undefined, `No tool output found for function call ${open}.`, 'input');
  const stray = outputs.find((id) => !calls.includes(id));
  must(stray === undefined, `No tool call found for function call output with call_id ${stray}.`, 'input');
  must(doubled(outputs).length === 0, `Duplicate item found with call_id ${doubled(outputs)[0]}.`, 'input');
  items.forEach((item, index) => {
    if (item.type !== 'reasoning' || item.id === undefined) return;
    const next = items[index + 1];
    const follows = next !== undefined && (next.type === 'reasoning' || next.type?.endsWith('_call') || next.role === 'assistant');
    must(follows, `Item '${item.id}' of type 'reasoning' was provided without its required following item.`, 'input');
  });
}

function checkTools({ tools, tool_choice: choice }: Body, items: readonly Body[]): void {
  const added = items.flatMap((item) => (item.type === 'additional_tools' ? item.tools : []));
  const all = [...(tools ?? []), ...added];
  if (tools === undefined && added.length === 0) {
    must(
      choice === undefined || typeof choice === 'string',
      "Tool choice must be specified while 'tools' parameter is specified.",
      'tool_choice',
    );
    return;
  }
  if (all.length === 0) return;
  checkToolList(all.map((tool) => (tool.name === undefined ? tool.type : `${tool.type} ${tool.name}`)));
  all.forEach((tool, index) => {
    if (tool.type === 'function') checkFunction(tool, `tools[${index}]`);
    for (const member of tool.type === 'namespace' ? tool.tools : [])
      if (member.type === 'function') checkFunction(member, `tools[${index}]`);
  });
  must(
    choice?.name === undefined || choice.type !== 'function' || all.some(({ name }) => name === choice.name),
    `Tool choice '${choice?.name}' not found in 'tools' parameter.`,
    'tool_choice',
  );
}
