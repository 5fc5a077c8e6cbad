/** A text that somebody may have chosen, or a number of ours. */
export type CsvCell = string | bigint | { readonly decimal: string };

/** What stands before the first character that a spreadsheet goes by: spaces, quotes, and what cannot be seen. */
const UNSEEN = /^[\s\p{Z}\p{C}"'\u2018\u2019\u201c\u201d`]+/u;
/** What a spreadsheet may take for the beginning of a formula; wide and small forms are the same after NFKC. */
const BEGINS_FORMULA = /^[=+\-@\u2212]/;
/** Texts that no reader cuts, whatever its separator is. */
const PLAIN = /^[\w.:/ @=+-]*$/;

/** Where some reader begins another cell, inside of quotes too: whoever splits at semicolons takes a quote after a comma for a letter. */
const SEPARATOR = /([,;|\t\v\f\r\n\u0085\u2028\u2029])/;

/**
 * Rows as RFC 4180 text. No text begins a formula, nor does any part of it after what separates cells elsewhere: one that a spreadsheet
 * might take for its beginning is led by an apostrophe, as is a text that has a tab or a line break in front. Numbers of ours are written as they are, so a negative one stays a number.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: CsvCell): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'object') return value.decimal;
  const parts = value.split(SEPARATOR).map((part) => (isFormula(part) ? `'${part}` : part));
  const safe = hasBreakInFront(value) ? `'${parts.join('')}` : parts.join('');
  return PLAIN.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`;
}

function isFormula(part: string): boolean {
  return BEGINS_FORMULA.test(part.replace(UNSEEN, '').normalize('NFKC').replace(UNSEEN, ''));
}

function hasBreakInFront(text: string): boolean {
  return /[\t\r\n]/.test(UNSEEN.exec(text)?.[0] ?? '');
}
