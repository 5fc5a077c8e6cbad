import { Duration, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';

/** Options of the spend export. */
export interface SpendExportOptions {
  /**
   * How long days are kept. Whole days.
   *
   * @default Duration.days(400)
   */
  readonly retention?: Duration;

  /**
   * What one query of Athena may scan at the most, in bytes.
   *
   * @default - 10 GiB
   */
  readonly mostBytesScanned?: number;

  /**
   * Customer key that encrypts the bucket.
   *
   * @default - the gateway's `encryptionKey`; without one, a key that Amazon S3 owns
   */
  readonly encryptionKey?: kms.IKey;
}

/** What the export's bucket and its workgroup are made of. */
export interface SpendExportBinding {
  /** The retention in days. */
  readonly retentionDays: number;

  /** What one query may scan at the most. */
  readonly mostBytesScanned: number;

  /**
   * The customer key.
   *
   * @default - the gateway's
   */
  readonly encryptionKey?: kms.IKey;
}

const LEAST_SCANNED_BYTES = 10_000_000;
const DEFAULT_SCANNED_BYTES = 10 * 1024 ** 3;

/** Where spend goes, day by day, for whoever charges it back: Parquet by FOCUS, with a table of AWS Glue and a workgroup of Amazon Athena. */
export class SpendExport {
  /** A bucket of its own, which the gateway makes. */
  static s3(options: SpendExportOptions = {}): SpendExport {
    return new SpendExport(options);
  }

  private constructor(private readonly options: SpendExportOptions) {}

  /** Checks the options. It fails, naming value and fix. */
  bind(): SpendExportBinding {
    const { retention = Duration.days(400), mostBytesScanned = DEFAULT_SCANNED_BYTES, encryptionKey } = this.options;
    const retentionDays = retention.toDays({ integral: false });
    if (Token.isUnresolved(retentionDays) || !Number.isInteger(retentionDays) || retentionDays < 1) {
      throw new Error(`"retention" of the spend export is ${retention.toHumanString()}; give whole days, for example Duration.days(400)`);
    }
    if (!Token.isUnresolved(mostBytesScanned) && !(Number.isInteger(mostBytesScanned) && mostBytesScanned >= LEAST_SCANNED_BYTES)) {
      throw new Error(
        `"mostBytesScanned" of the spend export is ${mostBytesScanned}; Athena takes whole bytes from ${LEAST_SCANNED_BYTES} on`,
      );
    }
    return { retentionDays, mostBytesScanned, encryptionKey };
  }
}
