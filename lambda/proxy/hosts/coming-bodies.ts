import { type Clock, createTicker, type Member, Roster, type Ticker, type Watcher } from '../../platform/runtime';

/** What a body may take before it has to keep pace, in ms. */
const GRACE_MS = 20_000;
const LEAST_BYTES_PER_MS = 8;
/** How late a body that fell behind may be noticed, in ms. */
const PERIOD_MS = 500;
/** Counted for each body's connection, head and call, however little of it has come. */
const HEAD_BYTES = 65_536;

/** Why a body is waited for no longer: it fell behind, or others needed the room. */
export type CutReason = 'slow' | 'bodies';

/** A body whose head has come. */
export class ComingBody implements Watcher, Member {
  public place: number | undefined;
  public seat: number | undefined;
  public keptBytes = 0;
  public chunks: Buffer[] = [];

  /**
   * @param mostBytes no more than this is kept
   * @param dueMs monotonic ms up to which it keeps pace with what has come of it
   * @param onCut called at most once, when it is over before its time
   */
  public constructor(
    public mostBytes: number,
    public dueMs: number,
    public readonly onCut: (reason: CutReason) => void,
    private readonly bodies: ComingBodies,
  ) {}

  public tick(nowMs: number): void {
    if (nowMs > this.dueMs) this.bodies.cut(this, 'slow');
  }
}

/**
 * The bodies that are still coming. Before its body is whole nobody stands for a call, so it takes no room of those that are served:
 * it has to keep pace instead, and all together have a bound. Over it, those that are furthest behind are cut.
 */
export class ComingBodies {
  readonly #bodies = new Roster<ComingBody>();
  readonly #ticker: Ticker;
  readonly #maxBytes: number;
  #heldBytes = 0;
  #keptEverBytes = 0;

  /** @param maxBytes what all of them may hold at once */
  public constructor(clock: Clock, maxBytes = Number.POSITIVE_INFINITY) {
    this.#ticker = createTicker(clock, PERIOD_MS);
    this.#maxBytes = maxBytes;
  }

  /** Bytes kept since the start, those let go included: memory has grown by no more between two looks at it. */
  public get keptEverBytes(): number {
    return this.#keptEverBytes;
  }

  public begin(mostBytes: number, onCut: ComingBody['onCut']): ComingBody {
    const body = new ComingBody(mostBytes, this.#ticker.exactMs() + GRACE_MS, onCut, this);
    this.#bodies.add(body);
    this.#ticker.watch(body);
    this.#heldBytes += HEAD_BYTES;
    this.#makeRoom();
    return body;
  }

  public add(body: ComingBody, chunk: Buffer): void {
    if (!this.#bodies.has(body)) return;
    body.dueMs += chunk.length / LEAST_BYTES_PER_MS;
    if (body.keptBytes + chunk.length > body.mostBytes) {
      body.mostBytes = 0;
      return;
    }
    body.chunks.push(chunk);
    body.keptBytes += chunk.length;
    this.#heldBytes += chunk.length;
    this.#keptEverBytes += chunk.length;
    this.#makeRoom();
  }

  /** Lets go of what was kept; what still comes is only read. */
  public forget(body: ComingBody): void {
    this.#heldBytes -= body.keptBytes;
    body.mostBytes = 0;
    body.keptBytes = 0;
    body.chunks = [];
  }

  /** @returns what was kept of it; undefined when it was over already */
  public end(body: ComingBody): readonly Buffer[] | undefined {
    if (!this.#bodies.remove(body)) return undefined;
    this.#ticker.unwatch(body);
    const { chunks } = body;
    this.forget(body);
    this.#heldBytes -= HEAD_BYTES;
    return chunks;
  }

  public cut(body: ComingBody, reason: CutReason): void {
    if (this.end(body) !== undefined) body.onCut(reason);
  }

  #makeRoom(): void {
    while (this.#heldBytes > this.#maxBytes) {
      let last: ComingBody | undefined;
      for (const body of this.#bodies) if (last === undefined || body.dueMs < last.dueMs) last = body;
      if (last === undefined) return;
      this.cut(last, 'bodies');
    }
  }
}
