/** Something the user can mend: the message says what is wrong and what to do. Printed without a stack. */
export class LocalRunError extends Error {
  public constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LocalRunError';
  }
}
