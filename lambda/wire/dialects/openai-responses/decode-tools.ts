import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { Tool, ToolChoice } from '../../model/request';
import { readCacheMark } from '../../protocols/cache-mark';
import { defined, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import {
  optionalChoice,
  optionalFlag,
  optionalObject,
  optionalObjects,
  optionalText,
  requiredObject,
  requiredText,
} from '../../protocols/strict';
import { qualifiedName } from './namespaces';
import { isOfflineSearch } from './server-tools';

/** Tools that help a model of OpenAI's to find or load others; a model elsewhere does without. */
const DISPENSABLE = new Set(['tool_search']);

/** Reads `tools`, and those that Codex puts into an `additional_tools` item of the input. */
export function readTools(body: JsonObject, dropped: string[]): Tool[] | undefined {
  const listed = optionalObjects(body['tools'], 'tools')?.flatMap((tool, index) => readTool(tool, `tools[${index}]`, dropped));
  const items = Array.isArray(body['input']) ? objectsOf(body['input']) : [];
  const added = items.flatMap((item, index) =>
    item['type'] === 'additional_tools'
      ? objectsOf(item['tools']).flatMap((tool, at) => readTool(tool, `input[${index}].tools[${at}]`, dropped))
      : [],
  );
  return listed === undefined && added.length === 0 ? undefined : [...(listed ?? []), ...added];
}

function readTool(tool: JsonObject, path: string, dropped: string[], namespace?: string): Tool[] {
  const type = requiredText(tool['type'], `${path}.type`);
  switch (type) {
    case 'function':
      return [
        defined({
          name: qualifiedName(namespace, requiredText(tool['name'], `${path}.name`)),
          namespace,
          description: optionalText(tool['description'], `${path}.description`),
          parameters: optionalObject(tool['parameters'], `${path}.parameters`),
          // Not strict is what every other wire format means by saying nothing.
          strict: optionalFlag(tool['strict'], `${path}.strict`) === true ? true : undefined,
          cache: readCacheMark(tool, path),
        }),
      ];
    case 'custom': {
      const format = optionalObject(tool['format'], `${path}.format`);
      return [
        defined({
          name: qualifiedName(namespace, requiredText(tool['name'], `${path}.name`)),
          namespace,
          description: optionalText(tool['description'], `${path}.description`),
          custom: format === undefined ? {} : { format },
        }),
      ];
    }
    case 'namespace': {
      const inner = requiredText(tool['name'], `${path}.name`);
      return (optionalObjects(tool['tools'], `${path}.tools`) ?? []).flatMap((member, index) =>
        readTool(member, `${path}.tools[${index}]`, dropped, inner),
      );
    }
    default:
      if (DISPENSABLE.has(type) || isOfflineSearch(tool)) {
        dropped.push(path);
        return [];
      }
      throw unsupported(path, `${path} has the type ${type}, which the chosen model's provider does not have.`);
  }
}

/** @param tools those of the call: a tool of a namespace may be named without it */
export function readToolChoice(body: JsonObject, tools: readonly Tool[] | undefined): ToolChoice | undefined {
  const choice = body['tool_choice'];
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') {
    return { type: optionalChoice(choice, 'tool_choice', ['auto', 'none', 'required'] as const) ?? 'auto' };
  }
  const object = requiredObject(choice, 'tool_choice');
  const type = requiredText(object['type'], 'tool_choice.type');
  if (type === 'allowed_tools') {
    return { type: optionalChoice(object['mode'], 'tool_choice.mode', ['auto', 'required'] as const) ?? 'auto' };
  }
  if (type !== 'function' && type !== 'custom') {
    throw unsupported('tool_choice', `tool_choice of the type ${type} cannot be carried to the chosen model's provider; name one tool.`);
  }
  const namespace = optionalText(object['namespace'], 'tool_choice.namespace');
  return { type: 'tool', name: toolNamed(requiredText(object['name'], 'tool_choice.name'), namespace, tools) };
}

/** Only the tools that `tool_choice: {type: allowed_tools}` lists, when it does. */
export function allowedTools(tools: Tool[] | undefined, choice: JsonValue | undefined): Tool[] | undefined {
  const allowed = objectOf(choice);
  if (tools === undefined || allowed?.['type'] !== 'allowed_tools') return tools;
  const named = objectsOf(allowed['tools']).map((tool) => toolNamed(textOf(tool['name']) ?? '', textOf(tool['namespace']), tools));
  const names = new Set(named);
  return tools.filter((tool) => names.has(tool.name));
}

function toolNamed(name: string, namespace: string | undefined, tools: readonly Tool[] | undefined): string {
  if (namespace !== undefined || tools === undefined || tools.some((tool) => tool.name === name)) return qualifiedName(namespace, name);
  return tools.find((tool) => tool.namespace !== undefined && tool.name === qualifiedName(tool.namespace, name))?.name ?? name;
}
