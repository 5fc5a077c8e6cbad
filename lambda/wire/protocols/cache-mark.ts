import type { JsonObject, JsonValue } from '../../platform/json';
import type { CachePoint, Message, ModelRequest } from '../model/request';
import { objectOf, objectsOf } from './lenient';
import { requiredObject } from './strict';

/**
 * Where a prefix to cache ends: OpenAI's `prompt_cache_breakpoint`, or the `cache_control` that Anthropic-minded clients of compatible
 * servers write at parts, messages and tools.
 */
export function readCacheMark(marked: JsonObject, path: string, dropped?: string[]): CachePoint | undefined {
  const control = marked['cache_control'] ?? marked['prompt_cache_breakpoint'];
  if (control === undefined || control === null) return undefined;
  const ttl = requiredObject(control, `${path}.cache_control`)['ttl'];
  if (ttl === '5m' || ttl === '1h') return { ttl };
  if (ttl !== undefined) dropped?.push(`${path}.cache_control.ttl`);
  return {};
}

type Part = Message['content'][number];

const BEARERS = new Set(['text', 'image', 'document', 'video', 'tool-call', 'tool-result']);

/**
 * The turns with a mark at the last part that bears one, as whoever marks a whole message or call means it. Sound, thoughts and blank texts
 * bear none; a part that is marked by itself stays as it is.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/prompt-caching
 */
export function markedAtEnd(messages: readonly Message[], mark: CachePoint | undefined): readonly Message[] {
  if (mark === undefined) return messages;
  const at = messages.findLastIndex(({ content }) => (content as readonly Part[]).some(bearsMark));
  return messages.map((message, index): Message => {
    if (index !== at) return message;
    const content = message.content as readonly Part[];
    const last = content.findLastIndex(bearsMark);
    return { ...message, content: content.map((part, place) => (place === last ? { cache: mark, ...part } : part)) } as Message;
  });
}

function bearsMark(part: Part): boolean {
  return BEARERS.has(part.type) && !(part.type === 'text' && part.text.trim() === '');
}

/** Finds the longest life that the marks of a call ask for, for what its cached prefix may cost. */
export class LongestMark {
  public life: CachePoint['ttl'];

  /** A part, a call of a tool, a tool. */
  public readonly note = (marked: JsonObject): void => {
    const mark = objectOf(marked['cache_control']) ?? objectOf(marked['prompt_cache_breakpoint']);
    if (mark !== undefined && this.life !== '1h') this.life = mark['ttl'] === '1h' ? '1h' : '5m';
  };

  /** Tools, and those that stand in one: functions, namespaces. */
  public noteTools(tools: JsonValue | undefined): void {
    for (const tool of objectsOf(tools)) {
      this.note(tool);
      this.note(objectOf(tool['function']) ?? {});
      this.noteTools(tool['tools']);
    }
  }
}

/** Notes the marks of a call, at tools, parts and what results of tools hold, for wire formats that have none. */
export function noteCacheMarks({ messages, tools = [] }: ModelRequest, dropped: Set<string>): void {
  const isMarked = (part: Part): boolean =>
    ('cache' in part && part.cache !== undefined) || (part.type === 'tool-result' && part.content.some(isMarked));
  const marked = tools.some(({ cache }) => cache !== undefined) || messages.some(({ content }) => content.some(isMarked));
  if (marked) dropped.add('cache_control');
}
