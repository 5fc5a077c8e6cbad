import { clientOf, gather, printRows } from '../admin/call';
import type { Listed } from '../admin/client';
import { type Parsed, text, wholeNumber } from '../admin/options';
import { field } from '../admin/table';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/** Keys that may call and did not for so many days, with the hour in which they last did. */
export async function unused(parsed: Parsed): Promise<number> {
  const days = wholeNumber(parsed, 'days') ?? DEFAULT_DAYS;
  const client = await clientOf(parsed);
  const dayOf = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  const query = { group_by: 'key', start: dayOf(399), team_id: text(parsed, 'team') };
  const [keys, { data }] = await Promise.all([
    gather(client.each('/keys', { team_id: text(parsed, 'team') })),
    client.json<Listed>('GET', '/usage', { query }),
  ]);
  const lastHours = new Map(data.map((row) => [row['key_id'], String(row['last_hour'])]));
  const since = `${dayOf(days)}T`;
  const rows = keys
    .filter(({ id, status, created_at: createdAt }) => {
      return status === 'active' && String(createdAt) < since && (lastHours.get(id) ?? '') < since;
    })
    .map((key) => ({ ...key, last_hour: lastHours.get(key['id']) ?? null }));
  const columns = [
    field('id'),
    field('name'),
    field('team_id', 'team'),
    field('user_id', 'user'),
    field('created_at', 'created'),
    field('last_hour', 'last used'),
  ];
  printRows(parsed, columns, rows, `every key was used within ${days} days`);
  return 0;
}
