import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { createSigV4Signer } from '../../../../lambda/aws/signing';

const NOW = Date.UTC(2026, 10, 24, 20, 0, 0);
const signer = createSigV4Signer({ now: () => NOW });

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
  public reset(): void {}
}

interface Call {
  readonly path: string;
  readonly host: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly region: string;
  readonly token: string | undefined;
  readonly query: Record<string, string>;
}

function credentials(token: string | undefined) {
  return { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', ...(token === undefined ? {} : { sessionToken: token }) };
}

async function sdkAuthorization(call: Call): Promise<string | undefined> {
  const sdk = new SignatureV4({ service: 'bedrock', region: call.region, credentials: credentials(call.token), sha256: Sha256 as never });
  const signed = await sdk.sign(
    {
      method: 'POST',
      protocol: 'https:',
      hostname: call.host,
      path: call.path,
      query: call.query,
      headers: { host: call.host, ...call.headers },
      body: call.body,
    },
    { signingDate: new Date(NOW) },
  );
  return signed.headers['authorization'];
}

function ownAuthorization(call: Call): string | undefined {
  const query = Object.entries(call.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const path = query.length === 0 ? call.path : `${call.path}?${query.join('&')}`;
  const request = { method: 'POST' as const, origin: `https://${call.host}`, path, headers: call.headers, body: Buffer.from(call.body) };
  return signer.sign(request, credentials(call.token), 'bedrock', call.region)['authorization'];
}

const segment = fc
  .string({ unit: fc.constantFrom(..."abz019-_.~:/@+!*'() ü%"), minLength: 1, maxLength: 20 })
  .filter((text) => text !== '.' && text !== '..')
  .map((text) => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`));

const callArbitrary: fc.Arbitrary<Call> = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  host: fc.constantFrom('bedrock-runtime.us-east-1.amazonaws.com', 'vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com'),
  headers: fc.record({
    'content-type': fc.constantFrom('application/json', 'application/json; charset=utf-8'),
    accept: fc.constantFrom('application/json', 'application/vnd.amazon.eventstream'),
    'x-amzn-bedrock-trace': fc.constantFrom('ENABLED', '  spaced   out  '),
  }),
  body: fc.string({ unit: 'grapheme', maxLength: 100 }),
  region: fc.constantFrom('us-east-1', 'eu-central-2', 'us-gov-west-1'),
  token: fc.option(fc.base64String({ minLength: 4, maxLength: 40 }), { nil: undefined }),
  query: fc.dictionary(fc.string({ unit: fc.constantFrom(...'abcXYZ-_ ü'), minLength: 1, maxLength: 8 }), fc.string({ maxLength: 12 }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
});

describe('SigV4', () => {
  test('signs as the SDK does, whatever the path, query, headers and body', async () => {
    await fc.assert(
      fc.asyncProperty(callArbitrary, async (call) => {
        expect(ownAuthorization(call)).toBe(await sdkAuthorization(call));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0',
  ])('encodes the model id %s twice', async (model) => {
    const call: Call = {
      path: `/model/${encodeURIComponent(model)}/converse-stream`,
      host: 'bedrock-runtime.us-east-1.amazonaws.com',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      region: 'us-east-1',
      token: 'session',
      query: {},
    };

    expect(ownAuthorization(call)).toBe(await sdkAuthorization(call));
  });

  test('keeps keys apart by day, Region and secret', () => {
    const request = { method: 'POST' as const, origin: 'https://host', path: '/', headers: {}, body: Buffer.alloc(0) };
    let now = NOW;
    const clocked = createSigV4Signer({ now: () => now });
    const sign = (secret: string, region: string) =>
      clocked.sign(request, { accessKeyId: 'AKID', secretAccessKey: secret }, 'bedrock', region)['authorization'];

    const first = sign('one', 'us-east-1');
    expect(sign('two', 'us-east-1')).not.toBe(first);
    expect(sign('one', 'us-west-2')).not.toBe(first);
    expect(sign('one', 'us-east-1')).toBe(first);
    now += 24 * 3_600_000;
    expect(sign('one', 'us-east-1')).not.toBe(first);
  });

  test('sends the session token and signs host and port', () => {
    const request = { method: 'POST' as const, origin: 'http://127.0.0.1:8080', path: '/', headers: {}, body: Buffer.alloc(0) };
    const headers = signer.sign(request, credentials('token'), 'bedrock', 'us-east-1');

    expect(headers['x-amz-security-token']).toBe('token');
    expect(headers['x-amz-date']).toBe('20261124T200000Z');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,');
  });
});
