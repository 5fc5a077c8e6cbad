/** The account and Region that the local run pretends to be. */
export interface LocalAccount {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** What a stack says of where it belongs; absent when it may go anywhere. */
export interface StackPlace {
  readonly accountId?: string;
  readonly region?: string;
}

/**
 * The stack's own account and Region where it names them, because its template then names them too; otherwise an account of
 * twelve zeros, which nobody has, and the user's Region.
 */
export function localAccount(place: StackPlace = {}, userRegion = 'us-east-1'): LocalAccount {
  return {
    accountId: place.accountId ?? '000000000000',
    region: place.region ?? userRegion,
    partition: 'aws',
    urlSuffix: 'amazonaws.com',
  };
}

/** `arn:aws:<service>:<region>:<account>:<resource>` in the local account. */
export function localArn(account: LocalAccount, service: string, resource: string): string {
  return `arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`;
}
