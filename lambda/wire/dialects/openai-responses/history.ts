import type { JsonObject } from '../../../platform/json';
import { objectOf, textOf } from '../../protocols/lenient';
import { isMarked } from './signatures';

/** Ids that this gateway makes (`items.ts`); OpenAI's are longer. */
const OWN_ID = /^rs_[0-9a-f]{34}$/;

/**
 * Whether this names thinking that OpenAI would have stored. Nothing is looked up there for a caller, because all callers share one
 * account; but a conversation can go on without the thinking, and some clients name it in every turn.
 */
export function isReasoningReference(item: JsonObject | undefined): boolean {
  return item?.['type'] === 'item_reference' && textOf(item['id'])?.startsWith('rs_') === true;
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
