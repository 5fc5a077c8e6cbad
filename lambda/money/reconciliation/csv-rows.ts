/** A file of comma-separated values is broken off within a quoted cell. */
export class UnfinishedCell extends Error {
  public constructor() {
    super('a quoted cell has no end');
    this.name = 'UnfinishedCell';
  }
}

/**
 * Rows of RFC 4180 text, the first of which names the columns: each as its cells by these names. Empty lines are none; of a column that comes
 * twice the first counts.
 */
export function* csvRows(text: string): Generator<ReadonlyMap<string, string>> {
  let names: readonly string[] | undefined;
  for (const cells of csvLines(text.startsWith('\ufeff') ? text.slice(1) : text)) {
    if (names === undefined) {
      names = cells;
      continue;
    }
    const row = new Map<string, string>();
    for (const [index, name] of names.entries()) if (!row.has(name)) row.set(name, cells[index] ?? '');
    yield row;
  }
}

function* csvLines(text: string): Generator<readonly string[]> {
  let cells: string[] = [];
  let index = 0;
  while (index < text.length) {
    const cell = text[index] === '"' ? quotedCell(text, index + 1) : plainCell(text, index);
    cells.push(cell.text);
    index = cell.end;
    if (text[index] === ',') {
      index += 1;
      // A line that ends in a comma has an empty cell at its end.
      if (index === text.length) cells.push('');
      continue;
    }
    if (text[index] === '\r') index += 1;
    if (text[index] === '\n') index += 1;
    if (cells.length > 1 || cells[0] !== '') yield cells;
    cells = [];
  }
  if (cells.length > 0) yield cells;
}

interface Cell {
  readonly text: string;
  /** Where what follows it stands. */
  readonly end: number;
}

function plainCell(text: string, start: number): Cell {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { text: text.slice(start, end), end };
}

/** @param start behind the quote */
function quotedCell(text: string, start: number): Cell {
  let quote = text.indexOf('"', start);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote < 0) throw new UnfinishedCell();
  // What stands between the quote and the next comma belongs to the cell all the same.
  const rest = plainCell(text, quote + 1);
  return { text: text.slice(start, quote).replaceAll('""', '"') + rest.text, end: rest.end };
}
