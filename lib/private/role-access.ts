import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/** Allows a role these actions on exactly these resources. */
export function allow(role: iam.IRole, actions: readonly string[], resources: readonly string[]): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

/** Allows a role to use a customer key, where there is one, through the service that stores with it. */
export function allowKey(role: iam.IRole, key: kms.IKey | undefined, ...actions: string[]): void {
  key?.grant(role, ...actions);
}

/** Allows a role to list what is under these prefixes of a bucket. */
export function allowListing(role: iam.IRole, bucket: s3.IBucket, prefixes: readonly string[]): void {
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
    }),
  );
}
