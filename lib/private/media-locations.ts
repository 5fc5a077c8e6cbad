import { Token } from 'aws-cdk-lib';
import type { MediaLocation } from '../provider-props';
import type { MediaLocationConfig } from './contract';

const SCHEMES: Readonly<Record<string, string>> = { bedrock: 's3', 'vertex-ai': 'gs' };
/** A bucket's name, and folders of characters that mean nothing to IAM. */
const PLACE = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](?:\/[\w!.()'-]+)*$/;

/** Throws, naming the fix, for what is no bucket or folder of the provider's own cloud. */
export function mediaLocations(id: string, kind: string, locations: readonly MediaLocation[]): MediaLocationConfig[] {
  const scheme = SCHEMES[kind];
  if (scheme === undefined) throw new Error(`provider "${id}" reads media from no bucket; leave "mediaLocations" out`);
  return locations.map(({ uri, bucketOwner }) => {
    const plain = uri.replace(/\/$/, '');
    if (
      Token.isUnresolved(uri) ||
      !plain.startsWith(`${scheme}://`) ||
      !PLACE.test(plain.slice(scheme.length + 3)) ||
      /\/\.{1,2}(?:\/|$)/.test(plain)
    ) {
      throw new Error(
        `provider "${id}" names the media location "${uri}"; give a bucket or a folder in one, known at synth, for example "${scheme}://my-bucket/films"`,
      );
    }
    if (bucketOwner === undefined) return { uri: plain };
    if (scheme !== 's3' || !/^\d{12}$/.test(bucketOwner)) {
      throw new Error(
        `provider "${id}" names the bucket owner "${bucketOwner}"; give the 12 digits of an AWS account, for a bucket of Amazon S3 only`,
      );
    }
    return { uri: plain, bucketOwner };
  });
}
