/**
 * Messages as it is written, in Anthropic's own names: what the encoders of this folder produce. Readers are lenient and take
 * any JSON.
 *
 * @see https://docs.claude.com/en/api/messages
 */
import type { JsonObject } from '../../../platform/json';

export type WireCacheControl = { type: 'ephemeral'; ttl?: '5m' | '1h' };
type Cached = { cache_control?: WireCacheControl };

export type WireText = { type: 'text'; text: string; citations?: JsonObject[] } & Cached;
export type WireImage = { type: 'image'; source: WireSource } & Cached;
export type WireDocument = {
  type: 'document';
  source: WireSource;
  title?: string;
  context?: string;
  citations?: { enabled: boolean };
} & Cached;
export type WireSource =
  | { type: 'base64'; media_type: string; data: string }
  | { type: 'text'; media_type: 'text/plain'; data: string }
  | { type: 'url'; url: string };

export type WireThinking = { type: 'thinking'; thinking: string; signature: string };
export type WireRedactedThinking = { type: 'redacted_thinking'; data: string };
export type WireToolUse = { type: 'tool_use'; id: string; name: string; input: JsonObject } & Cached;
export type WireToolResult = {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | (WireText | WireImage | WireDocument)[];
  is_error?: boolean;
} & Cached;

export type WireBlock = WireText | WireImage | WireDocument | WireThinking | WireRedactedThinking | WireToolUse | WireToolResult;

export type WireMessage = { role: 'user' | 'assistant' | 'system'; content: string | WireBlock[] };
