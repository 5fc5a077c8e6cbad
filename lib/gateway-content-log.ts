import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ContentLog } from './content-log';
import { CONTENT_PREFIX } from './private/contract';
import { privateBucket } from './private/private-bucket';
import { allow, allowKey, allowListing } from './private/role-access';

/** Properties of the content log. */
export interface GatewayContentLogProps {
  /** What is kept, and for how long. */
  readonly contentLog: ContentLog;

  /** What happens to bucket and key when they leave the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** Contents of requests in a bucket of their own, under a key of their own. */
export class GatewayContentLog extends Construct {
  /** Takes the contents. */
  readonly bucket: s3.Bucket;

  /** Encrypts them, and nothing else. */
  readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: GatewayContentLogProps) {
    super(scope, id);
    const { removalPolicy } = props;
    const { retentionDays, encryptionKey } = props.contentLog.bind();
    this.encryptionKey =
      encryptionKey ??
      new kms.Key(this, 'Key', { description: 'Contents of requests of an LLM gateway', enableKeyRotation: true, removalPolicy });
    this.bucket = privateBucket(this, 'Bucket', {
      encryptionKey: this.encryptionKey,
      removalPolicy,
      lifecycleRules: [{ id: 'contents', prefix: CONTENT_PREFIX, expiration: Duration.days(retentionDays) }],
    });
  }

  /** Allows a role to add contents, and not to read any. */
  allowWriting(role: iam.IRole): void {
    allow(role, ['s3:PutObject'], [this.bucket.arnForObjects(`${CONTENT_PREFIX}*`)]);
    allowKey(role, this.encryptionKey, 'kms:GenerateDataKey');
  }

  /** Allows a role to find and read contents. */
  allowReading(role: iam.IRole): void {
    allow(role, ['s3:GetObject'], [this.bucket.arnForObjects(`${CONTENT_PREFIX}*`)]);
    allowListing(role, this.bucket, [CONTENT_PREFIX]);
    allowKey(role, this.encryptionKey, 'kms:Decrypt');
  }

  /** Allows a role to find and delete contents, and not to read any. */
  allowDeleting(role: iam.IRole): void {
    allow(role, ['s3:DeleteObject'], [this.bucket.arnForObjects(`${CONTENT_PREFIX}*`)]);
    allowListing(role, this.bucket, [CONTENT_PREFIX]);
  }
}
