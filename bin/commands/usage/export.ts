import { writeFile } from 'node:fs/promises';
import { clientOf } from '../admin/call';
import { flag, type Parsed, text } from '../admin/options';
import { UsageError } from '../command';

/** One day's spend as a Parquet file, as the spend export would write it. */
export async function exportDay(parsed: Parsed, given: string | undefined): Promise<number> {
  const day = text(parsed, 'day') ?? given;
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new UsageError('usage export takes a day, such as 2026-11-24');
  const file = text(parsed, 'file') ?? `spend-${day}.parquet`;
  const client = await clientOf(parsed);
  const { parquet } = await client.json<{ readonly parquet: string }>('GET', `/usage/spend/${day}`);
  const bytes = Buffer.from(parquet, 'base64');
  await writeFile(file, bytes);
  const told = flag(parsed, 'json') ? JSON.stringify({ day, file, bytes: bytes.length }) : `${bytes.length} bytes of ${day} are in ${file}`;
  process.stdout.write(`${told}\n`);
  return 0;
}
