import type { Random } from './random';

/** A part of the gateway that reads with loops of its own what somebody outside may have written. */
export interface Reader {
  /** As `--reader` and CONTRIBUTING.md name it. */
  readonly name: string;
  readonly about: string;
  /** The files whose loops it proves, from the repository's root. */
  readonly files: readonly string[];
  /** Valid inputs, from which others are made. */
  samples(): readonly (Buffer | string)[];
  /** Pieces of text that mean something to it. */
  readonly words?: readonly string[];
  /** Inputs are JSON: half of the changes are made to the tree, so that what comes out is JSON too. */
  readonly isJson?: boolean;
  /** Makes a changed input pass what would refuse nearly every change, such as a checksum. */
  mend?(input: Buffer, random: Random): Buffer;
  /** Steps that one byte of input may cost. Default: 40. */
  readonly stepsPerByte?: number;
  /**
   * Reads one input, and compares with what it should be where there is a plain way to tell.
   *
   * @param random depends on the input alone
   * @throws only what is wrong: refusals that the reader is meant to make must be caught
   */
  read(input: Buffer, random: Random): void;
}

/** Fails when something is not as it should be. */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** The value, or undefined when the reader refused in one of the ways that it is meant to. */
export function refusedOr<T>(refusals: readonly (abstract new (...args: never[]) => Error)[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) return undefined;
    throw error;
  }
}
