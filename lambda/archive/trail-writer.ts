import { isoTime } from '../platform/runtime';
import type { ObjectStore, TrailHead, TrailHeads } from './ports';
import { decodeSegment, encodeSegment, hashOf, segmentKey, type Trail } from './trail';

/** Adds to one chain. */
export interface TrailWriter {
  /**
   * Adds lines as one segment. Returns when they are there, each once, and the head has moved on.
   *
   * @throws what bucket or table say: the same lines may be added again
   */
  append(lines: readonly string[]): Promise<void>;
}

export interface TrailWriterParts {
  readonly objects: Pick<ObjectStore, 'put' | 'get'>;
  readonly heads: TrailHeads;
  readonly clock: { now(): number };
}

/** As many writers may be ahead of one of them at once. */
const ATTEMPTS = 32;
const NDJSON = 'application/x-ndjson';

/**
 * Several processes may write one chain: the bucket takes the first who brings a segment of that number, and the others come after it. Whoever
 * finds a segment that the head does not know of, because its writer died in between, moves the head past it, and leaves out what it holds.
 */
export function createTrailWriter(trail: Trail, { objects, heads, clock }: TrailWriterParts): TrailWriter {
  let known: TrailHead | undefined;

  /** What of these lines the segment that stands in the way does not hold. */
  async function goPast(head: TrailHead | undefined, bytes: Buffer, lines: readonly string[]): Promise<readonly string[]> {
    const found = decodeSegment(bytes);
    const sequence = (head?.sequence ?? 0) + 1;
    // Where it does not move, somebody else has moved it.
    await heads.move(trail.name, sequence - 1, { sequence, hash: hashOf(bytes), at: found?.header.at ?? isoTime(clock.now()) });
    known = undefined;
    const there = new Set(found?.lines ?? []);
    return lines.filter((line) => !there.has(line));
  }

  return {
    async append(given) {
      let lines = given;
      for (let attempt = 0; attempt < ATTEMPTS && lines.length > 0; attempt += 1) {
        known ??= await heads.read(trail.name);
        const head = known;
        const [sequence, at] = [(head?.sequence ?? 0) + 1, isoTime(clock.now())];
        const before = head === undefined ? {} : { previous: head.hash, previousAt: head.at };
        const bytes = encodeSegment({ trail: trail.name, sequence, ...before, at }, lines);
        const key = segmentKey(trail, sequence);
        if ((await objects.put(key, bytes, { onlyNew: true, contentType: NDJSON })) === 'exists') {
          const other = await objects.get(key);
          if (other === undefined) throw new Error(`the segment ${key} cannot be read`);
          lines = await goPast(head, other, lines);
          continue;
        }
        const next = { sequence, hash: hashOf(bytes), at };
        // Where it has been moved already, somebody went past this segment in the meantime.
        known = (await heads.move(trail.name, sequence - 1, next)) ? next : undefined;
        return;
      }
      if (lines.length > 0) throw Object.assign(new Error('the trail is contended'), { name: 'TrailContended' });
    },
  };
}
