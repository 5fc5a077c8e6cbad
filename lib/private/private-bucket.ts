import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  readonly encryptionKey: kms.IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
  readonly objectLock?: s3.ObjectLockRetention | undefined;
  readonly lifecycleRules: s3.LifecycleRule[];
  /** Versions that were replaced or deleted are kept this long. Default: none are kept. */
  readonly keepsVersions?: Duration;
}

const OLDEST_TLS = 1.2;

/** A bucket that nobody reaches but by IAM and TLS. */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps): s3.Bucket {
  const { encryptionKey, removalPolicy, objectLock, lifecycleRules, keepsVersions } = props;
  return new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: OLDEST_TLS,
    encryption: encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: encryptionKey === undefined ? undefined : true,
    versioned: keepsVersions !== undefined,
    objectLockDefaultRetention: objectLock,
    removalPolicy,
    lifecycleRules: [
      ...lifecycleRules,
      {
        id: 'leftovers',
        abortIncompleteMultipartUploadAfter: Duration.days(1),
        noncurrentVersionExpiration: keepsVersions,
      },
    ],
  });
}

/**
 * What is under these prefixes is only added to: no object is replaced, and none deleted but by its lifecycle.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
export function appendOnly(bucket: s3.Bucket, prefixes: readonly string[], removalPolicy: RemovalPolicy): void {
  const resources = prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const principals = [new iam.AnyPrincipal()];
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'NothingIsReplaced',
      effect: iam.Effect.DENY,
      principals,
      actions: ['s3:PutObject'],
      resources,
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    }),
  );
  // Whoever throws the bucket away has to empty it first.
  if (removalPolicy === RemovalPolicy.DESTROY) return;
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'NothingIsDeleted',
      effect: iam.Effect.DENY,
      principals,
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
      resources,
    }),
  );
}
