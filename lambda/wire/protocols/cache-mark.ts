import type { JsonObject } from '../../platform/json';
import type { CachePoint } from '../model/request';
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
