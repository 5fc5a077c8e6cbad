/** Texts of price books that were brought in at run time, each under its hash: one never changes. Which one holds, an override says. */
export interface PriceBookStore {
  /** Undefined: it is not there, or what is there is not what the hash names. */
  read(sha256: string): Promise<string | undefined>;
  /** @throws RangeError when it is too large for one item */
  write(text: string): Promise<void>;
  remove(sha256: string): Promise<void>;
}
