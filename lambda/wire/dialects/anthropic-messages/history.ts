import type { JsonObject, JsonValue } from '../../../platform/json';
import { withoutBillingLine } from '../../protocols/billing-line';
import { objectOf, objectsOf, textOf } from '../../protocols/lenient';
import type { ChangedFields, ForwardedTo } from '../../protocols/protocol';
import { isForeign, unmarked } from './signatures';

/** `system` without what is for Anthropic's own eyes; undefined when there is no such thing. */
function withoutBilling(system: JsonValue | undefined): JsonValue | undefined {
  if (typeof system === 'string') {
    const rest = withoutBillingLine(system);
    return rest === system ? undefined : rest;
  }
  if (!Array.isArray(system)) return undefined;
  let changed = false;
  const kept = system.flatMap((item) => {
    const block = objectOf(item);
    const text = textOf(block?.['text']) ?? '';
    const rest = withoutBillingLine(text);
    if (rest === text) return [item];
    changed = true;
    return rest === '' ? [] : [{ ...block, text: rest }];
  });
  return changed ? kept : undefined;
}

/**
 * A history may hold thinking of another provider, signed with the gateway's own marks or not at all, when a conversation moves
 * to a provider that is called in the caller's dialect. Claude refuses it; what Claude signed on another platform it takes back.
 *
 * @returns undefined when the body can be forwarded as it is
 */
export function forwardChanges(body: JsonObject, { maker = false }: ForwardedTo = {}): ChangedFields | undefined {
  const system = maker ? undefined : withoutBilling(body['system']);
  const history = historyChanges(body);
  const diagnostics = withoutPrevious(body['diagnostics']);
  if (system === undefined && history === undefined && diagnostics === undefined) return undefined;
  return {
    changes: { ...history, ...(system === undefined ? {} : { system }), ...(diagnostics === undefined ? {} : { diagnostics }) },
    dropped: [
      ...Object.keys(history ?? {}).map((field) => (field === 'thinking' ? field : `thinking in ${field}`)),
      ...(system === undefined ? [] : ['system']),
      ...(diagnostics === undefined ? [] : ['diagnostics.previous_message_id']),
    ],
  };
}

/**
 * `diagnostics` as in a first turn: a message of before is looked up in an account that all callers share. Claude Code names one in every turn.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/cache-diagnostics
 */
function withoutPrevious(given: JsonValue | undefined): JsonObject | undefined {
  const diagnostics = objectOf(given);
  return (diagnostics?.['previous_message_id'] ?? null) === null ? undefined : { ...diagnostics, previous_message_id: null };
}

function historyChanges(body: JsonObject): JsonObject | undefined {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return undefined;
  let changed = false;
  const written = messages.flatMap((item) => {
    const message = objectOf(item);
    const blocks = message?.['role'] === 'assistant' ? objectsOf(message['content']) : [];
    if (message === undefined || !blocks.some((block) => isThinking(block) && isForeign(stateOf(block)))) return [item];
    changed = true;
    const content = blocks.flatMap(ownBlock);
    return content.length === 0 ? [] : [{ ...message, content }];
  });
  if (!changed) return undefined;
  const thinks = objectOf(body['thinking'])?.['type'] === 'enabled';
  return { messages: written, ...(thinks && lacksThinking(written) ? { thinking: { type: 'disabled' } } : {}) };
}

/** A model with a budget refuses to go on with a tool loop whose thinking is gone, unless it need not think. */
function lacksThinking(messages: readonly JsonValue[]): boolean {
  const answered = objectsOf(objectOf(messages.at(-1))?.['content']).some((block) => block['type'] === 'tool_result');
  const called = objectsOf(objectOf(messages.at(-2))?.['content']);
  return answered && !called.some(isThinking);
}

function isThinking(block: JsonObject): boolean {
  return block['type'] === 'thinking' || block['type'] === 'redacted_thinking';
}

function stateOf(block: JsonObject): string {
  return textOf(block['type'] === 'thinking' ? block['signature'] : block['data']) ?? '';
}

function ownBlock(block: JsonObject): JsonObject[] {
  if (!isThinking(block)) return [block];
  const state = unmarked(stateOf(block));
  if (state === undefined) return [];
  return [{ ...block, [block['type'] === 'thinking' ? 'signature' : 'data']: state }];
}
