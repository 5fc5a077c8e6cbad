import { styleText } from 'node:util';

export interface Column {
  readonly title: string;
  readonly value: (row: Record<string, unknown>) => string;
  readonly align?: 'right';
}

/** A column that shows one field as it is. */
export function field(name: string, title: string = name.replaceAll('_', ' ')): Column {
  return { title, value: (row) => plain(row[name]) };
}

/** Control characters of stored names must not reach a terminal. */
export function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '?');
}

/** Only for people: a pipe gets plain text. */
function bold(text: string): string {
  return process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined ? styleText('bold', text) : text;
}

/** Text of a table: a bold head, columns as wide as their longest cell, two spaces between them. */
export function formatTable(columns: readonly Column[], rows: readonly Record<string, unknown>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((line) => (line[index] ?? '').length)));
  const layOut = (line: readonly string[]) =>
    line
      .map((cell, index) => (columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  const head = bold(layOut(columns.map((column) => column.title.toUpperCase())));
  return [head, ...cells.map(layOut)].join('\n');
}

/** What is read first of an entry; the rest follows as the API answers it. */
const FIRST = ['id', 'name'];

/** Text of one object: a line for each field that has a value. */
export function formatDetails(row: Record<string, unknown>): string {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined && value !== null);
  const inOrder = [
    ...FIRST.flatMap((name) => entries.filter(([field]) => field === name)),
    ...entries.filter(([name]) => !FIRST.includes(name)),
  ];
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const indent = `\n${' '.repeat(width + 2)}`;
  return inOrder.map(([name, value]) => `${bold(name.padEnd(width))}  ${linesOf(name, value).join(indent)}`).join('\n');
}

/** A list has a line for each of its members. */
function linesOf(name: string, value: unknown): readonly string[] {
  if (name === 'budgets') return [formatBudgets(value)];
  if (!Array.isArray(value)) return [inline(value)];
  return value.every((member) => typeof member !== 'object') ? [value.map(plain).join(', ')] : value.map(inline);
}

/** `{a: 1, b: {c: 2}}` as `a=1 b={"c":2}`. */
function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null) return plain(value);
  return Object.entries(value)
    .map(([name, member]) => `${plain(name)}=${plain(member)}`)
    .join(' ');
}

interface Increase {
  readonly limit_usd: string;
  readonly expires_at: string;
}

/** `[{limit_usd, period, model}]` as people write it: `25.00/month openai/* (+5.00 until 2027-01-31T00:00:00Z)`. */
export function formatBudgets(value: unknown): string {
  if (!Array.isArray(value)) return '';
  return value
    .map((budget: { limit_usd: string; period: string; model?: string; soft?: boolean; increase?: Increase }) => {
      const parts = [`${budget.limit_usd}/${budget.period}`];
      if (budget.model !== undefined) parts.push(budget.model);
      if (budget.soft === true) parts.push('(soft)');
      const { increase } = budget;
      if (increase !== undefined && Date.parse(increase.expires_at) > Date.now())
        parts.push(`(+${increase.limit_usd} until ${increase.expires_at})`);
      return plain(parts.join(' '));
    })
    .join(', ');
}
