import type { PageReturn, PageStore } from '../ports/page-store';
import type { PageEntry } from '../ports/pages';
import type { KeptRecord, UsageRecordStore } from '../ports/usage-records';
import type { HeldPage, UsageRecord } from '../record';

export interface DecisionStores {
  readonly pages: PageStore;
  readonly records: Pick<UsageRecordStore, 'put' | 'adjust' | 'read'>;
}

/** What an attempt holds on a page. */
export interface Held {
  readonly key: string;
  readonly entry: PageEntry;
}

/** What became of an attempt, and what its pages must charge. */
export interface Decision extends PageReturn {
  /**
   * `done`: as it was wanted. `adjusted`: it was charged in full as one that had died, and has been put right. `already`: somebody had said
   * so before. `other`: the record says something else, which stands.
   */
  readonly outcome: 'done' | 'adjusted' | 'already' | 'other';
}

/** An attempt's last word, complete enough for another process to say it. */
export type LastWord = UsageRecord & { readonly state: 'settled' | 'void' };

/**
 * Says what became of an attempt: D, or V where nothing was sent or billed. The record decides: what was said before stands, and only what a
 * healer took for dead is put right. Anyone may say it any number of times.
 *
 * @throws what the table says; nothing is lost by trying again
 */
export async function decide({ records }: Pick<DecisionStores, 'records'>, word: LastWord, timeoutMs?: number): Promise<Decision> {
  const put = await records.put(word, timeoutMs);
  if (put.done) return { outcome: 'done', costNanoUsd: word.costNanoUsd, tokens: word.tokens };
  if (put.found.state !== 'expired_charged') return stands(word, put.found);
  const adjusted = await records.adjust({ ...word, state: 'adjusted' }, timeoutMs);
  if (adjusted.done) return { outcome: 'adjusted', costNanoUsd: word.costNanoUsd, tokens: word.tokens };
  // Records never go.
  if (adjusted.found === undefined) throw new Error('a record that was there is gone');
  return stands(word, adjusted.found);
}

function stands(word: LastWord, { state, costNanoUsd, tokens }: KeptRecord): Decision {
  const same = costNanoUsd === word.costNanoUsd && (state === 'adjusted' || state === word.state);
  return { outcome: same ? 'already' : 'other', costNanoUsd, tokens };
}

/**
 * C on every page, in parallel.
 *
 * @param open pages that have not answered yet, by key; those that do leave it
 * @throws what one of them said, once all have answered
 */
export async function closeAll(
  { pages }: Pick<DecisionStores, 'pages'>,
  attemptId: string,
  open: Map<string, PageEntry>,
  backOf: (key: string) => PageReturn,
  timeoutMs?: () => number,
): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  const close = async (key: string, entry: PageEntry): Promise<void> => {
    try {
      await pages.close(key, attemptId, entry, backOf(key), timeoutMs?.());
      open.delete(key);
    } catch (error) {
      failed ??= { error };
    }
  };
  const closing: Promise<void>[] = [];
  for (const [key, entry] of open) closing.push(close(key, entry));
  // They all run by now and none of them rejects, so one can be waited for after the other.
  for (const one of closing) await one;
  if (failed !== undefined) throw (failed as { readonly error: unknown }).error;
}

export function openOf(held: readonly Held[]): Map<string, PageEntry> {
  return new Map(held.map(({ key, entry }) => [key, entry]));
}

/** As the record names the pages of an attempt. */
export function heldPages(held: readonly Held[]): readonly HeldPage[] {
  return held.map(({ key, entry: { starts, tryNumber = 1 } }) =>
    tryNumber === 1 ? { page: key, starts } : { page: key, starts, tryNumber },
  );
}
