import type { JsonObject } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import { unitOf } from '../../model/tool-use';
import type { Usage } from '../../model/usage';
import { countOf, nonEmptyText, objectOf, objectsOf } from '../../protocols/lenient';

/** Items of an answer that are calls of a tool that is billed by the call. */
const CALLS: Readonly<Record<string, string>> = { file_search_call: 'file_search', mcp_call: 'mcp' };
/** Items of an answer that ran code in a container. */
const CONTAINER_CALLS = new Set(['code_interpreter_call', 'shell_call']);
/** The picture model where the call names none. @see https://platform.openai.com/docs/guides/tools-image-generation */
const PICTURE_MODEL = 'gpt-image-1';

/**
 * What OpenAI bills of its own tools: a search by the call, code by the container however often it ran there, a picture by model,
 * quality and size. xAI counts in its usage instead.
 *
 * @see https://platform.openai.com/docs/pricing#built-in-tools
 * @see https://docs.x.ai/docs/guides/tools/overview
 */
export function billedUnits(response: JsonObject, reported: JsonObject): Usage['toolCalls'] {
  const units = detailedCalls(reported) ?? unitsOfItems(response);
  return Object.keys(units).length === 0 ? undefined : units;
}

function detailedCalls(reported: JsonObject): Record<string, number> | undefined {
  const details = objectOf(reported['server_side_tool_usage_details']);
  if (details === undefined) return undefined;
  const units: Record<string, number> = Object.create(null);
  for (const [name, value] of Object.entries(details)) {
    const count = countOf(value) ?? 0;
    if (count > 0) units[name.replace(/_calls$/, '')] = count;
  }
  return units;
}

function unitsOfItems(response: JsonObject): Record<string, number> {
  const tools = objectsOf(response['tools']);
  const units: Record<string, number> = Object.create(null);
  const containers = new Set<string>();
  const add = (unit: string): void => {
    units[unit] = (units[unit] ?? 0) + 1;
  };
  for (const [index, item] of objectsOf(response['output']).entries()) {
    const type = nonEmptyText(item['type']) ?? '';
    const called = entryOf(CALLS, type);
    if (called !== undefined) add(called);
    else if (type === 'web_search_call' && isSearch(item)) add(searchUnit(tools));
    else if (type === 'image_generation_call') add(pictureUnit(item, tools));
    else if (CONTAINER_CALLS.has(type)) {
      const container = containerOf(item, type, index);
      if (container === undefined || containers.has(container)) continue;
      containers.add(container);
      add(containerUnit(tools));
    }
  }
  return units;
}

/** Of what a web search does, searching is a call; opening a page and looking for words in it are free. */
function isSearch(item: JsonObject): boolean {
  const action = nonEmptyText(objectOf(item['action'])?.['type']);
  return action === undefined || action === 'search';
}

function searchUnit(tools: readonly JsonObject[]): string {
  const search = tools.map((tool) => unitOf(nonEmptyText(tool['type']) ?? '')).find((unit) => unit.startsWith('web_search'));
  return search ?? 'web_search';
}

/** A call that does not say where it ran may have had a container of its own; a shell that says so ran at the caller. */
function containerOf(item: JsonObject, type: string, index: number): string | undefined {
  const named = nonEmptyText(item['container_id']) ?? nonEmptyText(objectOf(item['environment'])?.['container_id']);
  return named ?? (type === 'shell_call' ? undefined : `item ${index}`);
}

function containerUnit(tools: readonly JsonObject[]): string {
  const limits = tools.map((tool) => nonEmptyText((objectOf(tool['container']) ?? objectOf(tool['environment']))?.['memory_limit']));
  return containerOfSize(limits.find((limit) => limit !== undefined));
}

function pictureUnit(item: JsonObject, tools: readonly JsonObject[]): string {
  const tool = tools.find(({ type }) => type === 'image_generation');
  return picture(nonEmptyText(item['model']) ?? nonEmptyText(tool?.['model']) ?? PICTURE_MODEL, { ...tool, ...item });
}

/** The unit of a container with this much memory; the smallest where none is named. */
export function containerOfSize(memoryLimit: string | undefined): string {
  return memoryLimit === undefined || memoryLimit === '1g' ? 'code_interpreter' : `code_interpreter:${memoryLimit}`;
}

/** The unit of a picture, as far as model, quality and size are named. */
export function picture(model: string | undefined, fields: JsonObject): string {
  let unit = 'image_generation';
  for (const part of [model, nonEmptyText(fields['quality']), nonEmptyText(fields['size'])]) {
    if (part === undefined || part === 'auto') break;
    unit += `:${part}`;
  }
  return unit;
}
