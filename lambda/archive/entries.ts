import type { UsageRecord } from '../money/record';
import { shownRecord } from '../money/shown-record';

/** Of what callers write into a request only the names are in the trail: it cannot be deleted. */
const CALLERS_OWN = 'labels';

/**
 * One request as a line of the trail: how it stands, as the admin API shows it. Of several lines with one id the last state counts, and a line
 * that comes twice says nothing new.
 */
export function requestLine(record: UsageRecord): string {
  const { [CALLERS_OWN]: labels, ...shown } = shownRecord(record);
  return JSON.stringify({
    ...shown,
    ...(labels === undefined ? {} : { label_names: Object.keys(labels as object).sort() }),
  });
}

/** What cannot be read as an entry is noted by the keys of its item alone. */
export function unreadableLine(keys: { readonly pk?: string | undefined; readonly sk?: string | undefined }): string {
  return JSON.stringify({ unreadable: true, ...keys });
}
