/** The account the local run pretends to be. */
export interface LocalAccount {
  /** Twelve zeros: no real account has this id. */
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** @param region the Region that Bedrock calls go to, and that every ARN names. Default: `us-east-1`. */
export function localAccount(region = 'us-east-1'): LocalAccount {
  return { accountId: '000000000000', region, partition: 'aws', urlSuffix: 'amazonaws.com' };
}

/** `arn:aws:<service>:<region>:<account>:<resource>` in the local account. */
export function localArn(account: LocalAccount, service: string, resource: string): string {
  return `arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`;
}
