import { Duration, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Options of the archive. */
export interface ArchiveOptions {
  /**
   * How long the audit trail is kept. Whole days.
   *
   * @default Duration.days(400)
   */
  readonly retention?: Duration;

  /**
   * Holds every object against deletion and change for a time, even against the account's administrators; see Amazon S3's Object Lock. It can
   * be given to a new bucket only, and no lock may be longer than `retention`.
   *
   * @default - no lock: the gateway's roles cannot delete or replace what is there, the account's administrators can
   */
  readonly objectLock?: s3.ObjectLockRetention;

  /**
   * Customer key that encrypts the bucket.
   *
   * @default - the gateway's `encryptionKey`; without one, a key that Amazon S3 owns
   */
  readonly encryptionKey?: kms.IKey;
}

/** What the archive's bucket is made of. */
export interface ArchiveBinding {
  /** The retention in days. */
  readonly retentionDays: number;

  /**
   * The lock.
   *
   * @default - none
   */
  readonly objectLock?: s3.ObjectLockRetention;

  /**
   * The customer key.
   *
   * @default - the gateway's
   */
  readonly encryptionKey?: kms.IKey;
}

/** Where the audit trail is kept: who changed what, and the metadata of every request, in chains that show any later change. */
export class Archive {
  /** A bucket of its own, which the gateway makes. */
  static s3(options: ArchiveOptions = {}): Archive {
    return new Archive(options);
  }

  private constructor(private readonly options: ArchiveOptions) {}

  /** Checks the options. It fails, naming value and fix, where they contradict each other. */
  bind(): ArchiveBinding {
    const { retention = Duration.days(400), objectLock, encryptionKey } = this.options;
    const retentionDays = retention.toDays({ integral: false });
    if (Token.isUnresolved(retentionDays) || !Number.isInteger(retentionDays) || retentionDays < 1) {
      throw new Error(`"retention" of the archive is ${retention.toHumanString()}; give whole days, for example Duration.days(400)`);
    }
    if (objectLock !== undefined && objectLock.duration.toDays({ integral: false }) > retentionDays) {
      throw new Error(
        `"objectLock" of the archive holds for ${objectLock.duration.toHumanString()} and "retention" is ${retentionDays} days; give a lock that is not longer`,
      );
    }
    return { retentionDays, objectLock, encryptionKey };
  }
}
