import type { JsonObject } from '../../platform/json';
import type { CachePoint, Message, ModelRequest } from '../model/request';
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

/** Notes the marks of a call, at tools, parts and what results of tools hold, for wire formats that have none. */
export function noteCacheMarks({ messages, tools = [] }: ModelRequest, dropped: Set<string>): void {
  const isMarked = (part: Part): boolean =>
    ('cache' in part && part.cache !== undefined) || (part.type === 'tool-result' && part.content.some(isMarked));
  const marked = tools.some(({ cache }) => cache !== undefined) || messages.some(({ content }) => content.some(isMarked));
  if (marked) dropped.add('cache_control');
}
