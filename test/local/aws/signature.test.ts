import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { createSigV4Signer } from '../../../lambda/aws/signing/sigv4';
import { proveClaim, type ReceivedRequest, readClaim } from '../../../local/aws/signature';

/** Both signers that functions have sign; what is proven is held against what they say. */

const NOW = Date.UTC(2026, 10, 29, 20, 0, 0);
const HOST = '127.0.0.1:4000';
const credentials = { accessKeyId: 'ASIA0123456789ABCDEF', secretAccessKey: 'secret', sessionToken: 'token/with+signs=' };

/** As the SDK wants a hash. */
class Sha256 {
  private readonly hash: { update(data: Uint8Array | string): unknown; digest(): Buffer };
  public constructor(secret?: Uint8Array | string) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  public update(data: Uint8Array | string): void {
    this.hash.update(data);
  }
  public async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

interface Signed extends ReceivedRequest {
  readonly body: Buffer;
}

interface Plain {
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly service: string;
}

function received({ method, target, body }: Plain, headers: Readonly<Record<string, string>>): Signed {
  return { method, target, rawHeaders: Object.entries(headers).flat(), body };
}

function byOurs(plain: Plain, atMs = NOW): Signed {
  const { method, target, headers, body, service } = plain;
  const signer = createSigV4Signer({ now: () => atMs });
  const added = signer.sign({ method, origin: `http://${HOST}`, path: target, headers, body }, credentials, service, 'us-east-1');
  return received(plain, { Host: HOST, ...headers, ...added });
}

async function bySdk(plain: Plain): Promise<Signed> {
  const [path = '', search = ''] = plain.target.split('?');
  const signer = new SignatureV4({ credentials, region: 'us-east-1', service: plain.service, sha256: Sha256 as never });
  const query = Object.fromEntries([...new URLSearchParams(search)].map(([name, value]) => [name, value]));
  const request = { method: plain.method, protocol: 'http:', hostname: '127.0.0.1', port: 4000, path, query };
  const signed = await signer.sign(
    { ...request, headers: { host: HOST, ...plain.headers }, body: plain.body },
    { signingDate: new Date(NOW) },
  );
  return received(plain, signed.headers);
}

/** Undefined when proven. */
function objection(request: Signed, nowMs = NOW): string | undefined {
  try {
    proveClaim(readClaim(request), request, request.body, credentials, nowMs);
    return undefined;
  } catch (error) {
    expect((error as { status: number }).status).toBe(403);
    return (error as Error).name;
  }
}

const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}$/);
const plain = fc.record({
  method: fc.constantFrom('GET' as const, 'POST' as const),
  target: fc
    .tuple(fc.array(fc.oneof(word, fc.constantFrom('a%3Ab', 'x%20y')), { maxLength: 3 }), fc.uniqueArray(word, { maxLength: 3 }))
    .map(([path, names]) => `/${path.join('/')}${names.length === 0 ? '' : `?${names.map((name) => `${name}=v%20${name}`).join('&')}`}`),
  headers: fc.constantFrom<Record<string, string>>(
    { 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.0' },
    { 'content-type': 'text/plain;  charset=utf-8', 'x-other': 'a  b' },
    {},
  ),
  body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  service: fc.constantFrom('dynamodb', 'secretsmanager', 'sqs', 'sns', 'events', 'bedrock'),
});

test('R08 what the functions’ own signer and the SDK’s sign is proven', async () => {
  await fc.assert(
    fc.asyncProperty(plain, async (request) => {
      expect(objection(byOurs(request))).toBeUndefined();
      expect(objection(await bySdk(request))).toBeUndefined();
    }),
  );
});

/** One change of a signed request; undefined where it changes nothing. */
const CHANGES: Readonly<Record<string, (request: Signed) => Signed | undefined>> = {
  'the method': (request) => ({ ...request, method: request.method === 'GET' ? 'POST' : 'GET' }),
  'the path': (request) => ({ ...request, target: request.target.replace('/', '/z') }),
  'the query': (request) => ({ ...request, target: `${request.target}${request.target.includes('?') ? '&' : '?'}z=1` }),
  'the body': (request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }),
  'the body and its hash': (request) => {
    const other = byOurs({ ...request, method: 'POST', headers: {}, body: Buffer.from('{"SecretId":"x"}'), service: 'dynamodb' });
    return withHeader({ ...request, body: other.body }, 'x-amz-content-sha256', () => headerOf(other, 'x-amz-content-sha256'));
  },
  'an unsigned payload': (request) => withHeader(request, 'x-amz-content-sha256', () => 'UNSIGNED-PAYLOAD'),
  'the host': (request) => withHeader(request, 'host', () => 'localhost:4000'),
  'a second host': (request) => ({ ...request, rawHeaders: [...request.rawHeaders, 'Host', HOST] }),
  'an unsigned x-amz- header': (request) => ({ ...request, rawHeaders: [...request.rawHeaders, 'X-Amz-Meta', 'x'] }),
  'a second x-amz-target': (request) => ({ ...request, rawHeaders: [...request.rawHeaders, 'x-amz-target', 'S.GetSecretValue'] }),
  'the token': (request) => withHeader(request, 'x-amz-security-token', (token) => token.slice(1)),
  'the day of the scope': (request) => withHeader(request, 'authorization', (value) => value.replace('/20261129/', '/20261128/')),
  'the Region': (request) => withHeader(request, 'authorization', (value) => value.replace('/us-east-1/', '/us-west-2/')),
  'the service': (request) => withHeader(request, 'authorization', (value) => value.replace(/\/[a-z]+\/aws4/, '/kinesis/aws4')),
  'the signed headers': (request) => withHeader(request, 'authorization', (value) => value.replace(/;x-amz-date/, '')),
  'the signature': (request) => withHeader(request, 'authorization', (value) => value.slice(0, -1) + (value.endsWith('0') ? '1' : '0')),
  'a shorter signature': (request) => withHeader(request, 'authorization', (value) => value.slice(0, -2)),
  'an empty signature': (request) => withHeader(request, 'authorization', (value) => value.replace(/Signature=.*/, 'Signature=')),
  'a second Authorization': (request) => ({ ...request, rawHeaders: [...request.rawHeaders, 'Authorization', 'Bearer x'] }),
  'the time': (request) => withHeader(request, 'x-amz-date', () => '20261129T200001Z'),
  'a signed URL': (request) => ({ ...request, target: `/?X-Amz-Signature=${'0'.repeat(64)}` }),
};

