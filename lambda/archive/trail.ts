import { createHash } from 'node:crypto';
import { TRAIL_PREFIXES } from '../../lib/private/contract';
import { type JsonObject, parseJson } from '../platform/json';

/**
 * The audit trail: changes of administrators and metadata of requests, each in chains of segments. A segment is an object of lines: a header
 * that names the segment before it by the SHA-256 of its bytes and says a digest of each of its own lines, then one line an entry.
 */

/** Chains of requests: concurrent writers spread over them. Changes are few. */
const LANES: Readonly<Record<TrailKind, number>> = { changes: 1, requests: 8 };

export type TrailKind = keyof typeof TRAIL_PREFIXES;

/** One chain. */
export interface Trail {
  /** Such as `requests-3`. */
  readonly name: string;
  /** What the keys of its segments begin with, such as `requests/3/`. */
  readonly prefix: string;
}

export function trailsOf(kind: TrailKind): readonly Trail[] {
  return Array.from({ length: LANES[kind] }, (_, lane) => ({ name: `${kind}-${lane}`, prefix: `${TRAIL_PREFIXES[kind]}${lane}/` }));
}

export const TRAILS: readonly Trail[] = [...trailsOf('changes'), ...trailsOf('requests')];

/** Keys sort as their numbers do. */
export function segmentKey({ prefix }: Pick<Trail, 'prefix'>, sequence: number): string {
  return `${prefix}${String(sequence).padStart(12, '0')}.ndjson`;
}

/** The number of a segment by its key; undefined for other keys. */
export function sequenceOf(key: string): number | undefined {
  const digits = /\/(\d{12})\.ndjson$/.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export interface SegmentHeader {
  readonly trail: string;
  readonly sequence: number;
  /** SHA-256 of the segment before, and when that was written; absent in the first. */
  readonly previous?: string;
  readonly previousAt?: string;
  readonly at: string;
  /** The beginning of each line's SHA-256. */
  readonly digests: readonly string[];
}

export interface Segment {
  readonly header: SegmentHeader;
  readonly lines: readonly string[];
}

export function encodeSegment(header: Omit<SegmentHeader, 'digests'>, lines: readonly string[]): Buffer {
  const { trail, sequence, previous, previousAt, at } = header;
  const first = { trail, sequence, previous, previous_at: previousAt, at, digests: lines.map(digestOf) };
  return Buffer.from([JSON.stringify(first), ...lines, ''].join('\n'));
}

/** Undefined where it cannot be read as a segment. */
export function decodeSegment(bytes: Buffer): Segment | undefined {
  const [first = '', ...lines] = bytes.toString('utf8').split('\n');
  if (lines.pop() !== '') return undefined;
  const header = readHeader(first);
  return header === undefined ? undefined : { header, lines };
}

function readHeader(text: string): SegmentHeader | undefined {
  const value = objectIn(text);
  if (value === undefined) return undefined;
  const { trail, sequence, previous, previous_at: previousAt, at, digests } = value;
  if (typeof trail !== 'string' || typeof sequence !== 'number' || typeof at !== 'string' || !Array.isArray(digests)) return undefined;
  return {
    trail,
    sequence,
    ...(typeof previous === 'string' ? { previous } : {}),
    ...(typeof previousAt === 'string' ? { previousAt } : {}),
    at,
    digests: digests.map(String),
  };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Enough to say which line it was; that one was changed at all is for the hash of the whole to find. */
export function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, 16);
}
