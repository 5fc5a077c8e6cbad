import type { TraceLine } from './trace-line';
import { tripsOf } from './trips';

/** What one request asked of AWS. */
export interface RequestTrace {
  readonly request_id: string;
  readonly function: string;
  /** How often it waited for AWS, one time after the other: until the answer, and from the write of its record on. */
  readonly trips_before: number;
  readonly trips_after: number;
  readonly calls: number;
  readonly write_units: number;
  readonly read_units: number;
  readonly lines: readonly TraceLine[];
}

/** @param lines of one request, in any order */
export function requestTrace(requestId: string, lines: readonly TraceLine[]): RequestTrace {
  const inOrder = [...lines].sort((one, other) => one.start - other.start);
  const settledMs = settlementOf(inOrder);
  const trips = (wanted: (line: TraceLine) => boolean): number =>
    tripsOf(inOrder.filter(wanted).map(({ start, end }) => ({ startMs: start, endMs: end })));
  return {
    request_id: requestId,
    function: inOrder[0]?.function ?? '',
    trips_before: trips(({ start }) => start < settledMs),
    trips_after: trips(({ start }) => start >= settledMs),
    calls: inOrder.length,
    write_units: inOrder.reduce((sum, line) => sum + line.write_units, 0),
    read_units: inOrder.reduce((sum, line) => sum + line.read_units, 0),
    lines: inOrder,
  };
}

/** A record is written when something is decided. One that is written before rows are read again is that of an attempt which sent nothing. */
function settlementOf(inOrder: readonly TraceLine[]): number {
  const lastRead = inOrder.findLastIndex(({ action }) => action === 'BatchGetItem');
  const written = inOrder.slice(lastRead + 1).find(({ action, resources }) => action === 'PutItem' && resources.some(isRecords));
  return written?.start ?? Number.POSITIVE_INFINITY;
}

function isRecords(table: string): boolean {
  return table.includes('Records');
}

/** For the terminal: a line of sums, and one for each call. */
export function shownRequest({ request_id, function: name, trips_before, trips_after, lines, ...sums }: RequestTrace): string {
  const after = trips_after === 0 ? '' : `, ${trips_after} after it`;
  const { calls, write_units, read_units } = sums;
  const head = `${request_id} (${name}): ${trips_before} ${trips_before === 1 ? 'trip' : 'trips'} before the answer${after}; ${calls} calls, ${write_units} write units, ${read_units} read units`;
  const beganMs = lines[0]?.start ?? 0;
  const rows = lines.map(({ start, end, action, resources, ...rest }) => {
    const at = `${(start - beganMs).toFixed(1)} to ${(end - beganMs).toFixed(1)} ms`.padStart(20);
    const units = [rest.write_units > 0 ? `${rest.write_units} written` : '', rest.read_units > 0 ? `${rest.read_units} read` : ''];
    const odd = [rest.error, rest.disturbed === undefined ? undefined : `disturbed: ${rest.disturbed}`];
    return `${at}  ${action.padEnd(14)} ${[resources.join(', '), ...units, ...odd].filter(Boolean).join('; ')}`;
  });
  return [head, ...rows].join('\n');
}
