/** A bucket. */
export interface ObjectStore {
  /**
   * Writes one object as a whole.
   *
   * @returns `exists`: with `onlyNew`, there is one under this key, and it stays as it is
   */
  put(key: string, body: Buffer, options?: PutOptions): Promise<'done' | 'exists'>;
  /** Undefined where there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /** Keys in their order. */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<ObjectList>;
  /** Whether there was one or not. */
  remove(key: string): Promise<void>;
}

export interface PutOptions {
  readonly onlyNew?: boolean;
  /** Default: `application/octet-stream`. */
  readonly contentType?: string;
}

export interface ObjectList {
  readonly keys: readonly string[];
  /** There are further ones behind the last. */
  readonly more: boolean;
}

/** How far a trail goes, kept apart from the trail itself: what is missing at its end cannot be seen in what is there. */
export interface TrailHead {
  /** Of the last segment; the first is 1. */
  readonly sequence: number;
  /** SHA-256 of the last segment's bytes, in lower-case hex. */
  readonly hash: string;
  /** When that was written: ISO 8601. */
  readonly at: string;
}

export interface TrailHeads {
  read(trail: string): Promise<TrailHead | undefined>;
  /** Moves a head on; false where it is not at `from` any more (0: where there is one). It never goes back. */
  move(trail: string, from: number, to: TrailHead): Promise<boolean>;
}

/** Keys of end users, each of its own. */
export interface SubjectKeys {
  /** The end user's, made where there is none. */
  take(endUser: string): Promise<Buffer>;
  /** Whatever was written by it is about nobody from then on. */
  destroy(endUser: string): Promise<void>;
}
