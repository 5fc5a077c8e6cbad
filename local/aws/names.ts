/** Where the stand-ins pretend to be. */
export interface Place {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/** The ARN of a customer's KMS key that a template names by ARN or id; undefined for an alias, which may be AWS's own key. */
export function keyArn(key: unknown, { region, account }: Place): string | undefined {
  if (typeof key !== 'string' || key === '' || key.includes('alias/')) return undefined;
  return key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${account}:key/${key}`;
}

/** The last part of an ARN's resource, or the name itself. */
export function nameOf(arnOrName: string): string {
  return arnOrName.startsWith('arn:') ? arnOrName.slice(arnOrName.lastIndexOf(':') + 1) : arnOrName;
}
