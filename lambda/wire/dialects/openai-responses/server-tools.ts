import type { JsonObject, JsonValue } from '../../../platform/json';
import { type ToolUse, unitOf } from '../../model/tool-use';
import { countOf, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';
import { mcpToolNames } from '../../protocols/mcp-servers';
import type { CallFacts, ChangedFields } from '../../protocols/protocol';
import { checkSchema, checkToolCount, optionalList, requiredObject, requiredText } from '../../protocols/strict';
import { containerOfSize, picture } from './billed-units';

/** Tools that the caller runs itself. Everything else the provider would run. */
const CLIENT_TOOLS = new Set([
  'function',
  'custom',
  'namespace',
  'apply_patch',
  'shell',
  'local_shell',
  'computer_use_preview',
  'computer',
]);

/** A web search that may not leave OpenAI's own index. Codex declares it by default, whether or not it is wanted. */
export function isOfflineSearch(tool: JsonObject): boolean {
  return nonEmptyText(tool['type'])?.startsWith('web_search') === true && tool['external_web_access'] === false;
}

type ToolFacts = Pick<CallFacts, 'serverTools' | 'toolUses' | 'spareServerTools'>;

/** What a walk over the tools finds. */
interface Found {
  readonly serverTools: string[];
  readonly units: string[];
  readonly spare: string[];
}

/** What the tools of a call bring: those in `tools`, and those that items of the input bring (`additional_tools`, `tool_search_output`). */
export function inspectTools(body: JsonObject): ToolFacts {
  const tools = optionalList(body['tools'], 'tools') ?? [];
  checkToolCount(tools.length);
  const found: Found = { serverTools: [], units: [], spare: [] };
  inspectList(tools, 'tools', found);
  inputItems(body).forEach((item, index) => {
    const path = `input[${index}].tools`;
    const added = optionalList(item['tools'], path) ?? [];
    checkToolCount(added.length);
    // What a remote server once listed has no types, and brings nothing that is not in `tools`.
    if (item['type'] !== 'mcp_list_tools' || added.some((tool) => objectOf(tool)?.['type'] !== undefined)) inspectList(added, path, found);
  });
  const { serverTools } = found;
  const most = countOf(body['max_tool_calls']);
  const toolUses: ToolUse[] = found.units.map((unit) => (most === undefined ? { unit } : { unit, most }));
  // A choice that is more than a word may name the tool.
  const spare = objectOf(body['tool_choice']) === undefined ? found.spare : [];
  return { serverTools, toolUses, ...(spare.length === 0 ? {} : { spareServerTools: spare }) };
}

function inspectList(tools: readonly JsonValue[], list: string, found: Found): void {
  tools.forEach((value, index) => {
    const path = `${list}[${index}]`;
    const tool = requiredObject(value, path);
    const type = requiredText(tool['type'], `${path}.type`);
    const parameters = objectOf(tool['parameters']);
    if (parameters !== undefined) checkSchema(parameters, `${path}.parameters`);
    if (type === 'namespace') inspectList(optionalList(tool['tools'], `${path}.tools`) ?? [], `${path}.tools`, found);
    const hosted = type === 'shell' && objectOf(tool['environment'])?.['type'] !== 'local' && (tool['environment'] ?? null) !== null;
    if ((CLIENT_TOOLS.has(type) && !hosted) || (type === 'tool_search' && tool['execution'] === 'client')) return;
    found.serverTools.push(...(type === 'mcp' ? mcpToolNames(tool) : [type]));
    found.units.push(unitOfTool(tool, type));
    if (isOfflineSearch(tool)) found.spare.push(type);
  });
}

function unitOfTool(tool: JsonObject, type: string): string {
  if (type === 'image_generation') return picture(nonEmptyText(tool['model']), tool);
  if (type !== 'code_interpreter' && type !== 'shell') return unitOf(type);
  return containerOfSize(nonEmptyText((objectOf(tool['container']) ?? objectOf(tool['environment']))?.['memory_limit']));
}

/** The call without the tools that `spareServerTools` names. */
export function withoutSpareTools(body: JsonObject): ChangedFields {
  const dropped: string[] = [];
  const keep = (tools: JsonValue, list: string): JsonValue =>
    Array.isArray(tools)
      ? tools.filter((tool, index) => {
          const spare = isOfflineSearch(objectOf(tool) ?? {});
          if (spare) dropped.push(`${list}[${index}]`);
          return !spare;
        })
      : tools;
  const tools = keep(body['tools'] ?? null, 'tools');
  const fromTools = dropped.length;
  const input = inputItems(body).map((item, index) =>
    Array.isArray(item['tools']) ? { ...item, tools: keep(item['tools'], `input[${index}].tools`) } : item,
  );
  return { changes: { ...(fromTools > 0 ? { tools } : {}), ...(dropped.length > fromTools ? { input } : {}) }, dropped };
}

function inputItems(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body['input']) ? objectsOf(body['input']) : [];
}
