import type { JsonObject, JsonValue } from '../../../platform/json';
import { type ToolUse, unitOf } from '../../model/tool-use';
import { countOf, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { mcpToolNames } from '../../protocols/mcp-servers';
import type { CallFacts } from '../../protocols/protocol';
import { checkSchema, checkToolCount, optionalList, optionalText, requiredObject } from '../../protocols/strict';
import { isSearchModel } from './usage';

/** Sources that a live search reads where the call does not say. @see https://docs.x.ai/docs/guides/live-search */
const LIVE_SEARCH_SOURCES = 20;

/** What the provider would run itself: tools that are neither functions nor custom, in messages too, and searches that other fields ask for. */
export function inspectTools(body: JsonObject): Pick<CallFacts, 'serverTools' | 'toolUses'> {
  const serverTools: string[] = [];
  const toolUses: ToolUse[] = [];
  const inspectList = (value: JsonValue | undefined, path: string): void => {
    const tools = optionalList(value, path) ?? [];
    checkToolCount(tools.length);
    tools.forEach((item, index) => {
      const tool = requiredObject(item, `${path}[${index}]`);
      const type = optionalText(tool['type'], `${path}[${index}].type`) ?? 'function';
      if (type === 'function' || type === 'custom') {
        const parameters = objectOf(objectOf(tool['function'])?.['parameters']);
        if (parameters !== undefined) checkSchema(parameters, `${path}[${index}].function.parameters`);
        return;
      }
      serverTools.push(...(type === 'mcp' ? mcpToolNames(tool) : [type]));
      toolUses.push({ unit: unitOf(type) });
    });
  };
  inspectList(body['tools'], 'tools');
  const functions = optionalList(body['functions'], 'functions') ?? [];
  checkToolCount(functions.length);
  functions.forEach((item, index) => {
    const parameters = objectOf(objectOf(item)?.['parameters']);
    if (parameters !== undefined) checkSchema(parameters, `functions[${index}].parameters`);
  });
  objectsOf(body['messages']).forEach((message, index) => {
    inspectList(message['tools'], `messages[${index}].tools`);
  });
  for (const { name, use } of searches(body)) {
    serverTools.push(name);
    toolUses.push(use);
  }
  return { serverTools, toolUses };
}

function searches(body: JsonObject): { readonly name: string; readonly use: ToolUse }[] {
  const isAsked = (field: string): boolean => (body[field] ?? null) !== null;
  const found: { readonly name: string; readonly use: ToolUse }[] = [];
  if (isSearchModel(textOf(body['model']) ?? '')) found.push({ name: 'web_search', use: { unit: 'web_search_preview', most: 1 } });
  else if (isAsked('web_search_options')) {
    found.push({ name: 'web_search', use: { unit: 'web_search', bySetting: true } });
    const type = textOf(objectOf(body['web_search_options'])?.['search_type']) ?? 'fast';
    if (type !== 'fast') found.push({ name: 'web_search', use: { unit: 'pro_search', most: 1, tokens: 0 } });
  }
  // @see https://www.alibabacloud.com/help/en/model-studio/web-search
  if (isAsked('enable_search') && body['enable_search'] !== false) found.push({ name: 'web_search', use: { unit: 'web_search' } });
  if (isAsked('search_parameters')) {
    const most = countOf(objectOf(body['search_parameters'])?.['max_search_results']) ?? LIVE_SEARCH_SOURCES;
    found.push({ name: 'web_search', use: { unit: 'live_search', most } });
  }
  if (isAsked('plugins')) found.push({ name: 'plugins', use: { unit: 'web_search' } });
  return found;
}
