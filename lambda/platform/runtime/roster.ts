/** Someone who may be on a roster. */
export interface Member {
  /** Where the roster keeps it, for the roster alone. */
  seat?: number | undefined;
}

/**
 * Those who are there now, where many come and go. No Set: a Set grows by a new table, and V8 lets each old table point to the next. Once one
 * of them has lived through two collections, it keeps those that were there when it was left, and all that came into the tables after it,
 * until the whole heap is collected.
 */
export class Roster<Kind extends Member> {
  readonly #members: Kind[] = [];

  public get size(): number {
    return this.#members.length;
  }

  public has({ seat }: Kind): boolean {
    return seat !== undefined;
  }

  public add(member: Kind): void {
    member.seat ??= this.#members.push(member) - 1;
  }

  /** @returns whether it was there */
  public remove(member: Kind): boolean {
    const { seat } = member;
    if (seat === undefined) return false;
    const last = this.#members.pop() as Kind;
    if (last !== member) {
      this.#members[seat] = last;
      last.seat = seat;
    }
    member.seat = undefined;
    return true;
  }

  /** As it is now. */
  public all(): Kind[] {
    return [...this.#members];
  }

  /** Nobody may come or go meanwhile. */
  public [Symbol.iterator](): Iterator<Kind> {
    return this.#members[Symbol.iterator]();
  }
}
