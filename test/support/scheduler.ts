/** Seeded random numbers: the same seed replays the same run. */
export interface Random {
  /** 0 (included) to 1 (not). */
  next(): number;
  /** 0 to below `limit`, whole. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, chance: (probability) => next() < probability, pick: (from) => from[below(from.length)] as never };
}

/** A process that can die: from then on none of its awaits ends. */
export interface Process {
  dead: boolean;
  /** Scheduling points passed so far. */
  steps: number;
  /** Dies when it reaches this many. */
  crashAt: number;
}

export function newProcess(crashAt = Number.POSITIVE_INFINITY): Process {
  return { dead: false, steps: 0, crashAt };
}

interface Waiting {
  readonly process: Process;
  readonly notBeforeMs: number;
  readonly go: () => void;
  /** What the network may still do after the process has died. */
  readonly lost: (() => void) | undefined;
}

/**
 * Decides who runs next at every await: all interleavings of processes, crashes and stalls come from the seed,
 * and time passes only when the scheduler says so.
 */
export class Scheduler {
  private waiting: Waiting[] = [];
  private later: { readonly atMs: number; readonly run: () => void }[] = [];
  private nowMs = 0;

  public constructor(
    private readonly random: Random,
    private readonly onAdvance: (ms: number) => void,
  ) {}

  /** A scheduling point. `stallMs`: the process stands still for that long. */
  public step(process: Process, stallMs = 0, lost?: () => void): Promise<void> {
    return new Promise((resolve) => {
      if (process.dead) {
        if (lost !== undefined && this.random.chance(0.5)) this.after(0, lost);
        return;
      }
      this.waiting.push({ process, notBeforeMs: this.nowMs + stallMs, go: resolve, lost });
    });
  }

  /** Runs something later, whatever becomes of the process that asked for it: a packet on the wire. */
  public after(delayMs: number, run: () => void): void {
    this.later.push({ atMs: this.nowMs + delayMs, run });
  }

  /** Lets time pass. */
  public advance(ms: number): void {
    this.nowMs += ms;
    this.onAdvance(ms);
  }

  /** Runs until nothing can move any more. Tasks of dead processes are left where they stand. */
  public async drain(): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      const due = this.later.filter((entry) => entry.atMs <= this.nowMs);
      if (due.length > 0) {
        this.later = this.later.filter((entry) => entry.atMs > this.nowMs);
        for (const entry of due) entry.run();
      }
      const ready = this.waiting.filter((entry) => entry.notBeforeMs <= this.nowMs);
      if (ready.length > 0) {
        this.waiting = this.waiting.filter((entry) => entry.notBeforeMs > this.nowMs);
        this.release(ready);
        if (this.random.chance(0.3)) this.advance(this.random.below(40));
        continue;
      }
      if (due.length > 0) continue;
      const next = Math.min(...this.waiting.map((entry) => entry.notBeforeMs), ...this.later.map((entry) => entry.atMs));
      if (!Number.isFinite(next)) return;
      this.advance(next - this.nowMs);
    }
  }

  /** A random part of those who can move, in random order; the others wait on. */
  private release(ready: Waiting[]): void {
    for (let index = ready.length - 1; index > 0; index--) {
      const other = this.random.below(index + 1);
      [ready[index], ready[other]] = [ready[other] as Waiting, ready[index] as Waiting];
    }
    const count =
      ready.length < 4 ? 1 + this.random.below(ready.length) : Math.max(1, Math.floor(ready.length * (0.3 + 0.7 * this.random.next())));
    for (const entry of ready.slice(count)) this.waiting.push(entry);
    for (const entry of ready.slice(0, count)) {
      const { process } = entry;
      if (!process.dead && ++process.steps >= process.crashAt) process.dead = true;
      if (!process.dead) entry.go();
      else if (entry.lost !== undefined && this.random.chance(0.5)) this.after(this.random.below(600_000), entry.lost);
    }
  }
}
