import { createHmac, hash } from 'node:crypto';
import type { Clock } from '../../platform/runtime';
import type { AwsCredentials } from './aws-credentials';

/** Longest list of kept signing keys: a function has few roles and Regions, and a key lives one day. */
const MAX_KEPT_KEYS = 64;

/** Headers that intermediaries change, so that no signature may cover them. */
const UNSIGNED = new Set([
  'authorization',
  'connection',
  'expect',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);

/** Every other service signs the encoded path encoded once more, its dot segments resolved. */
const SIGNS_PATH_AS_SENT = 's3';

/** What a canonical value must not hold. */
const SPACES = /^\s|\s\s|[^\S ]|\s$/;

/** A call about to be sent, with everything a signature covers. */
export interface SigningRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `https://host[:port]`. */
  readonly origin: string;
  /** Path and query, percent-encoded as it will be sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface SigV4Signer {
  /** The headers that prove the call: `authorization`, `x-amz-date`, `x-amz-content-sha256` and, for temporary credentials, `x-amz-security-token`. */
  sign(request: SigningRequest, credentials: AwsCredentials, service: string, region: string): Record<string, string>;
}

/**
 * AWS Signature Version 4 for one request. Keeps the derived signing key of each day, Region and service,
 * which is most of the work.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigV4Signer(clock: Pick<Clock, 'now'>): SigV4Signer {
  const keys = new Map<string, Buffer>();
  let second = Number.NaN;
  let timestamp = '';

  const signingKey = (credentials: AwsCredentials, day: string, region: string, service: string): Buffer => {
    const id = `${credentials.accessKeyId}/${credentials.secretAccessKey}/${day}/${region}/${service}`;
    const kept = keys.get(id);
    if (kept !== undefined) return kept;
    const key = ['aws4_request', service, region, day].reduceRight<Buffer | string>(
      (derived, part) => hmac(derived, part),
      `AWS4${credentials.secretAccessKey}`,
    ) as Buffer;
    if (keys.size >= MAX_KEPT_KEYS) keys.clear();
    keys.set(id, key);
    return key;
  };

  return {
    sign(request, credentials, service, region) {
      const now = Math.floor(clock.now() / 1_000);
      if (now !== second) {
        second = now;
        timestamp = new Date(now * 1_000).toISOString().replace(/[-:]|\.\d{3}/g, '');
      }
      const day = timestamp.slice(0, 8);
      const scope = `${day}/${region}/${service}/aws4_request`;
      const bodyHash = hash('sha256', request.body);
      const added: Record<string, string> = { 'x-amz-content-sha256': bodyHash, 'x-amz-date': timestamp };
      if (credentials.sessionToken !== undefined) added['x-amz-security-token'] = credentials.sessionToken;

      const { names, lines } = canonicalHeaders(request.headers, hostOf(request.origin), added);
      const [path, query] = canonicalTarget(request.path, service === SIGNS_PATH_AS_SENT);
      const canonical = `${request.method}\n${path}\n${query}\n${lines}\n${names}\n${bodyHash}`;
      const toSign = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical)}`;
      const signature = createHmac('sha256', signingKey(credentials, day, region, service))
        .update(toSign)
        .digest('hex');

      added['authorization'] =
        `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
      return added;
    },
  };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Host and port as the `Host` header carries them; an origin never names its scheme's own port. */
function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2);
}

/** What we add holds no spaces to fold and wins over a header of the same name. */
function canonicalHeaders(
  given: Readonly<Record<string, string>>,
  host: string,
  added: Readonly<Record<string, string>>,
): { names: string; lines: string } {
  const values: Record<string, string> = { host };
  for (const name in given) {
    const lower = name.toLowerCase();
    const value = given[name] as string;
    if (!UNSIGNED.has(lower) && lower !== 'host') values[lower] = SPACES.test(value) ? value.trim().replace(/\s+/g, ' ') : value;
  }
  for (const name in added) values[name] = added[name] as string;

  const names = Object.keys(values).sort();
  let lines = '';
  for (const name of names) lines += `${name}:${values[name]}\n`;
  return { names: names.join(';'), lines };
}

function canonicalTarget(target: string, asSent: boolean): [string, string] {
  if (target === '/') return ['/', ''];
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : canonicalQuery(target.slice(at + 1));
  if (asSent) return [path, query];
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const trailing = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return [`/${segments.join('/')}${trailing}`, query];
}

/** Sorted by name, then by value. */
function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value.join('=')))];
    });
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function encode(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
