import type { JsonObject, JsonValue } from '../../../platform/json';
import { entryOf } from '../../../platform/table';
import type { ToolCallPart, ToolResultPart } from '../../model/request';
import { nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { readUrl } from '../../protocols/media';

/** Items by which OpenAI's models call tools that the caller runs without having declared a function, and what they are called with. */
const CALLS: Readonly<Record<string, readonly [name: string, field: string]>> = {
  local_shell_call: ['local_shell', 'action'],
  shell_call: ['shell', 'action'],
  apply_patch_call: ['apply_patch', 'operation'],
  computer_call: ['computer', 'action'],
};

/** The call that an item answers; undefined for an item that answers none of these. */
export function answeredCall(item: JsonObject): string | undefined {
  const type = textOf(item['type']) ?? '';
  const call = type.endsWith('_output') ? entryOf(CALLS, type.slice(0, -'_output'.length)) : undefined;
  return call === undefined ? undefined : (nonEmptyText(item['call_id']) ?? nonEmptyText(item['id']));
}

/** Such a call as one of a function, which other models read; undefined for other items. */
export function ownCall(item: JsonObject): ToolCallPart | undefined {
  const call = entryOf(CALLS, textOf(item['type']) ?? '');
  const id = nonEmptyText(item['call_id']) ?? nonEmptyText(item['id']);
  if (call === undefined || id === undefined) return undefined;
  const [name, field] = call;
  return { type: 'tool-call', id, name, arguments: JSON.stringify(objectOf(item[field]) ?? { [`${field}s`]: item[`${field}s`] ?? [] }) };
}

/** What came of it: text, or what was on the screen. */
export function ownOutput({ output, status }: JsonObject, path: string): ToolResultPart['content'] {
  const screen = nonEmptyText(objectOf(output)?.['image_url']);
  if (screen !== undefined) return [{ type: 'image', source: readUrl(screen, `${path}.output.image_url`) }];
  return [{ type: 'text', text: textIn(output) ?? textOf(status) ?? '' }];
}

function textIn(output: JsonValue | undefined): string | undefined {
  if (typeof output === 'string') return output;
  const said = objectsOf(output).map((part) => [textOf(part['stdout']), textOf(part['stderr']), exitOf(part)].filter(Boolean).join('\n'));
  return said.length === 0 ? undefined : said.join('\n');
}

function exitOf({ outcome }: JsonObject): string | undefined {
  const code = objectOf(outcome)?.['exit_code'];
  return typeof code === 'number' && code !== 0 ? `exit code ${code}` : undefined;
}