test.each(Object.keys(CHANGES))('R08 a signature does not hold when %s changes', (name) => {
  fc.assert(
    fc.property(plain, (request) => {
      const changed = CHANGES[name]?.(byOurs(request));
      expect(changed).toBeDefined();
      expect(objection(changed as Signed)).toBeDefined();
    }),
    { numRuns: 30 },
  );
});

test('R08 a signature holds for five minutes, and not before its time', () => {
  const request = byOurs({ method: 'POST', target: '/', headers: {}, body: Buffer.from('{}'), service: 'dynamodb' });

  expect([-300_000, 0, 300_000].map((skewMs) => objection(request, NOW + skewMs))).toEqual([undefined, undefined, undefined]);
  expect([-301_000, 301_000].map((skewMs) => objection(request, NOW + skewMs))).toEqual([
    'InvalidSignatureException',
    'InvalidSignatureException',
  ]);
});

function headerOf({ rawHeaders }: ReceivedRequest, name: string): string {
  return rawHeaders[rawHeaders.findIndex((header) => header.toLowerCase() === name) + 1] as string;
}

function withHeader(request: Signed, name: string, change: (value: string) => string): Signed {
  const { rawHeaders } = request;
  const changed = rawHeaders.map((value, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name ? change(value) : value,
  );
  return { ...request, rawHeaders: changed };
}
