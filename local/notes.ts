import type { InvocationError } from './lambda/invocation';

/** What the local run says: short notes for the user, and the functions' logs for whoever wants them. */
export class Notes {
  private readonly said = new Set<string>();

  /** @param logs takes log lines; absent: they are dropped */
  public constructor(
    private readonly notes: (line: string) => void,
    private readonly logs?: (line: string) => void,
  ) {}

  public write(line: string): void {
    this.notes(line);
  }

  /** Says the same thing only once. */
  public once(line: string): void {
    if (this.said.has(line)) return;
    this.said.add(line);
    this.notes(line);
  }

  /** A function that Lambda could not run to its end. */
  public failure(functionId: string, error: InvocationError): void {
    if (error.fault === 'throttled' || error.fault === 'too_large') return;
    const hint = this.logs === undefined ? ' (--verbose shows its log)' : '';
    this.once(`${functionId} failed: ${error.message}${hint}`);
  }

  /** What a function wrote to its log. */
  public log(functionId: string, text: string): void {
    if (this.logs === undefined) return;
    for (const line of text.split('\n')) {
      if (line !== '') this.logs(`[${functionId}] ${line}`);
    }
  }
}
