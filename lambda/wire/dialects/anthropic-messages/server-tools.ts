import type { JsonObject, JsonValue } from '../../../platform/json';
import { type ToolUse, unitOf } from '../../model/tool-use';
import { countOf, objectOf } from '../../protocols/lenient';
import { mcpServerNames } from '../../protocols/mcp-servers';
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
import { toolsDefinedIn } from './defined-tools';

/**
 * Tools with a type of their own that the caller runs itself.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#client-tools
 */
const CLIENT_TOOLS = /^(?:custom|(?:bash|text_editor|computer|memory|(?:computer|browser)_toolset)_\d+)$/;

/** What a walk over the tools finds. */
interface Found {
  readonly serverTools: string[];
  readonly toolUses: ToolUse[];
}

/** Searching and fetching may run code, which then costs nothing. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool */
const RUNS_CODE_FREE = new Set(['web_search', 'web_fetch']);

/** Tools that are models. */
const ADVISOR = /^advisor/;

/** What the code leaves of results is less than the results, which are counted themselves. */
const CODE_BESIDE_RESULTS: ToolUse = { unit: 'code_execution', free: true, tokens: 0 };
/** A long document, as Anthropic gives it for one that is fetched whole. @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool */
const LONG_DOCUMENT_TOKENS = 125_000;
const RESULT_TOKENS = 30_000;

/** What Anthropic would run itself: tools of the call and those that its messages define, remote MCP servers included. */
export function inspectTools(body: JsonObject, note: (tool: JsonObject) => void): Pick<CallFacts, 'serverTools' | 'toolUses'> {
  const found: Found = { serverTools: [], toolUses: [] };
  const servers = optionalObjects(body['mcp_servers'], 'mcp_servers') ?? [];
  const labels = new Set(servers.map(({ name }) => name));
  const tools = optionalList(body['tools'], 'tools') ?? [];
  const defined = toolsDefinedIn([body['system'] ?? null, body['messages'] ?? null]);
  checkToolCount(tools.length + defined.length);
  tools.forEach((item, index) => {
    const path = `tools[${index}]`;
    const tool = requiredObject(item, path);
    note(tool);
    inspectTool(tool, path, labels, found);
  });
  for (const tool of defined) {
    note(tool);
    inspectTool(tool, 'messages', labels, found);
  }
  if (found.toolUses.some(({ unit }) => RUNS_CODE_FREE.has(unit))) found.toolUses.push(CODE_BESIDE_RESULTS);
  for (const { url } of servers) {
    found.serverTools.push(...mcpServerNames({ url: url ?? '', connector: undefined, label: undefined }));
    found.toolUses.push({ unit: 'mcp' });
  }
  return found;
}

/** @param labels of the MCP servers that the call brings itself */
function inspectTool(tool: JsonObject, path: string, labels: ReadonlySet<JsonValue | undefined>, found: Found): void {
  const type = optionalText(tool['type'], `${path}.type`) ?? 'custom';
  if (CLIENT_TOOLS.test(type)) {
    const schema = objectOf(tool['input_schema']);
    if (schema !== undefined) checkSchema(schema, `${path}.input_schema`);
  } else if (type === 'mcp_toolset') {
    // What the call brings is named by where it is.
    const label = tool['mcp_server_name'];
    if (labels.has(label)) return;
    found.serverTools.push(...mcpServerNames({ url: undefined, connector: undefined, label }));
    found.toolUses.push({ unit: 'mcp' });
  } else {
    found.serverTools.push(type);
    const model = (ADVISOR.test(type) ? requiredText : optionalText)(tool['model'], `${path}.model`);
    found.toolUses.push(model === undefined ? useOf(tool, unitOf(type)) : { ...useOf(tool, unitOf(type)), model });
  }
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
