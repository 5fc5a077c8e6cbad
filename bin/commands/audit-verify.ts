import { clientOf, printRows } from './admin/call';
import type { AdminClient, Listed } from './admin/client';
import type { Parsed } from './admin/options';
import { flag } from './admin/options';
import { field } from './admin/table';

interface Check {
  readonly segments: number;
  readonly entries: number;
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly next?: number;
}

/** Checks every chain of the audit trail to its beginning, and names what is wrong. Answers the exit code. */
export async function verifyTrails(parsed: Parsed): Promise<number> {
  const client = await clientOf(parsed);
  const { data: trails } = await client.json<Listed>('GET', '/audit/trails');
  const findings: Record<string, unknown>[] = [];
  let [segments, entries] = [0, 0];
  for (const { id } of trails) {
    for await (const check of checksOf(client, String(id))) {
      segments += check.segments;
      entries += check.entries;
      findings.push(...check.findings.map((finding) => ({ trail: id, ...finding })));
    }
  }
  if (flag(parsed, 'json')) {
    process.stdout.write(`${JSON.stringify({ trails: trails.length, segments, entries, findings }, null, 2)}\n`);
  } else {
    const seen = `${entries} entries in ${segments} segments of ${trails.length} chains`;
    process.stdout.write(findings.length === 0 ? `the audit trail is whole: ${seen}\n` : `the audit trail is damaged; looked at ${seen}\n`);
    const columns = [field('trail'), field('fault'), field('object'), field('line'), field('words', 'what')];
    if (findings.length > 0) printRows(parsed, columns, findings, '');
  }
  return findings.length === 0 ? 0 : 1;
}

async function* checksOf(client: AdminClient, trail: string): AsyncGenerator<Check> {
  let before: number | undefined;
  do {
    const query = before === undefined ? {} : { before: String(before) };
    const check: Check = await client.json('GET', `/audit/trails/${encodeURIComponent(trail)}/check`, { query });
    yield check;
    before = check.next;
  } while (before !== undefined);
}
