import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsCredentials } from '../../lambda/aws/signing';
import { AwsError } from './service';

/** A request as it came, before anything was read out of it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Name, value, name, value, ... */
  readonly rawHeaders: readonly string[];
}

/** What the header `Authorization` claims. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** Such as `20261129`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
}

/** Clocks of a caller and of AWS may differ by this much. */
const MOST_SKEW_MS = 5 * 60_000;

const CLAIM =
  /^AWS4-HMAC-SHA256 Credential=([\w.-]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})$/;

/** A URL that carries its signature could be passed on; no function makes one. */
const SIGNED_QUERY = /[?&]X-Amz-(Algorithm|Credential|Signature|Security-Token)=/i;

/** S3 signs a path as it is sent, every other service one that is encoded once more, its dot segments resolved. */
const SIGNS_PATH_AS_SENT = 's3';

/**
 * Reads who a request says it is from. Nothing is proven yet.
 *
 * @throws AwsError 403 when it is not signed, or in a form that no function uses
 */
export function readClaim({ target, rawHeaders }: ReceivedRequest): SignatureClaim {
  if (SIGNED_QUERY.test(target)) throw refused('IncompleteSignatureException', 'Sign by header: the local run takes no signed URL.');
  const [authorization, ...others] = valuesOf(rawHeaders, 'authorization');
  if (authorization === undefined) throw refused('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const [, accessKeyId, day, region, service, names = '', signature = ''] = CLAIM.exec(authorization) ?? [];
  if (others.length > 0 || accessKeyId === undefined || day === undefined || region === undefined || service === undefined) {
    throw refused('IncompleteSignatureException', 'The Authorization header is not one AWS Signature Version 4.');
  }
  return { accessKeyId, day, region, service, signedHeaders: names.split(';'), signature: Buffer.from(signature, 'hex') };
}

/**
 * Proves that whoever holds the credentials sent exactly this request, and did so now.
 *
 * @param nowMs epoch ms
 * @throws AwsError 403
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function proveClaim(
  claim: SignatureClaim,
  request: ReceivedRequest,
  body: Buffer,
  credentials: AwsCredentials,
  nowMs: number,
): void {
  const { rawHeaders } = request;
  requireSignedHeaders(claim, rawHeaders);
  const timestamp = proveTime(claim, valuesOf(rawHeaders, 'x-amz-date'), nowMs);
  if (!sameText(valuesOf(rawHeaders, 'x-amz-security-token').join(), credentials.sessionToken ?? '')) {
    throw refused('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  const bodyHash = sha256(body);
  const [claimedHash = bodyHash] = valuesOf(rawHeaders, 'x-amz-content-sha256');
  if (claimedHash !== bodyHash) throw refused('InvalidSignatureException', 'x-amz-content-sha256 is not the SHA-256 of the body.');

  const [path = '', query = ''] = splitOnce(request.target, '?');
  const canonical = [
    request.method,
    claim.service === SIGNS_PATH_AS_SENT ? path : canonicalPath(path),
    canonicalQuery(query),
    ...claim.signedHeaders.map((name) => `${name}:${valuesOf(rawHeaders, name).map(folded).join(',')}`),
    '',
    claim.signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
  let key: Buffer = Buffer.from(`AWS4${credentials.secretAccessKey}`);
  for (const part of [claim.day, claim.region, claim.service, 'aws4_request', toSign])
    key = createHmac('sha256', key).update(part).digest();
  if (!timingSafeEqual(key, claim.signature)) {
    throw refused('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
  }
}

/** What says who is called, when, and what for has to be covered. */
function requireSignedHeaders({ signedHeaders }: SignatureClaim, rawHeaders: readonly string[]): void {
  const present = new Set(rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  const needed = ['host', 'x-amz-date', ...[...present].filter((name) => name.startsWith('x-amz-'))];
  const missing = needed.find((name) => !signedHeaders.includes(name)) ?? signedHeaders.find((name) => !present.has(name));
  if (missing !== undefined) {
    throw refused('InvalidSignatureException', `The header '${missing}' must be present and signed.`);
  }
  if (signedHeaders.some((name, index) => index > 0 && name <= (signedHeaders[index - 1] as string))) {
    throw refused('InvalidSignatureException', 'SignedHeaders must be sorted.');
  }
}

function proveTime({ day }: SignatureClaim, [timestamp = '', ...others]: readonly string[], nowMs: number): string {
  const [, date, hours, minutes, seconds] = /^(\d{8})T(\d{2})(\d{2})(\d{2})Z$/.exec(timestamp) ?? [];
  const iso = `${date?.slice(0, 4)}-${date?.slice(4, 6)}-${date?.slice(6)}T${hours}:${minutes}:${seconds}Z`;
  const skewMs = Math.abs(Date.parse(iso) - nowMs);
  if (others.length > 0 || date !== day || !(skewMs <= MOST_SKEW_MS)) {
    throw refused('InvalidSignatureException', `Signature expired or not yet current: '${timestamp}'.`);
  }
  return timestamp;
}

function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = splitOnce(pair, '=');
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    });
  const ordered = pairs.toSorted(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue));
  return ordered.map(([name, value]) => `${name}=${value}`).join('&');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('InvalidSignatureException', 'The query is not percent-encoded UTF-8.');
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function folded(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function order(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Hashed first, so that the time tells neither content nor length. */
function sameText(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function refused(code: string, message: string): AwsError {
  return new AwsError(code, message, 403);
}
