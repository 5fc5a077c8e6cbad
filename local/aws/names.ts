/** Where the stand-ins pretend to be. */
export interface Place {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** The last part of an ARN's resource, or the name itself. */
export function nameOf(arnOrName: string): string {
  return arnOrName.startsWith('arn:') ? arnOrName.slice(arnOrName.lastIndexOf(':') + 1) : arnOrName;
}
