/** A text that somebody may have chosen, or a number of ours. */
export type CsvCell = string | bigint | { readonly decimal: string };

/** What stands before the first character that a spreadsheet goes by: spaces, quotes, and what cannot be seen. */
const UNSEEN = /^[\s\p{Z}\p{C}"'\u2018\u2019\u201c\u201d`]+/u;
/** What a spreadsheet may take for the beginning of a formula; wide and small forms are the same after NFKC. */
const BEGINS_FORMULA = /^[=+\-@\u2212]/;
/** Texts that no reader cuts, whatever its separator is. */
const PLAIN = /^[\w.:/ @=+-]*$/;

/**
 * Rows as RFC 4180 text. No text begins a formula: one that a spreadsheet might take for its beginning is led by an apostrophe, as is
 * one that has a tab or a line break in front. Numbers of ours are written as they are, so a negative one stays a number.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: CsvCell): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object') return value.decimal;
  const safe = isRisky(value) ? `'${value}` : value;
  return PLAIN.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`;
}

function isRisky(text: string): boolean {
  const [lead = ''] = UNSEEN.exec(text) ?? [];
  return /[\t\r\n]/.test(lead) || BEGINS_FORMULA.test(text.slice(lead.length).normalize('NFKC').replace(UNSEEN, ''));
}
