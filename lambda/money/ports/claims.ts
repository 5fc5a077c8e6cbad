/** A caller's idempotency key, already taken. */
export interface Claim {
  /** The id of what was made for it: a request's or an entity's. */
  readonly id: string;
  /** Digest of the body it was taken with. */
  readonly fingerprint: string;
  /** The answer's text, once there is one. */
  readonly answer?: string;
  /** Of a request: the key of its first page, and the last moment at which it may have heard all its pages. */
  readonly first?: string;
  readonly heardByMs?: number;
}

/** Caller-chosen keys that make a call happen at most once. */
export interface IdempotencyStore {
  /**
   * Takes a key for a call, or tells who has it.
   *
   * @param scope whose keys these are: a key's id, or `admin`
   * @param ttl epoch seconds until which the claim is kept at least
   */
  claim(scope: string, idempotencyKey: string, claim: Claim, ttl: number, timeoutMs?: number): Promise<'claimed' | Claim>;
  /** Gives a key to another call, if it is still held by `from`. Answers whether it was. */
  takeOver(scope: string, idempotencyKey: string, from: string, claim: Claim, ttl: number, timeoutMs?: number): Promise<boolean>;
  /** Keeps the answer for later calls with the same key. */
  complete(scope: string, idempotencyKey: string, claim: Claim, ttl: number): Promise<void>;
}
