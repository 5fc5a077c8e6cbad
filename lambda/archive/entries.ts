import type { UsageRecord } from '../money/record';
import { shownRecord } from '../money/shown-record';

/**
 * One request as a line of the trail: how it stands, as the admin API shows it. Of several lines with one id the last state counts, and a line
 * that comes twice says nothing new. It cannot be deleted, so whom callers ask for is in it as a digest alone, and of their labels only the names.
 */
export function requestLine(record: UsageRecord, endUserDigest?: string): string {
  const { labels, end_user: _endUser, ...shown } = shownRecord(record);
  return JSON.stringify({
    ...shown,
    ...(endUserDigest === undefined ? {} : { end_user_digest: endUserDigest }),
    ...(labels === undefined ? {} : { label_names: Object.keys(labels as object).sort() }),
  });
}

/** What cannot be read as an entry is noted by the keys of its item alone. */
export function unreadableLine(keys: { readonly pk?: string | undefined; readonly sk?: string | undefined }): string {
  return JSON.stringify({ unreadable: true, ...keys });
}
