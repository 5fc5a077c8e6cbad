import {
  ARGUMENTS,
  CITED,
  each,
  FILE_BYTES,
  FUNCTION,
  NATIVE_FIELDS,
  PLAIN_ARGUMENTS,
  REASONING,
  SCHEMA,
  SKIP,
  type TextPlace,
  type TextRule,
  type TextRules,
  TOOL_ADDRESS,
  TOOL_CHOICE,
  WORDLESS,
} from '../../texts';

const PLACES: Readonly<Record<string, TextPlace>> = { system: 'system', developer: 'system', user: 'user' };

const TOOL: TextRule = {
  place: 'tool-definition',
  fields: {
    ...FUNCTION.fields,
    ...TOOL_ADDRESS,
    format: { fields: { type: SKIP, syntax: SKIP } },
    input_image_mask: SKIP,
    tools: { kind: () => TOOL },
  },
  below: {},
};

const RESULT: TextRule = { place: 'result', fields: { output: { fields: { filename: { place: 'document' } } } } };
const CALL: TextRule = {
  place: 'arguments',
  fields: {
    arguments: ARGUMENTS,
    input: PLAIN_ARGUMENTS,
    output: { place: 'result' },
    outputs: { place: 'result' },
    results: { place: 'result' },
    error: { place: 'result' },
    action: { fields: { env: ARGUMENTS, url: {}, sources: CITED } },
  },
};

const ITEMS: Readonly<Record<string, TextRule>> = {
  reasoning: REASONING,
  item_reference: SKIP,
  image_generation_call: { place: 'arguments', fields: { result: FILE_BYTES } },
  mcp_list_tools: { place: 'tool-definition', fields: { tools: TOOL } },
  additional_tools: { place: 'tool-definition', fields: { tools: TOOL } },
  mcp_approval_request: CALL,
};

/** Calls and their results are named after the tool: `function_call`, `shell_call_output`, ... */
function itemOf(kindOf: (field: string) => string | undefined): TextRule {
  const type = kindOf('type') ?? '';
  if (Object.hasOwn(ITEMS, type)) return ITEMS[type] as TextRule;
  if (type.endsWith('_call')) return CALL;
  if (type.endsWith('_output') || type.endsWith('_response')) return RESULT;
  return {
    place: PLACES[kindOf('role') ?? ''] ?? 'message',
    fields: { content: { fields: { filename: { place: 'document' }, annotations: CITED } } },
  };
}

const SETTINGS: TextRules = each(
  `model user safety_identifier metadata service_tier reasoning include truncation previous_response_id conversation
   prompt_cache_key prompt_cache_retention stream_options`,
  SKIP,
);

/** @see https://platform.openai.com/docs/api-reference/responses/create */
export const TEXT_RULES: TextRule = {
  fields: {
    ...SETTINGS,
    ...NATIVE_FIELDS,
    tool_choice: TOOL_CHOICE,
    instructions: { place: 'system' },
    input: { place: 'user', below: WORDLESS, kind: itemOf },
    tools: TOOL,
    text: { place: 'format', fields: { verbosity: SKIP, format: { fields: { type: SKIP, schema: SCHEMA } } }, below: {} },
    prompt: { place: 'message', below: WORDLESS, fields: { version: SKIP } },
  },
};
