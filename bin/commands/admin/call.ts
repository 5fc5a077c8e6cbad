import type { AdminClient } from './client';
import { connect } from './connection';
import type { Parsed } from './options';
import { connectionOf, flag } from './options';
import type { Column } from './table';
import { formatTable } from './table';

/** The client that the options ask for. @throws UsageError when they name no gateway */
export function clientOf(parsed: Parsed): Promise<AdminClient> {
  return connect(connectionOf(parsed));
}

/** Prints rows as a table, or as JSON when asked to. */
export function printRows(parsed: Parsed, columns: readonly Column[], rows: readonly Record<string, unknown>[], none: string): void {
  if (flag(parsed, 'json')) process.stdout.write(`${JSON.stringify({ data: rows }, null, 2)}\n`);
  else process.stdout.write(rows.length === 0 ? `${none}\n` : `${formatTable(columns, rows)}\n`);
}

export async function gather(entries: AsyncIterable<Record<string, unknown>>): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const entry of entries) rows.push(entry);
  return rows;
}
