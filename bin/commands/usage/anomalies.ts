import { clientOf, printRows } from '../admin/call';
import type { Listed } from '../admin/client';
import { dollars, nanoOf, sparkline } from '../admin/figures';
import { type Parsed, text } from '../admin/options';
import { field, plain } from '../admin/table';
import { UsageError } from '../command';

const DAY_MS = 86_400_000;
const DAYS = 14;
const DEFAULT_TIMES = 3;
/** Less than a cent is nobody's surprise. */
const LEAST_NANO_USD = 10_000_000n;

/** Keys whose spend of the last 24 hours is so many times what their days before came to. */
export async function anomalies(parsed: Parsed): Promise<number> {
  const times = Number(text(parsed, 'times') ?? DEFAULT_TIMES);
  if (!(times > 1)) throw new UsageError('--times takes a number above 1');
  const now = Date.now();
  const client = await clientOf(parsed);
  const start = new Date(now - DAYS * DAY_MS).toISOString().slice(0, 10);
  const { data } = await client.json<Listed>('GET', '/usage', { query: { group_by: 'key,hour', start, team_id: text(parsed, 'team') } });
  const keys = new Map<string, { readonly name: unknown; readonly days: bigint[] }>();
  for (const row of data) {
    const id = String(row['key_id']);
    const ago = Math.floor((now - Date.parse(`${row['hour']}:00:00Z`)) / DAY_MS);
    const known = keys.get(id) ?? { name: row['key_name'], days: Array.from({ length: DAYS }, () => 0n) };
    keys.set(id, known);
    if (ago >= 0 && ago < DAYS) known.days[ago] = (known.days[ago] ?? 0n) + nanoOf(row['cost_usd']);
  }
  const rows = [...keys].flatMap(([id, { name, days }]) => {
    const [today = 0n, ...before] = days;
    const usual = before.reduce((sum, nanoUsd) => sum + nanoUsd, 0n) / BigInt(before.length);
    if (today < LEAST_NANO_USD || Number(today) < Number(usual) * times) return [];
    const trend = sparkline(days.toReversed().map(Number));
    return [{ key_id: id, key_name: name ?? null, last_day_usd: dollars(today), usual_day_usd: dollars(usual), trend }];
  });
  const columns = [
    field('key_id', 'key'),
    { title: 'name', value: (row: Record<string, unknown>) => plain(row['key_name']) },
    { ...field('last_day_usd', 'last 24 h'), align: 'right' as const },
    { ...field('usual_day_usd', 'a day before'), align: 'right' as const },
    field('trend', `${DAYS} days`),
  ];
  printRows(parsed, columns, rows, `no key spent ${times} times what it usually does`);
  return 0;
}
