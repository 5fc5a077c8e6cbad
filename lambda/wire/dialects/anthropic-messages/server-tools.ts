import type { JsonObject } from '../../../platform/json';
import { type ToolUse, unitOf } from '../../model/tool-use';
import { countOf, objectOf, textOf } from '../../protocols/lenient';
import type { CallFacts } from '../../protocols/protocol';
import {
  checkSchema,
  checkToolCount,
  optionalList,
  optionalObjects,
  optionalText,
  requiredObject,
  requiredText,
} from '../../protocols/strict';

/**
 * Tools with a type of their own that the caller runs itself.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#client-tools
 */
const CLIENT_TOOLS = /^(?:custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;

/** Searching and fetching may run code, which then costs nothing. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool */
const RUNS_CODE_FREE = new Set(['web_search', 'web_fetch']);

/** Tools that are models. */
const ADVISOR = /^advisor/;

/** What the code leaves of results is less than the results, which are counted themselves. */
const CODE_BESIDE_RESULTS: ToolUse = { unit: 'code_execution', free: true, tokens: 0 };
/** A long document, as Anthropic gives it for one that is fetched whole. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
const LONG_DOCUMENT_TOKENS = 125_000;
const RESULT_TOKENS = 30_000;

/** What Anthropic would run itself, remote MCP servers included. */
export function inspectTools(body: JsonObject, note: (tool: JsonObject) => void): Pick<CallFacts, 'serverTools' | 'toolUses'> {
  const tools = optionalList(body['tools'], 'tools') ?? [];
  checkToolCount(tools);
  const serverTools: string[] = [];
  const toolUses: ToolUse[] = [];
  tools.forEach((item, index) => {
    const tool = requiredObject(item, `tools[${index}]`);
    note(tool);
    const type = optionalText(tool['type'], `tools[${index}].type`) ?? 'custom';
    if (CLIENT_TOOLS.test(type)) {
      const schema = objectOf(tool['input_schema']);
      if (schema !== undefined) checkSchema(schema, `tools[${index}].input_schema`);
      return;
    }
    serverTools.push(type);
    const model = ADVISOR.test(type)
      ? requiredText(tool['model'], `tools[${index}].model`)
      : optionalText(tool['model'], `tools[${index}].model`);
    toolUses.push(model === undefined ? useOf(tool, unitOf(type)) : { ...useOf(tool, unitOf(type)), model });
  });
  if (toolUses.some(({ unit }) => RUNS_CODE_FREE.has(unit))) toolUses.push(CODE_BESIDE_RESULTS);
  for (const server of optionalObjects(body['mcp_servers'], 'mcp_servers') ?? []) {
    serverTools.push(`mcp:${textOf(server['name']) ?? ''}`);
    toolUses.push({ unit: 'mcp' });
  }
  return { serverTools, toolUses };
}

function useOf(tool: JsonObject, unit: string): ToolUse {
  const most = countOf(tool['max_uses']);
  const limited = most === undefined ? { unit } : { unit, most };
  if (unit !== 'web_fetch') return limited;
  const content = countOf(tool['max_content_tokens']);
  // The limit is kept to roughly.
  if (content !== undefined) return { ...limited, tokens: Math.ceil(content * 1.1) + 500 };
  return most === undefined || most === 0
    ? limited
    : { ...limited, tokens: Math.max(RESULT_TOKENS, Math.ceil(LONG_DOCUMENT_TOKENS / most)) };
}
