import type { JsonObject } from '../../../platform/json';
import { nonEmptyText, objectOf, textOf } from '../../protocols/lenient';
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

/**
 * A history may hold thinking of another provider, encrypted in the gateway's own marks or not at all, when a conversation moves
 * to OpenAI. There it can be neither decrypted nor found by its id.
 *
 * @returns the fields to change; undefined when the body can be forwarded as it is
 */
export function forwardChanges(body: JsonObject): JsonObject | undefined {
  const { input } = body;
  if (!Array.isArray(input)) return undefined;
  const kept = input.filter((item) => !isForeign(objectOf(item)) && !isReasoningReference(objectOf(item)));
  return kept.length === input.length ? undefined : { input: kept };
}

function isForeign(item: JsonObject | undefined): boolean {
  if (item?.['type'] !== 'reasoning') return false;
  const encrypted = textOf(item['encrypted_content']);
  return encrypted === undefined ? OWN_ID.test(textOf(item['id']) ?? '') : isMarked(encrypted);
}
