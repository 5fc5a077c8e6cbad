import {
  ARGUMENTS,
  CITED,
  each,
  FILE,
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

const PLACES: Readonly<Record<string, TextPlace>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  tool: 'result',
  function: 'result',
};

const CALL: TextRule = {
  place: 'arguments',
  fields: {
    function: { fields: { arguments: ARGUMENTS } },
    custom: { fields: { input: PLAIN_ARGUMENTS } },
  },
};

const MESSAGE: TextRule = {
  place: 'message',
  below: WORDLESS,
  kind: (kindOf) => ({ place: PLACES[kindOf('role') ?? ''] ?? 'message' }),
  fields: {
    content: { fields: { file: FILE, thinking: REASONING } },
    tool_calls: CALL,
    function_call: { place: 'arguments', fields: { arguments: ARGUMENTS } },
    reasoning: REASONING,
    reasoning_content: REASONING,
    reasoning_details: { ...REASONING, fields: { data: SKIP } },
    annotations: CITED,
    images: FILE_BYTES,
  },
};

const TOOL: TextRule = {
  place: 'tool-definition',
  fields: {
    ...TOOL_ADDRESS,
    type: SKIP,
    cache_control: SKIP,
    function: FUNCTION,
    custom: { fields: { type: SKIP, format: { fields: { type: SKIP, grammar: { fields: { syntax: SKIP } } } } } },
  },
  below: {},
};

const SETTINGS: TextRules = each(
  `model user safety_identifier metadata service_tier reasoning_effort reasoning verbosity modalities audio stream_options prompt_cache_key
   prompt_cache_retention logit_bias`,
  SKIP,
);

/** @see https://platform.openai.com/docs/api-reference/chat/create */
export const TEXT_RULES: TextRule = {
  fields: {
    ...SETTINGS,
    ...NATIVE_FIELDS,
    ...each('tool_choice function_call', TOOL_CHOICE),
    messages: MESSAGE,
    tools: TOOL,
    functions: { ...FUNCTION, place: 'tool-definition' },
    web_search_options: { place: 'tool-definition', below: each('type search_context_size', SKIP) },
    prediction: { place: 'message', below: WORDLESS },
    response_format: { place: 'format', fields: { type: SKIP, json_schema: { fields: { schema: SCHEMA } } }, below: {} },
  },
};
