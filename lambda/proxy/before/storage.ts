import type { LevelRecord } from '../../identity';
import type { FieldChanges } from '../../platform/http';
import type { JsonObject, JsonValue } from '../../platform/json';
import type { DialectName, Operation } from '../../wire/model';
import type { ProviderDefinition } from '../../wire/providers';

/** Whether a provider may be let keep a call and its answer: the key or a level above it says yes, and none of them no. */
export function mayStore(levels: readonly (Pick<LevelRecord, 'mayStore'> | undefined)[]): boolean {
  const said = levels.flatMap((level) => level?.mayStore ?? []);
  return said.includes(true) && !said.includes(false);
}

/** What must change in a body that is passed on, so that the provider keeps nothing and looks nothing up. */
export interface Forgetting {
  readonly changes: FieldChanges;
  /** What the caller asked for and does not get. */
  readonly dropped: readonly string[];
}

const NOTHING: Forgetting = { changes: {}, dropped: [] };

/**
 * Has a provider forget a call. All tenants share the account that it would be kept in. Responses keeps what it is not told to forget; of
 * Chat Completions some providers do.
 *
 * @param body the caller's, with what is changed in it anyway
 * @see https://platform.openai.com/docs/guides/migrate-to-responses
 */
export function forget(dialect: DialectName, operation: Operation, body: JsonObject, provider: ProviderDefinition): Forgetting {
  if (operation !== 'chat' || dialect === 'anthropic-messages') return NOTHING;
  const asked = body['store'] === true ? ['store'] : [];
  if (dialect === 'openai-chat') {
    const kept = body['store'] !== false && ((body['store'] ?? null) !== null || provider.storesChat === true);
    return kept ? { changes: { store: false }, dropped: asked } : NOTHING;
  }
  const { input } = body;
  const items = Array.isArray(input) ? input.filter((item) => !isKeptThinking(item)) : input;
  const changes: FieldChanges = {
    ...(body['store'] === false ? {} : { store: false }),
    ...(Array.isArray(items) && Array.isArray(input) && items.length < input.length ? { input: items } : {}),
  };
  return { changes, dropped: [...asked, ...('input' in changes ? ['thinking in input'] : [])] };
}

/** Thinking that comes neither encrypted nor in words would be looked up by its id; a conversation can go on without it. */
function isKeptThinking(item: JsonValue): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || item['type'] !== 'reasoning') return false;
  const { content, encrypted_content: encrypted } = item;
  return !(typeof encrypted === 'string' && encrypted !== '') && !(Array.isArray(content) && content.length > 0);
}
