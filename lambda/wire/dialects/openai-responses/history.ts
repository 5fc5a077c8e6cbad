import type { JsonObject, JsonValue } from '../../../platform/json';
import { nonEmptyText, objectOf, textOf } from '../../protocols/lenient';
import type { ChangedFields, ForwardedTo } from '../../protocols/protocol';
import { withoutSpareTools } from './server-tools';
import { isMarked } from './signatures';

/** Ids that this gateway makes (`encode-items.ts`); OpenAI's are longer. */
const OWN_ID = /^rs_[0-9a-f]{34}$/;

/**
 * Whether OpenAI would look this up by its id: references, which need not say what they are, and items that bring nothing but it.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create#responses-create-input (`Item reference`)
 */
export function isItemReference(item: JsonObject): boolean {
  const type = textOf(item['type'])?.toLowerCase();
  if (type === 'item_reference') return true;
  if ((item['id'] ?? null) === null) return false;
  if (type === 'image_generation_call') return nonEmptyText(item['result']) === undefined;
  if (type !== undefined && type !== 'message') return false;
  const { content } = item;
  const isMessage = item['type'] !== null && textOf(item['role']) !== undefined;
  return !(isMessage && (typeof content === 'string' || Array.isArray(content)));
}

/**
 * Whether this names thinking that OpenAI would have stored. Nothing is looked up there for a caller, because all callers share one
 * account; but a conversation can go on without the thinking, and some clients name it in every turn.
 */
export function isReasoningReference(item: JsonObject | undefined): boolean {
  return item !== undefined && isItemReference(item) && textOf(item['id'])?.startsWith('rs_') === true;
}

/** How Codex marks items for OpenAI's own eyes, where it takes whom it calls for OpenAI. Others refuse the call for it. */
const OWN_MARK = 'internal_chat_message_metadata_passthrough';

const NOTHING: ChangedFields = { changes: {}, dropped: [] };
/** What a host's own tools did in earlier turns, which those without such tools do not know; what came of it stands in the words that followed. */
const OF_HOSTED_TOOLS: ReadonlySet<unknown> = new Set(['web_search_call', 'file_search_call', 'code_interpreter_call']);

/**
 * A history may hold thinking of another provider, encrypted in the gateway's own marks or not at all, when a conversation moves
 * to OpenAI. There it can be neither decrypted nor found by its id.
 *
 * @returns undefined when the body can be forwarded as it is
 */
export function forwardChanges(body: JsonObject, { maker = false, runsNoTools = false }: ForwardedTo = {}): ChangedFields | undefined {
  const spare = runsNoTools ? withoutSpareTools(body) : NOTHING;
  const input = spare.changes['input'] ?? body['input'];
  if (!Array.isArray(input)) return spare.dropped.length === 0 ? undefined : spare;
  const own = input.filter((item) => !isForeign(objectOf(item)) && !isReasoningReference(objectOf(item)));
  const kept = runsNoTools ? own.filter((item) => !OF_HOSTED_TOOLS.has(objectOf(item)?.['type'])) : own;
  const plain = maker || !kept.some(isMarkedItem) ? kept : kept.map(withoutMark);
  const dropped = [
    ...spare.dropped,
    ...(own.length < input.length ? ['thinking in input'] : []),
    ...(kept.length < own.length ? ['calls of hosted tools in input'] : []),
    ...(plain === kept ? [] : [`input.${OWN_MARK}`]),
  ];
  const isSame = plain === kept && kept.length === input.length;
  return dropped.length === 0 ? undefined : { changes: { ...spare.changes, ...(isSame ? {} : { input: plain }) }, dropped };
}

function isMarkedItem(item: JsonValue): boolean {
  return objectOf(item)?.[OWN_MARK] !== undefined;
}

function withoutMark(item: JsonValue): JsonValue {
  if (!isMarkedItem(item)) return item;
  const { [OWN_MARK]: _, ...rest } = item as JsonObject;
  return rest;
}

function isForeign(item: JsonObject | undefined): boolean {
  if (item?.['type'] !== 'reasoning') return false;
  const encrypted = textOf(item['encrypted_content']);
  return encrypted === undefined ? OWN_ID.test(textOf(item['id']) ?? '') : isMarked(encrypted);
}
