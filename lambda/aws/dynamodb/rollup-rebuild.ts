import { STREAMED_RECORDS } from '../../../lib/private/contract';
import { fromItem, type Item, toItem } from './attributes';

/** How far the rebuild of a day has come. */
export interface RebuildProgress {
  /** The epoch that it fills. */
  readonly epoch: number;
  /** Day whose list of requests it reads. */
  readonly listedDay: string;
  /** Place in that list; absent: its beginning. */
  readonly after?: string;
  /** Requests added up so far. */
  readonly count: number;
}

/** Asks for the rollups of a UTC day to be made anew, or for a rebuild to go on. */
export interface RebuildRequest {
  readonly day: string;
  /** Of the call that asked for it. */
  readonly requestId: string;
  /** How often it was handed on. Default: 0. */
  readonly step?: number;
  /** Absent: it has not begun. */
  readonly progress?: RebuildProgress;
}

export const REBUILD_PREFIX = STREAMED_RECORDS.REBUILD;
const KEPT_DAYS = 7;

/** The same step of the same request is the same item, so a step that is delivered twice asks for its successor once. */
export function writeRebuild({ day, requestId, step = 0, progress }: RebuildRequest, nowMs: number): Item {
  return toItem({
    pk: `${REBUILD_PREFIX}${day}`,
    sk: `${requestId}#${step}`,
    day,
    request_id: requestId,
    step,
    requested_at: new Date(nowMs).toISOString(),
    ttl: Math.floor(nowMs / 1_000) + KEPT_DAYS * 86_400,
    ...(progress === undefined
      ? {}
      : { epoch: progress.epoch, listed_day: progress.listedDay, after: progress.after, count: progress.count }),
  });
}

/** @returns undefined when the item names no day */
export function readRebuild(item: Item): RebuildRequest | undefined {
  const { day, request_id: requestId, step, epoch, listed_day: listedDay, after, count } = fromItem(item);
  if (!isDay(day) || typeof requestId !== 'string' || typeof step !== 'number') return undefined;
  const request = { day, requestId, step };
  if (typeof epoch !== 'number' || !isDay(listedDay) || typeof count !== 'number') return request;
  return { ...request, progress: { epoch, listedDay, count, ...(typeof after === 'string' ? { after } : {}) } };
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}
