import type { MediaLocationConfig } from '../../../lib/private/contract';

/** One object. Amazon takes no more characters. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_S3Location.html */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no key holds that a person wrote
const OBJECT = /^(s3|gs):\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]\/[^\0-\x1f\x7f\\]+$/;
const LONGEST = 1_024;
/** Whatever some reader of addresses might take for a bucket's, with what it drops in front taken off. */
const ANY = /^(?:s3[an]?|gc?s):/i;
/** A step in a path, written out or as a URL's escapes, which some readers resolve. */
const STEP = /(?:^|\/|%2f)(?:\.|%2e){1,2}(?:$|[/?#]|%2f)/i;

/** Whether an address begins like one in a bucket, in whatever spelling. */
export function namesBucket(head: string): boolean {
  return ANY.test(head);
}

/** Whether it is one as those who read buckets take it. */
export function isLocation(url: string): boolean {
  return url.length <= LONGEST && OBJECT.test(url) && !STEP.test(url.slice(5));
}

/** The named place that an object lies in; undefined where it lies in none. */
export function locationOf(url: string, allowed: readonly MediaLocationConfig[] = []): MediaLocationConfig | undefined {
  return isLocation(url) ? allowed.find(({ uri }) => url.startsWith(`${uri}/`)) : undefined;
}
