import type { ObjectStore, TrailHead } from './ports';
import { decodeSegment, digestOf, hashOf, type Segment, segmentKey, sequenceOf, type Trail } from './trail';

/** What is wrong with a chain. */
export const TRAIL_FAULTS = ['changed', 'reordered', 'moved', 'missing', 'missing-tail', 'forked'] as const;

export interface TrailFinding {
  readonly fault: (typeof TRAIL_FAULTS)[number];
  /** The segment's key, of the first one where several are missing. */
  readonly object: string;
  /** The entry within it, counted from 1, where one is to be named. */
  readonly line?: number;
  readonly words: string;
}

export interface TrailCheck {
  readonly segments: number;
  readonly entries: number;
  readonly findings: readonly TrailFinding[];
  /** Where to go on, below this segment; absent at the beginning of the chain. */
  readonly next?: number;
}

export interface CheckOptions {
  /** Only segments below this number. Default: from the head on. */
  readonly before?: number;
  /** Segments looked at. Default: 200. */
  readonly most?: number;
  /** What is older may have expired: epoch ms. Default: nothing may. */
  readonly expiredBeforeMs?: number;
}

type Objects = Pick<ObjectStore, 'get' | 'list'>;

const AT_ONCE = 16;

/**
 * Checks a chain from its head backwards: each segment must be what the one after it, or the head, says that it is. What nobody vouches for
 * any more, because what came after it is damaged, is still held against itself.
 */
export async function checkTrail(
  objects: Objects,
  trail: Trail,
  head: TrailHead | undefined,
  options: CheckOptions = {},
): Promise<TrailCheck> {
  const findings: TrailFinding[] = [];
  const top = head?.sequence ?? 0;
  if (options.before === undefined) findings.push(...(await checkBeyond(objects, trail, head)));
  const last = Math.min(top, (options.before ?? top + 1) - 1);
  const lowest = await lowestOf(objects, trail);
  if (lowest === undefined || lowest > last) {
    findings.push(...absentBelow(trail, last, { tail: last === top, at: head?.at, options }));
    return { segments: 0, entries: 0, findings };
  }
  const first = Math.max(lowest, last - (options.most ?? 200) + 1);
  const bodies = await readAll(objects, trail, first, last + 1);
  const above = bodies.get(last + 1);
  let expected = last === top ? head?.hash : above === undefined ? undefined : decodeSegment(above)?.header.previous;
  let [segments, entries, lowestAt] = [0, 0, undefined as string | undefined];
  for (let sequence = last; sequence >= first; sequence -= 1) {
    const bytes = bodies.get(sequence);
    if (bytes === undefined) {
      const tail = sequence === top;
      const from = tail ? tailFrom(bodies, sequence, first) : sequence;
      findings.push({
        fault: tail ? 'missing-tail' : 'missing',
        object: segmentKey(trail, from),
        words: tail ? `the trail ends before ${from}, its head says ${top}` : `segment ${sequence} is missing`,
      });
      sequence = from;
      expected = undefined;
      continue;
    }
    const segment = decodeSegment(bytes);
    segments += 1;
    entries += segment?.lines.length ?? 0;
    const wrong = checkSegment(trail, sequence, segment, expected === undefined || expected === hashOf(bytes));
    if (wrong !== undefined) findings.push(wrong);
    const headerHolds = wrong === undefined || wrong.line !== undefined;
    expected = headerHolds ? segment?.header.previous : undefined;
    lowestAt = segment?.header.previousAt;
  }
  if (first > lowest) return { segments, entries, findings, next: first };
  findings.push(...absentBelow(trail, lowest - 1, { tail: false, at: lowestAt, options }));
  return { segments, entries, findings };
}

/** What is wrong with one segment; `vouched`: it is, byte by byte, what comes after it says. */
function checkSegment(trail: Trail, sequence: number, segment: Segment | undefined, vouched: boolean): TrailFinding | undefined {
  const object = segmentKey(trail, sequence);
  if (segment === undefined) return { fault: 'changed', object, words: `segment ${sequence} cannot be read` };
  const { header, lines } = segment;
  if (header.trail !== trail.name || header.sequence !== sequence) {
    return { fault: 'moved', object, words: `in place of segment ${sequence} stands ${header.trail} ${header.sequence}` };
  }
  const digests = lines.map(digestOf);
  const at = header.digests.findIndex((digest, index) => digests[index] !== digest);
  const line = at >= 0 ? at : digests.length > header.digests.length ? header.digests.length : undefined;
  if (line !== undefined) {
    const same = [...digests].sort().join() === [...header.digests].sort().join();
    const words = same ? `lines of segment ${sequence} stand in another order` : `line ${line + 1} of segment ${sequence} was changed`;
    return { fault: same ? 'reordered' : 'changed', object, line: line + 1, words };
  }
  return vouched ? undefined : { fault: 'changed', object, words: `segment ${sequence} was changed: what follows it names another hash` };
}

/** A segment that its writer had no time to tell the head of is no fault, if it goes on where the head is. */
async function checkBeyond(objects: Objects, trail: Trail, head: TrailHead | undefined): Promise<readonly TrailFinding[]> {
  const sequence = (head?.sequence ?? 0) + 1;
  const bytes = await objects.get(segmentKey(trail, sequence));
  if (bytes === undefined) return [];
  const segment = decodeSegment(bytes);
  const wrong = checkSegment(trail, sequence, segment, true);
  if (wrong !== undefined) return [wrong];
  if (segment?.header.previous === head?.hash) return [];
  return [{ fault: 'forked', object: segmentKey(trail, sequence), words: `segment ${sequence} does not go on from the head` }];
}

interface Absence {
  readonly tail: boolean;
  /** When the last of them was written. */
  readonly at: string | undefined;
  readonly options: CheckOptions;
}

/** What is gone below a segment may be no longer kept. */
function absentBelow(trail: Trail, last: number, { tail, at, options }: Absence): readonly TrailFinding[] {
  if (last < 1) return [];
  const { expiredBeforeMs } = options;
  if (expiredBeforeMs !== undefined && at !== undefined && Date.parse(at) < expiredBeforeMs) return [];
  const words = `segments 1 to ${last} are missing`;
  return [{ fault: tail ? 'missing-tail' : 'missing', object: segmentKey(trail, 1), words }];
}

/** The first of those that are missing up to the head. */
function tailFrom(bodies: ReadonlyMap<number, Buffer>, sequence: number, first: number): number {
  let from = sequence;
  while (from > first && !bodies.has(from - 1)) from -= 1;
  return from;
}

async function lowestOf(objects: Objects, { prefix }: Trail): Promise<number | undefined> {
  const { keys } = await objects.list(prefix, { limit: 1 });
  return keys[0] === undefined ? undefined : sequenceOf(keys[0]);
}

async function readAll(objects: Objects, trail: Trail, first: number, last: number): Promise<ReadonlyMap<number, Buffer>> {
  const bodies = new Map<number, Buffer>();
  for (let start = first; start <= last; start += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, last - start + 1) }, (_, index) => start + index);
    await Promise.all(
      some.map(async (sequence) => {
        const bytes = await objects.get(segmentKey(trail, sequence));
        if (bytes !== undefined) bodies.set(sequence, bytes);
      }),
    );
  }
  return bodies;
}
