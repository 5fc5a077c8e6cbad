import {
  ARGUMENTS,
  addressOf,
  CITED,
  each,
  FUNCTION,
  fileOf,
  NATIVE_FIELDS,
  REASONING,
  SCHEMA,
  SKIP,
  type TextRule,
  type TextRules,
  TOOL_ADDRESS,
  TOOL_CHOICE,
  WORDLESS,
} from '../../texts';

/** The text of a document stands where the bytes of another do. */
const SOURCE: TextRule = {
  kind: (kindOf) => ({
    fields: { data: kindOf('type') === 'text' ? {} : fileOf(kindOf('media_type')), url: addressOf(kindOf('media_type')) },
  }),
  fields: { content: { kind: blockOf } },
};

const DOCUMENT: TextRule = { place: 'document', fields: { source: SOURCE, citations: { fields: { enabled: SKIP } } } };
const CALL: TextRule = { place: 'arguments', fields: { input: ARGUMENTS, server_name: SKIP } };
const RESULT: TextRule = { place: 'result', fields: { content: { kind: blockOf }, url: {} } };

const BLOCKS: Readonly<Record<string, TextRule>> = {
  document: DOCUMENT,
  search_result: DOCUMENT,
  tool_use: CALL,
  server_tool_use: CALL,
  mcp_tool_use: CALL,
  thinking: REASONING,
  redacted_thinking: SKIP,
  image: { fields: { source: SOURCE } },
};

/** Results of tools are named after them: `tool_result`, `web_search_tool_result`, ... */
function blockOf(kindOf: (field: string) => string | undefined): TextRule | undefined {
  const type = kindOf('type') ?? '';
  if (Object.hasOwn(BLOCKS, type)) return BLOCKS[type];
  return type.endsWith('_result') ? RESULT : { fields: { citations: CITED } };
}

const CONTENT: TextRule = { below: WORDLESS, kind: blockOf };

const SETTINGS: TextRules = each(`model metadata service_tier speed inference_geo thinking container mcp_servers cache_control`, SKIP);

/** @see https://docs.claude.com/en/api/messages */
export const TEXT_RULES: TextRule = {
  fields: {
    ...SETTINGS,
    ...NATIVE_FIELDS,
    tool_choice: TOOL_CHOICE,
    system: { ...CONTENT, place: 'system' },
    messages: { place: 'message', below: WORDLESS, kind: roleOf, fields: { content: CONTENT } },
    tools: { place: 'tool-definition', fields: { ...FUNCTION.fields, ...TOOL_ADDRESS, input_schema: SCHEMA }, below: {} },
    output_format: { place: 'format', fields: { type: SKIP, schema: SCHEMA }, below: {} },
    output_config: { place: 'format', fields: { effort: SKIP, format: { fields: { type: SKIP, schema: SCHEMA } } }, below: {} },
    context_management: { place: 'system', below: each('type', SKIP) },
  },
};

/** Some models take instructions in the middle of a conversation. */
function roleOf(kindOf: (field: string) => string | undefined): TextRule {
  const role = kindOf('role');
  return { place: role === 'system' || role === 'user' ? role : 'message' };
}
