import type { JsonObject } from '../../model/json';
import { type ToolUse, unitOf } from '../../model/tool-use';
import { countOf, objectOf, textOf } from '../lenient';
import type { CallFacts } from '../protocol';
import { checkSchema, checkToolCount, optionalList, optionalObjects, optionalText, requiredObject } from '../strict';

/**
 * Tools with a type of their own that the caller runs itself.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#client-tools
 */
const CLIENT_TOOLS = /^(?:custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;

/** Searching and fetching may run code, which then costs nothing. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool */
const RUNS_CODE_FREE = new Set(['web_search', 'web_fetch']);

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
    const most = countOf(tool['max_uses']);
    serverTools.push(type);
    toolUses.push({ unit: unitOf(type), ...(most === undefined ? {} : { most }) });
  });
  if (toolUses.some(({ unit }) => RUNS_CODE_FREE.has(unit))) toolUses.push({ unit: 'code_execution', free: true });
  for (const server of optionalObjects(body['mcp_servers'], 'mcp_servers') ?? []) {
    serverTools.push(`mcp:${textOf(server['name']) ?? ''}`);
    toolUses.push({ unit: 'mcp' });
  }
  return { serverTools, toolUses };
}
