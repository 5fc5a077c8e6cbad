/** One sub-command of `llm-gateway`. Each file `bin/commands/<name>.ts` exports one as `command`. */
export interface Command {
  /** What the user types after `llm-gateway`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `llm-gateway <name> --help` prints. */
  readonly usage: string;
  /**
   * Runs to the end.
   *
   * @param args what follows the command's name
   * @returns the process's exit code
   * @throws UsageError when the arguments make no sense; the caller prints its message and exits with 2
   */
  run(args: string[]): Promise<number>;
}

/** The user typed something that cannot be run; the message says what would be. */
export class UsageError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
