import { randomBytes } from 'node:crypto';
import type { AwsCredentials } from '../../lambda/aws/signing';
import type { Principal } from './authorizer';

/** A run of a function. */
export interface RunningInvocation {
  /** Lambda's. */
  readonly requestId: string;
  /** `X-Amzn-Trace-Id`. */
  readonly traceId: string;
}

/** Who may call, and how it proves that it is who it says. */
export interface Caller {
  readonly principal: Principal;
  readonly credentials: AwsCredentials;
  /** What runs now, where the caller is a function's environment. */
  readonly invocation: () => RunningInvocation | undefined;
}

/** Credentials that hold as long as whom they were given to. */
export interface Lease {
  readonly credentials: Required<AwsCredentials>;
  end(): void;
}

/** Whom the local AWS has given credentials: each one its own, random, and in memory alone. */
export class Callers {
  private readonly byAccessKey = new Map<string, Caller>();

  /** @param invocation see `Caller` */
  public admit(principal: Principal, invocation: () => RunningInvocation | undefined = () => undefined): Lease {
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
    this.byAccessKey.set(credentials.accessKeyId, { principal, credentials, invocation });
    return { credentials, end: () => void this.byAccessKey.delete(credentials.accessKeyId) };
  }

  public find(accessKeyId: string): Caller | undefined {
    return this.byAccessKey.get(accessKeyId);
  }
}
